package io.selkie.sector;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.serialization.NodeMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The persistent actor of a sector. It does what the rules of this package say: persists the events
 * of a step, then does its effects; after a crash, the effects of the state it comes back to.
 */
public final class Sector extends EventSourcedBehavior<Sector.Command, SectorEvent, SectorState> {
  /** How sharding knows sectors; the entity id is the text of the {@link SectorId}. */
  public static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "Sector");

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

  /** Longer than a worker waits with its next report: that meets an actor that has read all. */
  static final Duration FRESH = Duration.ofMinutes(2);

  private final SectorId sector;
  private final Surroundings surroundings;
  private final ReportRules reports;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final ActorRef<SchedulerCommand.Answer> assignments;
  private final Map<HostId, ActorRef<WorkerCommand>> workers = new HashMap<>();

  /** Where a host fetches what it has not, as the scheduler said; empty: nowhere for now. */
  private final Map<HostId, Optional<FileSource>> inputs = new HashMap<>();

  /** Hosts that have spoken of the job that is under way: what it needs is there. */
  private final Set<HostId> atWork = new HashSet<>();

  /** Whose files are being looked at, for whom: who asked for the task last. */
  private final Map<TaskId, ActorRef<Answer>> checking = new HashMap<>();

  /**
   * The worker for which it was written last that it has the task; one that began anew is not it.
   */
  private @Nullable ActorRef<WorkerCommand> startedAt;

  private @Nullable ActorRef<Answer> asker;
  private @Nullable ActorRef<Answer> aborter;

  /** Of the task that was asked for last, as its driver said last. */
  private Optional<Instant> deadline = Optional.empty();

  /** Likewise. */
  private Optional<HostId> pin = Optional.empty();

  private Instant lastWord;
  private Instant recoveredAt;

  private Sector(
      SectorId sector,
      Surroundings surroundings,
      ActorRef<ClusterSharding.ShardCommand> shard,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {
    super(
        PersistenceId.of(KEY.name(), sector.toString()),
        SupervisorStrategy.restartWithBackoff(FIRST_BACKOFF, LONGEST_BACKOFF, 0.2));
    this.sector = sector;
    this.surroundings = surroundings;
    this.reports = new ReportRules(surroundings.settings().retries());
    this.context = context;
    this.timers = timers;
    this.shard = shard;
    this.assignments =
        context.messageAdapter(SchedulerCommand.Answer.class, SchedulerAnswered::new);
    this.lastWord = surroundings.clock().instant();
    this.recoveredAt = lastWord;
  }

  /**
   * What sectors work with.
   *
   * @param scheduler gives tasks their hosts
   * @param kept looks after files before an answer is given a second time
   */
  public record Surroundings(
      ActorRef<SchedulerCommand> scheduler, KeptFiles kept, SectorSettings settings, Clock clock) {}

  /** The id of a sector's journal. */
  public static String journalOf(SectorId sector) {
    return PersistenceId.of(KEY.name(), sector.toString()).id();
  }

  /** The behavior of one sector. */
  public static Behavior<Command> create(
      SectorId sector, Surroundings surroundings, ActorRef<ClusterSharding.ShardCommand> shard) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Sector(sector, surroundings, shard, context, timers)));
  }

  /** What a sector is told. */
  public interface Command extends NodeMessage {}

  /**
   * Do a task. Asked for again with the same facts it is the same task: its answer goes to whoever
   * asked last. Callers repeat it until an answer comes.
   *
   * @param deadline after which the work is lost, if there is one. Only the order of waiting tasks
   *     comes of it, so it is not kept: whoever repeats the call says it again
   * @param pin the host that is to do it, unless files of the sector are elsewhere; not kept either
   */
  public record Perform(
      TaskRequest request,
      Optional<Instant> deadline,
      Optional<HostId> pin,
      ActorRef<Answer> replyTo)
      implements Command {
    /** On any host. */
    public Perform(TaskRequest request, Optional<Instant> deadline, ActorRef<Answer> replyTo) {
      this(request, deadline, Optional.empty(), replyTo);
    }
  }

  /** Tell the state. */
  public record Get(ActorRef<SectorState> replyTo) implements Command {}

  /** Try a failed or aborted task again. */
  public record Retry(String by, ActorRef<Answer> replyTo) implements Command {}

  /**
   * End the task: the answer comes when its prover is dead.
   *
   * @param kinds a task of another kind is none of the caller's, and goes on
   * @param only if given, no task but this one
   * @param discard whether what the task has written is to go, so that trying it again begins it
   *     anew
   */
  public record Abort(
      String by,
      String cause,
      Set<TaskKind> kinds,
      Optional<TaskRequest> only,
      boolean discard,
      ActorRef<Answer> replyTo)
      implements Command {}

  /** A worker's word. */
  public record Report(TaskReport report, ActorRef<WorkerCommand> worker) implements Command {}

  /** Leave memory: the answer of the shard to a wish to passivate. */
  public record Leave() implements Command {}

  private interface Internal extends Command, NoSerializationVerificationNeeded {}

  private record SchedulerAnswered(SchedulerCommand.Answer answer) implements Internal {}

  /** Empty: they could not be looked at. */
  private record FilesChecked(Answered answered, Optional<Boolean> intact) implements Internal {}

  private record Wake() implements Internal {}

  private record Repeat() implements Internal {}

  /** What a sector answers. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Done.class, name = "Done"),
    @JsonSubTypes.Type(value = TaskHasFailed.class, name = "TaskHasFailed"),
    @JsonSubTypes.Type(value = HostIsLost.class, name = "HostIsLost"),
    @JsonSubTypes.Type(value = Accepted.class, name = "Accepted"),
    @JsonSubTypes.Type(value = Refused.class, name = "Refused")
  })
  public sealed interface Answer extends NodeMessage {}

  /** The result of a task. */
  public record Done(TaskId task, TaskResult result) implements Answer {}

  /** The task failed for good, or was aborted (code {@code aborted}). */
  public record TaskHasFailed(TaskId task, Failure failure) implements Answer {}

  /**
   * The host that has the sector's files is gone for longer than a restart takes: the task waits
   * for it, or for the operator's word that it is off. Asked for again, the task is the same.
   *
   * @param since when the host was last heard
   */
  public record HostIsLost(TaskId task, HostId host, Instant since) implements Answer {}

  /** Retry: it is persisted. Abort: the task has ended. */
  public record Accepted() implements Answer {}

  /**
   * The sector does not do that; nothing was changed.
   *
   * @param forGood whether it never will: asking again is of no use
   */
  public record Refused(String reason, boolean forGood) implements Answer {}

  @Override
  public SectorState emptyState() {
    return new SectorState.Unknown(sector);
  }

  @Override
  public Set<String> tagsFor(SectorEvent event) {
    return Set.of(SectorProjection.TAG);
  }

  @Override
  public EventHandler<SectorState, SectorEvent> eventHandler() {
    return SectorTransitions::next;
  }

  @Override
  public CommandHandler<Command, SectorEvent, SectorState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Perform.class, this::onPerform)
        .onCommand(Get.class, this::onGet)
        .onCommand(Retry.class, this::onRetry)
        .onCommand(Abort.class, this::onAbort)
        .onCommand(Report.class, this::onReport)
        .onCommand(SchedulerAnswered.class, this::onScheduler)
        .onCommand(FilesChecked.class, this::onFilesChecked)
        .onCommand(Wake.class, (state, wake) -> take(state, UnderWay.woken(state, now())))
        .onCommand(Repeat.class, (state, repeat) -> onRepeat(state))
        .onCommand(Leave.class, (state, leave) -> Effect().stop())
        .build();
  }

  @Override
  public SignalHandler<SectorState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .build();
  }

  private void onRecovered(SectorState state) {
    // After events that could not be written this object goes on, with a state that knows nothing
    // of those who asked for them.
    asker = null;
    aborter = null;
    deadline = Optional.empty();
    pin = Optional.empty();
    checking.clear();
    forgetWorkers();
    startedAt = null;
    recoveredAt = now();
    timers.startTimerWithFixedDelay(new Repeat(), surroundings.settings().repeat());
    UnderWay.of(state).forEach(effect -> perform(effect, null));
    if (state instanceof SectorState.Busy busy
        && busy.task().request() instanceof TaskRequest.Unseal) {
      context
          .getSelf()
          .tell(
              new Abort(
                  "node",
                  "nobody waits for the data any more",
                  Set.of(TaskKind.UNSEAL),
                  Optional.empty(),
                  false,
                  context.getSystem().ignoreRef()));
    }
  }

  private Effect<SectorEvent, SectorState> onPerform(SectorState state, Perform command) {
    SectorStep step = DriverRules.perform(state, command.request(), now());
    if (UnderWay.isAtRest(state)) {
      deadline = command.deadline();
      pin = command.pin();
    } else if (step.equals(SectorStep.nothing())) {
      deadline = command.deadline().or(() -> deadline);
      pin = command.pin().or(() -> pin);
    }
    if (!step.equals(SectorStep.nothing()) && step.events().isEmpty()) {
      return take(state, step, command.replyTo());
    }
    asker = command.replyTo();
    return take(state, step);
  }

  private Effect<SectorEvent, SectorState> onGet(SectorState state, Get command) {
    return Effect().none().thenRun(() -> command.replyTo().tell(state));
  }

  private Effect<SectorEvent, SectorState> onRetry(SectorState state, Retry command) {
    return take(state, DriverRules.retry(state, command.by(), now()), command.replyTo());
  }

  private Effect<SectorEvent, SectorState> onAbort(SectorState state, Abort command) {
    SectorStep step =
        AbortRules.isMeant(state, command.kinds(), command.only())
            ? AbortRules.abort(state, command.by(), command.cause(), command.discard(), now())
            : SectorStep.refuse(sector + " is not at the task that is to be stopped");
    if (!step.events().isEmpty() || state instanceof SectorState.Stopping) {
      aborter = command.replyTo();
    }
    return take(state, step, command.replyTo());
  }

  private Effect<SectorEvent, SectorState> onReport(SectorState state, Report command) {
    if (ReportRules.isAhead(state, command.report()) && !hasJustRecovered()) {
      // A node that stood still still has its actors: this one would stop what another one began.
      // The shard begins it anew, and then the journal tells who is right.
      context
          .getLog()
          .info(
              "{}: reads its journal again, which may know of {}",
              sector,
              command.report().attempt());
      return Effect().stop();
    }
    workers.put(command.report().host(), command.worker());
    if (ReportRules.isCurrent(state, command.report())) {
      atWork.add(command.report().host());
    }
    return take(state, reports.report(state, command.report(), now()));
  }

  private boolean hasJustRecovered() {
    return now().isBefore(recoveredAt.plus(FRESH));
  }

  private Effect<SectorEvent, SectorState> onScheduler(
      SectorState state, SchedulerAnswered command) {
    if (command.answer() instanceof SchedulerCommand.HostAway away) {
      return take(
          state,
          HostLossRules.away(state, away.task(), away.host(), away.loss(), away.since(), now()));
    }
    if (command.answer() instanceof SchedulerCommand.MoveWanted move) {
      return take(state, MoveRules.wanted(state, move, now()));
    }
    SchedulerCommand.Assigned assigned = (SchedulerCommand.Assigned) command.answer();
    workers.put(assigned.host(), assigned.worker());
    inputs.put(assigned.host(), assigned.inputs());
    boolean started = assigned.worker().equals(startedAt);
    SectorStep step =
        PlacementRules.assigned(state, assigned.task(), assigned.host(), started, now());
    if (!step.events().isEmpty()) {
      startedAt = assigned.worker();
    }
    return take(state, step);
  }

  private Effect<SectorEvent, SectorState> onFilesChecked(SectorState state, FilesChecked command) {
    @Nullable ActorRef<Answer> replyTo = checking.remove(command.answered().task());
    SectorStep step = DriverRules.filesChecked(state, command.answered(), command.intact(), now());
    if (!step.events().isEmpty()) {
      asker = replyTo;
    }
    return take(state, step, replyTo);
  }

  private Effect<SectorEvent, SectorState> onRepeat(SectorState state) {
    // A worker that was restarted has another address: ask for it again.
    forgetWorkers();
    SectorStep again = SectorStep.resume(state);
    if (!UnderWay.isAtRest(state)) {
      return take(state, again);
    }
    // Whoever waits for files to be looked at has not been answered.
    if (checking.isEmpty()
        && lastWord.plus(surroundings.settings().passivateAfter()).isBefore(now())) {
      shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
    }
    return take(state, again, null);
  }

  private Effect<SectorEvent, SectorState> take(SectorState state, SectorStep step) {
    lastWord = now();
    return take(state, step, null);
  }

  private Effect<SectorEvent, SectorState> take(
      SectorState state, SectorStep step, @Nullable ActorRef<Answer> replyTo) {
    if (step.events().isEmpty()) {
      step.effects().forEach(effect -> perform(effect, replyTo));
      return Effect().none();
    }
    String edge = edge(state, step);
    FailPoints.hit(edge + ".before-persist", sector);
    return Effect()
        .persist(step.events())
        .thenRun(
            () -> {
              FailPoints.hit(edge + ".after-persist", sector);
              step.effects().stream()
                  .filter(effect -> !effect.isAcknowledgement())
                  .forEach(effect -> perform(effect, replyTo));
              FailPoints.hit(edge + ".after-effect", sector);
              FailPoints.hit(edge + ".before-acknowledgement", sector);
              step.effects().stream()
                  .filter(SectorEffect::isAcknowledgement)
                  .forEach(effect -> perform(effect, replyTo));
            });
  }

  /**
   * What fail points call a change: the task and the last event, {@code PreCommit1.TaskAssigned}.
   */
  static String edge(SectorState state, SectorStep step) {
    SectorState after = SectorTransitions.after(state, step.events());
    String event = step.events().get(step.events().size() - 1).getClass().getSimpleName();
    SectorState busy = after instanceof SectorState.Busy ? after : state;
    return busy instanceof SectorState.Busy known ? known.task().id().kind() + "." + event : event;
  }

  private void perform(SectorEffect effect, @Nullable ActorRef<Answer> replyTo) {
    if (effect instanceof SectorEffect.Submit submit) {
      SectorState.Waiting state = submit.state();
      surroundings
          .scheduler()
          .tell(
              new SchedulerCommand.Submit(
                  state.task().id(),
                  state.facts().proofType(),
                  state.task().requestedAt(),
                  PlacementRules.runsOn(state),
                  PlacementRules.route(state).pinnedTo(pin),
                  deadline,
                  state.hasDeals(),
                  assignments));
    } else if (effect instanceof SectorEffect.WakeAt wake) {
      Duration wait = Duration.between(now(), wake.at());
      timers.startSingleTimer(new Wake(), wait.isNegative() ? Duration.ZERO : wait);
    } else if (effect instanceof SectorEffect.Tell tell) {
      tell(tell);
    } else if (effect instanceof SectorEffect.Withdraw withdraw) {
      surroundings.scheduler().tell(new SchedulerCommand.Withdraw(withdraw.task()));
    } else if (effect instanceof SectorEffect.AnswerTask answer) {
      answer(asker, answer.answer());
      asker = null;
    } else if (effect instanceof SectorEffect.AnswerAbort answer) {
      answer(aborter, answer.answer());
      aborter = null;
    } else if (effect instanceof SectorEffect.Reply reply) {
      answer(replyTo, reply.answer());
    } else if (effect instanceof SectorEffect.CheckFiles check && replyTo != null) {
      check(check.answered(), replyTo);
    }
  }

  private void forgetWorkers() {
    workers.clear();
    inputs.clear();
    atWork.clear();
  }

  private void tell(SectorEffect.Tell tell) {
    Optional<ActorRef<WorkerCommand>> worker = Optional.ofNullable(workers.get(tell.host()));
    boolean asked = inputs.containsKey(tell.host());
    boolean waits = tell.waitsForInputs(atWork.contains(tell.host()));
    if (worker.isEmpty() || (waits && !asked)) {
      // Its answer says the same again, with the worker to tell it to.
      surroundings
          .scheduler()
          .tell(
              new SchedulerCommand.Resume(
                  tell.task(), tell.proofType(), tell.host(), tell.inputsOn(), assignments));
      return;
    }
    Optional<FileSource> source = inputs.getOrDefault(tell.host(), Optional.empty());
    if (source.isPresent()) {
      worker.get().tell(tell.fetchingFrom(source.get()));
    } else if (!waits) {
      worker.get().tell(tell.command());
    }
    // Else its input is nowhere to be had now; that is asked again in a while.
  }

  private void check(Answered answered, ActorRef<Answer> replyTo) {
    if (checking.put(answered.task(), replyTo) != null) {
      return; // whole files are read: once for all who ask meanwhile
    }
    context.pipeToSelf(
        surroundings.kept().areIntact(sector, answered),
        (intact, trouble) -> {
          if (trouble != null) {
            context
                .getLog()
                .warn("{}: cannot look at the files of {}", sector, answered.task(), trouble);
          }
          return new FilesChecked(
              answered, trouble == null ? Optional.ofNullable(intact) : Optional.empty());
        });
  }

  private static void answer(@Nullable ActorRef<Answer> to, Answer answer) {
    if (to != null) {
      to.tell(answer);
    }
  }

  private Instant now() {
    return surroundings.clock().instant();
  }
}
