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
  private final Map<TaskId.Attempt, ActorRef<JobRunner.Command>> busy = new HashMap<>();
  private final Set<TaskId.Attempt> running = new HashSet<>();

  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Run an attempt; {@code present}: whatever is free. */
  record Take(TaskId.Attempt attempt, TaskRequest request, boolean present) implements Command {}

  /** End an attempt, running here or not. */
  record End(TaskId.Attempt attempt) implements Command {}

  /** A routee has done what it was told to. */
  record Free(TaskId.Attempt attempt, ActorRef<JobRunner.Command> routee) implements Command {}

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
        .onMessage(Take.class, this::onTake)
        .onMessage(End.class, this::onEnd)
        .onMessage(Free.class, this::onFree)
        .build();
  }

  private Behavior<Command> onTake(Take take) {
    if (running.size() >= slots && !take.present()) {
      Instant now = Instant.now();
      worker.tell(new Worker.JobHasEnded(take.attempt(), new Ended.Failed(now, now, noSlot())));
      return this;
    }
    running.add(take.attempt());
    routeeFor(take.attempt()).tell(new JobRunner.Run(take.attempt(), take.request()));
    return this;
  }

  private Failure noSlot() {
    return new Failure(
        Failure.Action.RETRY,
        "no_slot",
        "no " + name + " slot is free: " + running.size() + " of " + slots + " in use");
  }

  private Behavior<Command> onEnd(End end) {
    routeeFor(end.attempt()).tell(new JobRunner.Stop(end.attempt()));
    return this;
  }

  private ActorRef<JobRunner.Command> routeeFor(TaskId.Attempt attempt) {
    return busy.computeIfAbsent(
        attempt,
        key -> {
          @Nullable ActorRef<JobRunner.Command> next = idle.poll();
          return next == null ? spawn() : next;
        });
  }

  private Behavior<Command> onFree(Free free) {
    running.remove(free.attempt());
    busy.remove(free.attempt());
    boolean wanted = slots != Integer.MAX_VALUE && idle.size() + busy.size() < slots;
    if (wanted) {
      idle.add(free.routee());
    } else {
      getContext().stop(free.routee());
    }
    return this;
  }

  private ActorRef<JobRunner.Command> spawn() {
    return getContext()
        .spawnAnonymous(
            JobRunner.create(runner, getContext().getSelf(), worker), THREAD_OF_ITS_OWN);
  }
}
