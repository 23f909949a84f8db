package io.selkie.worker;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.WorkerCommand;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tasks of one host. All rules are in {@link JobTable}; this does what it says. */
public final class Worker extends AbstractBehavior<WorkerCommand> {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final HostId host;
  private final Map<TaskKind, Integer> slots;
  private final TaskRunner runner;
  private final ActorRef<SchedulerCommand> scheduler;
  private final SectorGateway sectors;
  private final JobTable table;
  private final Map<TaskKind, ActorRef<PhasePool.Command>> pools = new EnumMap<>(TaskKind.class);

  /** What its own children and its timer tell a worker; never leaves the process. */
  private interface Internal extends WorkerCommand, NoSerializationVerificationNeeded {}

  record JobIsDurable(TaskId.Attempt attempt) implements Internal {}

  record JobHasEnded(TaskId.Attempt attempt, Ended end) implements Internal {}

  record JobIsDead(TaskId.Attempt attempt) implements Internal {}

  /** It was to be ended, and it is not certain that it is. */
  record JobMayLive(TaskId.Attempt attempt) implements Internal {}

  private enum Tick implements Internal {
    TICK
  }

  private Worker(
      ActorContext<WorkerCommand> context,
      HostId host,
      Map<TaskKind, Integer> slots,
      TaskRunner runner,
      ActorRef<SchedulerCommand> scheduler,
      SectorGateway sectors,
      Newest newest) {
    super(context);
    this.host = host;
    this.slots = slots;
    this.runner = runner;
    this.scheduler = scheduler;
    this.sectors = sectors;
    Set<TaskId.Attempt> present = runner.present();
    this.table = new JobTable(host, present, newest);
    ActorRef<WorkerCommand> self = context.getSelf();
    ActorRef<PhasePool.Command> beside =
        context.spawn(PhasePool.unbounded("other", runner, self), "beside-the-pools");
    for (TaskKind kind : TaskKind.values()) {
      pools.put(
          kind,
          kind.isPooled()
              ? context.spawn(
                  PhasePool.bounded(kind.toString(), slots.getOrDefault(kind, 0), runner, self),
                  kind.toString())
              : beside);
    }
    // A pool that dies of a bug takes the worker with it, which starts anew.
    pools.values().forEach(context::watch);
    present.forEach(attempt -> pool(attempt).tell(new PhasePool.Found(attempt)));
    perform(table.tick());
  }

  /**
   * The worker of a host. It starts anew by itself after an error, and takes up the jobs that it
   * finds.
   *
   * @param slots how many tasks of each pooled kind run at once; absent or 0: the host does not
   *     offer the kind
   * @param scheduler is told what the host has
   */
  public static Behavior<WorkerCommand> create(
      HostId host,
      Map<TaskKind, Integer> slots,
      TaskRunner runner,
      ActorRef<SchedulerCommand> scheduler,
      SectorGateway sectors) {
    Map<TaskKind, Integer> own = Map.copyOf(slots);
    Newest newest = new Newest();
    Behavior<WorkerCommand> worker =
        Behaviors.withTimers(
            timers -> {
              timers.startTimerWithFixedDelay(Tick.TICK, JobTable.TICK);
              return Behaviors.setup(
                  context -> new Worker(context, host, own, runner, scheduler, sectors, newest));
            });
    return Behaviors.supervise(worker)
        .onFailure(SupervisorStrategy.restartWithBackoff(SHORTEST_PAUSE, LONGEST_PAUSE, 0.1));
  }

  @Override
  public Receive<WorkerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(
            WorkerCommand.Start.class,
            start -> perform(table.start(start.attempt(), start.request())))
        .onMessage(
            WorkerCommand.Acknowledge.class,
            acknowledge -> perform(table.acknowledge(acknowledge.attempt())))
        .onMessage(WorkerCommand.Stop.class, stop -> perform(table.stop(stop.attempt())))
        .onMessage(JobIsDurable.class, job -> perform(table.durable(job.attempt())))
        .onMessage(JobHasEnded.class, job -> perform(table.ended(job.attempt(), job.end())))
        .onMessage(JobIsDead.class, job -> perform(table.stopped(job.attempt())))
        .onMessage(JobMayLive.class, job -> perform(table.stopFailed(job.attempt())))
        .onMessage(Tick.class, tick -> perform(table.tick()))
        .build();
  }

  private Behavior<WorkerCommand> perform(List<JobTable.Effect> effects) {
    effects.forEach(this::perform);
    return this;
  }

  private void perform(JobTable.Effect effect) {
    if (effect instanceof JobTable.Effect.Run run) {
      getContext().getLog().debug("running {}", run.attempt());
      pool(run.attempt()).tell(new PhasePool.Take(run.attempt(), run.request(), run.present()));
    } else if (effect instanceof JobTable.Effect.Tell tell) {
      getContext().getLog().debug("telling {}", tell.report());
      sectors.tell(tell.report().attempt().sector(), tell.report());
    } else if (effect instanceof JobTable.Effect.Kill kill) {
      getContext().getLog().debug("ending {}", kill.attempt());
      pool(kill.attempt()).tell(new PhasePool.End(kill.attempt()));
    } else if (effect instanceof JobTable.Effect.Remove remove) {
      runner.remove(remove.attempt());
    } else if (effect instanceof JobTable.Effect.Announce announce) {
      scheduler.tell(
          new SchedulerCommand.HostReport(host, getContext().getSelf(), slots, announce.present()));
    }
  }

  private ActorRef<PhasePool.Command> pool(TaskId.Attempt attempt) {
    TaskKind kind = attempt.task().kind();
    ActorRef<PhasePool.Command> pool = pools.get(kind);
    if (pool == null) {
      throw new IllegalStateException("there is no pool for " + kind);
    }
    return pool;
  }
}
