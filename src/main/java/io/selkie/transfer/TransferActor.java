package io.selkie.transfer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transfers of a node: begins them in the order in which they came, as many at once as the
 * settings allow, tries again after troubles that pass, and holds what an operator wants held. What
 * lasts ends the attempt. All files are touched by {@link TransferWork}, on threads of its own.
 */
public final class TransferActor extends AbstractBehavior<TransferActor.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(TransferActor.class);

  /** In a row, of what goes between hosts that seal. */
  private static final int MOST_TROUBLES = 5;

  private final Parts parts;
  private final TimerScheduler<Command> timers;
  private final Map<TaskId.Attempt, Entry> entries = new LinkedHashMap<>();
  private final Random random = new Random();
  private TransferFiles.Held held;

  /** What a transfer is waited for with. */
  private enum Phase {
    QUEUED,
    RUNNING,
    WAITING
  }

  /** An attempt that has not ended. */
  private static final class Entry {
    private final TaskRequest request;
    private final Instant startedAt;
    private final List<CompletableFuture<End>> ends = new ArrayList<>();
    private final List<CompletableFuture<Void>> stops = new ArrayList<>();
    private Control control;
    private Phase phase = Phase.QUEUED;
    private int troubles;
    private Optional<String> reason = Optional.empty();
    private Optional<Instant> again = Optional.empty();

    Entry(SectorId sector, TaskRequest request, Instant startedAt) {
      this.request = request;
      this.startedAt = startedAt;
      this.control = new Control(sector);
    }
  }

  /**
   * What the actor works with.
   *
   * @param threads one is used for each transfer that runs
   * @param parallel how many run at once
   */
  record Parts(
      TransferWork work, TransferFiles files, Executor threads, int parallel, BackOff backOff) {}

  /** How an attempt ended; bytes are those that were brought to their place, or freed. */
  public sealed interface End {
    /** When it began. */
    Instant startedAt();

    /** With a result. */
    record Succeeded(Instant startedAt, long bytes, TaskResult result) implements End {}

    /** Without one. */
    record Failed(Instant startedAt, Failure failure) implements End {}
  }

  /** What the actor is told; all of it stays in the process. */
  public interface Command {}

  /**
   * Run an attempt, or be told too how the one that runs ends.
   *
   * @param onDurable called once the attempt survives a crash
   */
  public record Begin(
      TaskId.Attempt attempt, TaskRequest request, Runnable onDurable, CompletableFuture<End> end)
      implements Command {}

  /** End an attempt; completes when nothing works on it any more. */
  public record Stop(TaskId.Attempt attempt, CompletableFuture<Void> stopped) implements Command {}

  /**
   * The sector is about to be removed: forget its transfer, which does not run, and discard what
   * was brought anywhere; completes when that is sure to happen.
   *
   * @param copy that the journal names
   */
  public record Forget(
      SectorId sector, Optional<SectorCopy> copy, CompletableFuture<Void> forgotten)
      implements Command {}

  /** Hold a sector's transfer, or all; completes when that is durable. */
  public record Pause(Optional<SectorId> sector, CompletableFuture<Void> done) implements Command {}

  /** Let a sector's transfer go on at once, or all. */
  public record Resume(Optional<SectorId> sector, CompletableFuture<Void> done)
      implements Command {}

  /** Tell what is under way. */
  public record Look(CompletableFuture<Overview> overview) implements Command {}

  /**
   * What is under way.
   *
   * @param paused whether all is held
   */
  public record Overview(boolean paused, List<TransferStatus> transfers) {
    /** The list is copied. */
    public Overview {
      transfers = List.copyOf(transfers);
    }
  }

  private record Ended(
      TaskId.Attempt attempt,
      Control control,
      @Nullable TaskResult result,
      @Nullable Throwable trouble)
      implements Command {}

  private record Again(TaskId.Attempt attempt) implements Command {}

  private record Sweep() implements Command {}

  private TransferActor(ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts)
      throws IOException {
    super(context);
    this.timers = timers;
    this.parts = parts;
    this.held = parts.files().held();
    timers.startTimerWithFixedDelay(new Sweep(), parts.backOff().longest());
  }

  /** The transfers of a node. */
  static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  try {
                    return new TransferActor(context, timers, parts);
                  } catch (IOException e) {
                    throw new IllegalStateException("cannot read what is paused", e);
                  }
                }));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Begin.class, this::onBegin)
        .onMessage(Stop.class, this::onStop)
        .onMessage(Pause.class, this::onPause)
        .onMessage(Resume.class, this::onResume)
        .onMessage(Look.class, this::onList)
        .onMessage(Ended.class, this::onEnded)
        .onMessage(Again.class, this::onAgain)
        .onMessage(Forget.class, this::onForget)
        .onMessage(Sweep.class, sweep -> onSweep())
        .build();
  }

  private Behavior<Command> onBegin(Begin begin) {
    Entry entry = entries.get(begin.attempt());
    if (entry == null) {
      try {
        Instant startedAt = parts.files().keep(begin.attempt(), Instant.now());
        entry = new Entry(begin.attempt().sector(), begin.request(), startedAt);
      } catch (IOException e) {
        begin.end().completeExceptionally(e);
        return this;
      }
      entries.put(begin.attempt(), entry);
    }
    entry.ends.add(begin.end());
    begin.onDurable().run();
    fill();
    return this;
  }

  /** Gives free places to what waits for one. */
  private void fill() {
    for (Map.Entry<TaskId.Attempt, Entry> waiting : entries.entrySet()) {
      long running =
          entries.values().stream().filter(entry -> entry.phase == Phase.RUNNING).count();
      if (running >= parts.parallel()) {
        return;
      }
      Entry entry = waiting.getValue();
      if (entry.phase == Phase.QUEUED && !held.holds(waiting.getKey().sector())) {
        run(waiting.getKey(), entry);
      }
    }
  }

  private void run(TaskId.Attempt attempt, Entry entry) {
    entry.phase = Phase.RUNNING;
    entry.again = Optional.empty();
    entry.control = new Control(attempt.sector());
    Control control = entry.control;
    TaskRequest request = entry.request;
    ActorRef<Command> self = getContext().getSelf();
    getContext().getLog().debug("{} begins", attempt);
    parts
        .threads()
        .execute(
            () -> {
              try {
                self.tell(
                    new Ended(attempt, control, parts.work().perform(request, control), null));
              } catch (Throwable e) {
                self.tell(new Ended(attempt, control, null, e));
              }
            });
  }

  private Behavior<Command> onEnded(Ended ended) {
    Entry entry = entries.get(ended.attempt());
    if (entry == null || entry.control != ended.control()) {
      return this;
    }
    TaskResult result = ended.result();
    if (!entry.stops.isEmpty()) {
      entries.remove(ended.attempt());
      entry.stops.forEach(stop -> stop.complete(null));
      Failure failure = new Failure(Failure.Action.RETRY, "died", "it was called off");
      end(entry, new End.Failed(entry.startedAt, failure));
    } else if (result != null) {
      entries.remove(ended.attempt());
      end(entry, new End.Succeeded(entry.startedAt, bytes(result), result));
    } else {
      troubled(ended.attempt(), entry, ended.trouble());
    }
    fill();
    return this;
  }

  private static void end(Entry entry, End end) {
    entry.ends.forEach(waiting -> waiting.complete(end));
  }

  private static long bytes(TaskResult result) {
    if (result instanceof TaskResult.Transferred transferred) {
      return transferred.copy().size();
    }
    if (result instanceof TaskResult.Moved moved) {
      return moved.copy().size();
    }
    return result instanceof TaskResult.Released released ? released.bytes() : 0;
  }

  private void troubled(TaskId.Attempt attempt, Entry entry, @Nullable Throwable trouble) {
    if (trouble instanceof Control.Held) {
      entry.phase = Phase.QUEUED; // paused; it goes on where it was
      return;
    }
    Failure failure = failure(trouble);
    // One that came further than the last one did begins to count anew.
    entry.troubles =
        entry.control.step().equals("send") && entry.control.done() > 0 ? 1 : entry.troubles + 1;
    if (failure.action() != Failure.Action.RETRY || isForTheSector(entry, failure)) {
      getContext().getLog().warn("{} failed: {}", attempt, failure.message());
      entries.remove(attempt);
      end(entry, new End.Failed(entry.startedAt, failure));
      return;
    }
    Duration wait = parts.backOff().after(entry.troubles, random.nextDouble());
    entry.phase = Phase.WAITING;
    entry.reason = Optional.of(failure.code() + ": " + failure.message());
    entry.again = Optional.of(Instant.now().plus(wait));
    getContext()
        .getLog()
        .info("{} is tried again in {} ms: {}", attempt, wait.toMillis(), failure.message());
    timers.startSingleTimer(attempt, new Again(attempt), wait);
  }

  /**
   * What goes between hosts that seal has its other host from the sector, and the token for it:
   * either may be another by the next attempt.
   */
  private static boolean isForTheSector(Entry entry, Failure failure) {
    boolean betweenHosts =
        entry.request instanceof TaskRequest.Move
            || (entry.request instanceof TaskRequest.Release release && release.from().isPresent());
    return betweenHosts
        && (failure.code().equals("unauthorized") || entry.troubles >= MOST_TROUBLES);
  }

  private Failure failure(@Nullable Throwable trouble) {
    if (trouble instanceof TransferTrouble known) {
      return known.failure();
    }
    if (trouble instanceof IOException io) {
      return TransferTrouble.of(io).failure();
    }
    getContext().getLog().error("a transfer ended unexpectedly", trouble);
    return TransferTrouble.passing("internal", String.valueOf(trouble)).failure();
  }

  private Behavior<Command> onAgain(Again again) {
    Entry entry = entries.get(again.attempt());
    if (entry != null && entry.phase == Phase.WAITING) {
      entry.phase = Phase.QUEUED;
      fill();
    }
    return this;
  }

  private Behavior<Command> onForget(Forget forget) {
    parts
        .threads()
        .execute(
            () -> {
              try {
                parts.work().forget(forget.sector(), forget.copy());
                forget.forgotten().complete(null);
              } catch (IOException | RuntimeException e) {
                forget.forgotten().completeExceptionally(e);
              }
            });
    return this;
  }

  /** What was left at places that could not be reached may be discarded by now. */
  private Behavior<Command> onSweep() {
    parts
        .threads()
        .execute(
            () -> {
              try {
                parts.work().sweep();
              } catch (IOException e) {
                LOG.warn("cannot look for what transfers left behind: {}", e.toString());
              }
            });
    return this;
  }

  private Behavior<Command> onStop(Stop stop) {
    Entry entry = entries.get(stop.attempt());
    if (entry == null) {
      stop.stopped().complete(null);
      return this;
    }
    entry.stops.add(stop.stopped());
    entry.control.hold();
    if (entry.phase != Phase.RUNNING) {
      getContext().getSelf().tell(new Ended(stop.attempt(), entry.control, null, null));
    }
    return this;
  }

  private Behavior<Command> onPause(Pause pause) {
    return hold(held.and(pause.sector()), pause.done());
  }

  private Behavior<Command> onResume(Resume resume) {
    entries.forEach(
        (attempt, entry) -> {
          boolean meant = resume.sector().map(attempt.sector()::equals).orElse(true);
          if (meant && entry.phase == Phase.WAITING) {
            entry.phase = Phase.QUEUED;
            entry.troubles = 0;
          }
        });
    return hold(held.without(resume.sector()), resume.done());
  }

  private Behavior<Command> hold(TransferFiles.Held now, CompletableFuture<Void> done) {
    try {
      parts.files().hold(now);
    } catch (IOException e) {
      done.completeExceptionally(e);
      return this;
    }
    held = now;
    entries.forEach(
        (attempt, entry) -> {
          if (entry.phase == Phase.RUNNING && held.holds(attempt.sector())) {
            entry.control.hold();
          }
        });
    done.complete(null);
    fill();
    return this;
  }

  private Behavior<Command> onList(Look list) {
    List<TransferStatus> all = new ArrayList<>();
    entries.forEach(
        (attempt, entry) ->
            all.add(
                TransferStatus.of(
                    attempt.task().kind(),
                    state(attempt, entry),
                    entry.control,
                    entry.phase == Phase.RUNNING ? Optional.empty() : entry.reason,
                    entry.again)));
    list.overview().complete(new Overview(held.all(), all));
    return this;
  }

  private TransferStatus.State state(TaskId.Attempt attempt, Entry entry) {
    if (held.holds(attempt.sector())) {
      return TransferStatus.State.PAUSED;
    }
    return entry.phase == Phase.RUNNING
        ? TransferStatus.State.RUNNING
        : TransferStatus.State.PENDING;
  }
}
