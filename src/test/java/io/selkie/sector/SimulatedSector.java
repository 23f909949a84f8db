package io.selkie.sector;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.SectorRoute;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.simulation.Defect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does what the rules of a sector say, as {@link Sector} does, in surroundings made of chance. */
public final class SimulatedSector {
  private final Surroundings around;
  private final SectorSettings settings;
  private final ReportRules reports;
  private final Map<HostId, Consumer<WorkerCommand>> workers = new HashMap<>();
  private final Map<HostId, Optional<FileSource>> inputs = new HashMap<>();
  private @Nullable Consumer<WorkerCommand> startedAt;
  private final Set<HostId> atWork = new HashSet<>();
  private final Map<TaskId, Consumer<Sector.Answer>> checking = new HashMap<>();
  private final Deque<Runnable> stash = new ArrayDeque<>();
  private boolean persisting = true;
  private SectorState state;
  private @Nullable Consumer<Sector.Answer> asker;
  private @Nullable Consumer<Sector.Answer> aborter;
  private Instant lastWord;

  /** What effects are done on. */
  public interface Surroundings {
    /** The time. */
    Instant now();

    /** A place between two effects. */
    void crashPoint(String edge, String place);

    /** Writes the events, if all goes well, and then goes on. */
    void persist(SectorState before, List<SectorEvent> events, Runnable then);

    /** Calls back after a time; the same timer set again forgets what it was set to. */
    void timer(String name, Duration wait, Runnable action);

    /** A {@code Submit} to the scheduler. */
    void submit(
        TaskId task,
        SealProofType proofType,
        Instant since,
        Optional<HostId> filesOn,
        SectorRoute route);

    /** A {@code Resume} to the scheduler. */
    void resume(
        TaskId task, Optional<SealProofType> proofType, HostId host, Optional<HostId> filesOn);

    /** A {@code Withdraw} to the scheduler. */
    void withdraw(TaskId task);

    /** A word to a worker. */
    void tell(HostId host, Consumer<WorkerCommand> worker, WorkerCommand command);

    /** An answer. */
    void answer(Consumer<Sector.Answer> to, Sector.Answer answer);

    /** Looks at the files, and tells whoever is in memory then. */
    void check(Answered answered);

    /** Asks the shard for leave. */
    void passivate();

    /** Whether the sector is to be made this mistake. */
    boolean has(Defect defect);
  }

  /** A sector that is about to recover. */
  public SimulatedSector(SectorId sector, SectorSettings settings, Surroundings around) {
    this.settings = settings;
    this.around = around;
    this.reports = new ReportRules(settings.retries());
    this.state = new SectorState.Unknown(sector);
    this.lastWord = around.now();
  }

  /**
   * The state after the event.
   *
   * @throws IllegalStateException if the event cannot happen in the state
   */
  public static SectorState next(SectorState state, SectorEvent event) {
    return SectorTransitions.next(state, event);
  }

  /** A request of the kind; two of one kind differ by the mark. */
  public static TaskRequest request(TaskKind kind, int mark) {
    return SectorSamples.request(kind, mark);
  }

  /** The state in memory. */
  public SectorState state() {
    return state;
  }

  /** Whether events are on their way to the journal. */
  public boolean isPersisting() {
    return persisting;
  }

  /**
   * Events could not be written: the behavior starts anew. What this object remembers stays.
   *
   * @param forgets whether the messages that came meanwhile are lost
   */
  public void restarted(boolean forgets) {
    persisting = true;
    if (forgets) {
      stash.clear();
    }
  }

  /** The journal was read. */
  public void recovered(SectorState replayed) {
    state = replayed;
    persisting = false;
    asker = null;
    aborter = null;
    checking.clear();
    workers.clear();
    inputs.clear();
    startedAt = null;
    atWork.clear();
    if (!around.has(Defect.SECTOR_SAYS_IT_ONCE)) {
      repeatLater();
    }
    perform("recovered", UnderWay.of(state), null);
    unstash();
  }

  private void repeatLater() {
    around.timer(
        "repeat",
        settings.repeat(),
        () -> {
          repeatLater();
          receive(this::onRepeat);
        });
  }

  /** Asks for a task. */
  public void perform(TaskRequest request, Consumer<Sector.Answer> replyTo) {
    receive(
        () -> {
          SectorStep step = DriverRules.perform(state, request, around.now());
          if (!step.equals(SectorStep.nothing()) && step.events().isEmpty()) {
            take(step, replyTo);
            return;
          }
          asker = replyTo;
          take(step);
        });
  }

  /** Wants a task tried again. */
  public void retry(String by, Consumer<Sector.Answer> replyTo) {
    receive(() -> take(DriverRules.retry(state, by, around.now()), replyTo));
  }

  /** Wants a task ended. */
  public void abort(String by, Consumer<Sector.Answer> replyTo) {
    receive(
        () -> {
          SectorStep step = AbortRules.abort(state, by, "it was asked for", true, around.now());
          if (!step.events().isEmpty() || state instanceof SectorState.Stopping) {
            aborter = replyTo;
          }
          take(step, replyTo);
        });
  }

  /** A worker reports. */
  public void report(TaskReport report, Consumer<WorkerCommand> worker) {
    receive(
        () -> {
          workers.put(report.host(), worker);
          if (ReportRules.isCurrent(state, report)) {
            atWork.add(report.host());
          }
          take(reports.report(state, unfenced(report), around.now()));
        });
  }

  private TaskReport unfenced(TaskReport report) {
    if (around.has(Defect.SECTOR_FENCES_NOTHING)
        && report instanceof TaskReport.Succeeded succeeded
        && state instanceof SectorState.Placed placed
        && placed.task().id().kind() == report.attempt().task().kind()) {
      return new TaskReport.Succeeded(
          placed.task().id().attempt(placed.assignment().attempt()),
          placed.assignment().host(),
          succeeded.startedAt(),
          succeeded.endedAt(),
          succeeded.bytes(),
          succeeded.result());
    }
    return report;
  }

  /** The scheduler gave a host. */
  public void assigned(
      TaskId task, HostId host, Consumer<WorkerCommand> worker, Optional<FileSource> source) {
    receive(
        () -> {
          workers.put(host, worker);
          inputs.put(host, source);
          boolean started = worker.equals(startedAt);
          SectorStep step = PlacementRules.assigned(forgetful(state), task, host, started, later());
          if (!step.events().isEmpty()) {
            startedAt = worker;
          }
          take(step);
        });
  }

  private SectorState forgetful(SectorState known) {
    return around.has(Defect.SECTOR_FORGETS_ITS_HOST)
            && known instanceof SectorState.Waiting waiting
        ? new SectorState.Waiting(
            waiting.facts().withoutFiles(), waiting.task(), waiting.notBefore())
        : known;
  }

  /** The scheduler wants the sector elsewhere. */
  public void moveWanted(SchedulerCommand.MoveWanted wish) {
    receive(() -> take(MoveRules.wanted(state, wish, around.now())));
  }

  /** The scheduler says that a host is gone. */
  public void hostAway(TaskId task, HostId host, HostLoss loss, Instant since) {
    receive(() -> take(HostLossRules.away(state, task, host, loss, since, around.now())));
  }

  /** The shard gives leave. */
  public void leave(Runnable then) {
    receive(then);
  }

  /** The files were looked at. */
  public void filesChecked(Answered answered, boolean intact) {
    receive(
        () -> {
          Consumer<Sector.Answer> replyTo = checking.remove(answered.task());
          SectorStep step =
              DriverRules.filesChecked(state, answered, Optional.of(intact), around.now());
          if (!step.events().isEmpty()) {
            asker = replyTo;
          }
          take(step, replyTo);
        });
  }

  private void onRepeat() {
    workers.clear();
    inputs.clear();
    atWork.clear();
    SectorStep again = SectorStep.resume(state);
    if (!UnderWay.isAtRest(state)) {
      take(again);
      return;
    }
    if (checking.isEmpty() && lastWord.plus(settings.passivateAfter()).isBefore(around.now())) {
      around.passivate();
    }
    take(again, null);
  }

  private void receive(Runnable message) {
    if (persisting) {
      stash.add(message);
    } else {
      message.run();
    }
  }

  private void unstash() {
    while (!persisting && !stash.isEmpty()) {
      stash.poll().run();
    }
  }

  private void take(SectorStep step) {
    lastWord = around.now();
    take(step, null);
  }

  private void take(SectorStep step, @Nullable Consumer<Sector.Answer> replyTo) {
    String edge = edge(step);
    if (step.events().isEmpty()) {
      perform(edge, step.effects(), replyTo);
      return;
    }
    List<SectorEffect> effects =
        step.effects().stream().filter(effect -> !effect.isAcknowledgement()).toList();
    List<SectorEffect> acknowledgements =
        step.effects().stream().filter(SectorEffect::isAcknowledgement).toList();
    if (around.has(Defect.SECTOR_ANSWERS_BEFORE_PERSIST)) {
      perform(edge, acknowledgements, replyTo);
    }
    around.crashPoint(edge, "before-persist");
    persisting = true;
    around.persist(
        state,
        step.events(),
        () -> {
          around.crashPoint(edge, "after-persist");
          state = SectorTransitions.after(state, step.events());
          perform(edge, effects, replyTo);
          around.crashPoint(edge, "after-effect");
          around.crashPoint(edge, "before-acknowledgement");
          perform(edge, acknowledgements, replyTo);
          persisting = false;
          unstash();
        });
  }

  private String edge(SectorStep step) {
    return step.events().isEmpty() ? "unchanged" : Sector.edge(state, step);
  }

  private void perform(
      String edge, List<SectorEffect> effects, @Nullable Consumer<Sector.Answer> replyTo) {
    for (SectorEffect effect : effects) {
      around.crashPoint(edge, "before-" + effect.getClass().getSimpleName());
      perform(effect, replyTo);
    }
  }

  private void perform(SectorEffect effect, @Nullable Consumer<Sector.Answer> replyTo) {
    if (effect instanceof SectorEffect.Submit submit) {
      SectorState.Waiting waiting = submit.state();
      around.submit(
          waiting.task().id(),
          waiting.facts().proofType(),
          waiting.task().requestedAt(),
          PlacementRules.runsOn(waiting),
          PlacementRules.route(waiting));
    } else if (effect instanceof SectorEffect.WakeAt wake) {
      wakeAt(wake.at());
    } else if (effect instanceof SectorEffect.Tell tell) {
      tell(tell);
    } else if (effect instanceof SectorEffect.Withdraw withdraw) {
      if (!around.has(Defect.SECTOR_NEVER_WITHDRAWS)) {
        around.withdraw(withdraw.task());
      }
    } else if (effect instanceof SectorEffect.AnswerTask answer) {
      answer(asker, answer.answer());
      asker = null;
    } else if (effect instanceof SectorEffect.AnswerAbort answer) {
      answer(aborter, answer.answer());
      aborter = null;
    } else if (effect instanceof SectorEffect.Reply reply) {
      answer(replyTo, reply.answer());
    } else if (effect instanceof SectorEffect.CheckFiles check) {
      check(check.answered(), replyTo);
    }
  }

  private void check(Answered answered, @Nullable Consumer<Sector.Answer> replyTo) {
    if (replyTo != null && checking.put(answered.task(), replyTo) == null) {
      around.check(answered);
    }
  }

  private void wakeAt(Instant at) {
    Duration wait = Duration.between(later(), at);
    if (!around.has(Defect.SECTOR_NEVER_WAKES)) {
      around.timer(
          "wake",
          wait.isNegative() ? Duration.ZERO : wait,
          () -> receive(() -> take(UnderWay.woken(state, later()))));
    }
  }

  /** Now, for a sector that can wait. */
  private Instant later() {
    return around.has(Defect.SECTOR_CANNOT_WAIT)
        ? around.now().plus(Duration.ofDays(1))
        : around.now();
  }

  private void tell(SectorEffect.Tell tell) {
    Consumer<WorkerCommand> worker = workers.get(tell.host());
    boolean asked = inputs.containsKey(tell.host());
    boolean careless = around.has(Defect.SECTOR_FORGETS_INPUTS);
    boolean waits = tell.waitsForInputs(atWork.contains(tell.host()));
    if (worker == null || (waits && !asked)) {
      around.resume(tell.task(), tell.proofType(), tell.host(), tell.inputsOn());
      return;
    }
    Optional<FileSource> source = inputs.getOrDefault(tell.host(), Optional.empty());
    if (source.isPresent() && !careless) {
      around.tell(tell.host(), worker, tell.fetchingFrom(source.get()));
    } else if (!waits || careless) {
      around.tell(tell.host(), worker, tell.command());
    }
  }

  private void answer(@Nullable Consumer<Sector.Answer> to, Sector.Answer answer) {
    if (to != null) {
      around.answer(to, answer);
    }
  }
}
