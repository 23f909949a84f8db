package io.selkie.worker;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.WorkerCommand;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pool of {@link JobRunner}s, one for each slot of a phase. It takes only tasks for a free slot
 * and never queues: the only waiting queue is the scheduler's. A job that the host has already,
 * from before a restart or from under higher limits, runs in any case; its prover is at work
 * whether a slot is free or not.
 */
final class PhasePool extends AbstractBehavior<PhasePool.Command> {
  private static final DispatcherSelector THREAD_OF_ITS_OWN =
      DispatcherSelector.fromConfig("selkie-job-dispatcher");

  private final String name;
  private final int slots;
  private final TaskRunner runner;
  private final ActorRef<WorkerCommand> worker;
  private final Deque<ActorRef<JobRunner.Command>> idle = new ArrayDeque<>();
  private final Map<TaskId.Attempt, Busy> busy = new HashMap<>();

  /** Jobs from before a restart that the sectors have not spoken of yet. */
  private final Set<TaskId.Attempt> found = new HashSet<>();

  /** A routee and what it was told to do and has not done yet. */
  private record Busy(ActorRef<JobRunner.Command> routee, boolean runs, boolean stops) {}

  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** There is a job from before a restart: it has its slot until it is taken or ended. */
  record Found(TaskId.Attempt attempt) implements Command {}

  /**
   * Run an attempt; {@code present}: whatever is free.
   *
   * @param environment of its prover, on top of what all have
   */
  record Take(
      TaskId.Attempt attempt, TaskRequest request, boolean present, Map<String, String> environment)
      implements Command {
    Take(TaskId.Attempt attempt, TaskRequest request, boolean present) {
      this(attempt, request, present, Map.of());
    }

    /** The same on a device. */
    Take on(Optional<Device> device) {
      return new Take(
          attempt, request, present, device.map(Device::environment).orElse(environment));
    }
  }

  /** End an attempt, running here or not. */
  record End(TaskId.Attempt attempt) implements Command {}

  /** The attempt does not run any more. */
  record RunIsOver(TaskId.Attempt attempt) implements Command {}

  /** The attempt was ended, or could not be. */
  record StopIsOver(TaskId.Attempt attempt) implements Command {}

  private PhasePool(
      ActorContext<Command> context,
      String name,
      int slots,
      int routees,
      TaskRunner runner,
      ActorRef<WorkerCommand> worker) {
    super(context);
    this.name = name;
    this.slots = slots;
    this.runner = runner;
    this.worker = worker;
    for (int routee = 0; routee < routees; routee++) {
      idle.add(spawn());
    }
  }

  /** A pool with as many routees as slots. */
  static Behavior<Command> bounded(
      String name, int slots, TaskRunner runner, ActorRef<WorkerCommand> worker) {
    return Behaviors.setup(context -> new PhasePool(context, name, slots, slots, runner, worker));
  }

  /** For tasks that have no slots: as many routees as there are tasks. */
  static Behavior<Command> unbounded(
      String name, TaskRunner runner, ActorRef<WorkerCommand> worker) {
    return Behaviors.setup(
        context -> new PhasePool(context, name, Integer.MAX_VALUE, 0, runner, worker));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Found.class, this::onFound)
        .onMessage(Take.class, this::onTake)
        .onMessage(End.class, this::onEnd)
        .onMessage(RunIsOver.class, this::onRunIsOver)
        .onMessage(StopIsOver.class, this::onStopIsOver)
        .build();
  }

  private Behavior<Command> onFound(Found job) {
    found.add(job.attempt());
    return this;
  }

  private Behavior<Command> onTake(Take take) {
    found.remove(take.attempt());
    long running = running();
    if (running >= slots && !take.present()) {
      Instant now = Instant.now();
      worker.tell(
          new Worker.JobHasEnded(take.attempt(), new Ended.Failed(now, now, noSlot(running))));
      return this;
    }
    Busy current = at(take.attempt());
    busy.put(take.attempt(), new Busy(current.routee(), true, current.stops()));
    current.routee().tell(new JobRunner.Run(take.attempt(), take.request(), take.environment()));
    return this;
  }

  private long running() {
    return found.size() + busy.values().stream().filter(Busy::runs).count();
  }

  private Failure noSlot(long running) {
    return new Failure(
        Failure.Action.RETRY,
        Failure.NO_SLOT,
        "no " + name + " slot is free: " + running + " of " + slots + " in use");
  }

  private Behavior<Command> onEnd(End end) {
    Busy current = at(end.attempt());
    if (!current.stops()) {
      busy.put(end.attempt(), new Busy(current.routee(), current.runs(), true));
      current.routee().tell(new JobRunner.Stop(end.attempt()));
    }
    return this;
  }

  private Busy at(TaskId.Attempt attempt) {
    @Nullable Busy current = busy.get(attempt);
    if (current != null) {
      return current;
    }
    @Nullable ActorRef<JobRunner.Command> next = idle.poll();
    return new Busy(next == null ? spawn() : next, false, false);
  }

  private Behavior<Command> onRunIsOver(RunIsOver over) {
    @Nullable Busy current = busy.get(over.attempt());
    if (current != null) {
      release(over.attempt(), new Busy(current.routee(), false, current.stops()));
    }
    return this;
  }

  private Behavior<Command> onStopIsOver(StopIsOver over) {
    found.remove(over.attempt());
    @Nullable Busy current = busy.get(over.attempt());
    if (current != null) {
      release(over.attempt(), new Busy(current.routee(), current.runs(), false));
    }
    return this;
  }

  private void release(TaskId.Attempt attempt, Busy now) {
    if (now.runs() || now.stops()) {
      busy.put(attempt, now);
      return;
    }
    busy.remove(attempt);
    if (slots != Integer.MAX_VALUE && idle.size() + busy.size() < slots) {
      idle.add(now.routee());
    } else {
      getContext().unwatch(now.routee());
      getContext().stop(now.routee());
    }
  }

  private ActorRef<JobRunner.Command> spawn() {
    ActorRef<JobRunner.Command> routee =
        getContext()
            .spawnAnonymous(
                JobRunner.create(runner, getContext().getSelf(), worker), THREAD_OF_ITS_OWN);
    // One that dies of a bug takes the pool with it, and that the worker, which starts anew.
    getContext().watch(routee);
    return routee;
  }
}
