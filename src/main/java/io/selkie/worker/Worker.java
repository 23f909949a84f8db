package io.selkie.worker;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.WorkerCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The tasks of one host. All rules are in {@link JobTable}; this does what it says. */
public final class Worker extends AbstractBehavior<WorkerCommand> {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private static final String APP_VERSION = "akka.cluster.app-version";

  /** Ticks between two looks at a host that takes no work. */
  private static final int EXAMINE_EVERY = 60;

  /** After a look at the disks none begins for so many times as long as it took. */
  private static final int REST = 9;

  private final HostId host;
  private final HostMeans means;
  private final Executor blocking;
  private final TaskRunner runner;
  private final ActorRef<SchedulerCommand> scheduler;
  private final SectorGateway sectors;
  private final JobTable table;
  private final Admission admission;
  private final ActorRef<GpuActor.Command> devices;
  private Set<TaskId.Attempt> present;
  private Optional<String> unfit;
  private Optional<SchedulerCommand.HostReport> announced = Optional.empty();

  /** The disks are looked at, or were just now. */
  private boolean measuring;

  private boolean measureNext;
  private boolean stopping;
  private int ticks;
  private final Map<TaskKind, ActorRef<PhasePool.Command>> pools = new EnumMap<>(TaskKind.class);

  /** What its own children and its timer tell a worker; never leaves the process. */
  private interface Internal extends WorkerCommand, NoSerializationVerificationNeeded {}

  /**
   * The node is about to end in order. The scheduler is told, and nothing more of this host.
   *
   * @param replyTo is answered when that is durable
   */
  public record Stopping(ActorRef<SchedulerCommand.Ordered> replyTo) implements Internal {}

  /**
   * A proof of spacetime of this host wants a device, before all sealing.
   *
   * @param patience how long a busy one is waited for; then one is shared
   */
  public record WantDevice(String holder, Duration patience, ActorRef<DeviceGranted> replyTo)
      implements Internal {}

  /** The device to work on, until {@link DeviceIsFree}. */
  public record DeviceGranted(Device device) implements NoSerializationVerificationNeeded {}

  /** The holder works on it no more, or will never. */
  public record DeviceIsFree(String holder) implements Internal {}

  record JobIsDurable(TaskId.Attempt attempt) implements Internal {}

  record JobHasEnded(TaskId.Attempt attempt, Ended end) implements Internal {}

  record JobIsDead(TaskId.Attempt attempt) implements Internal {}

  /** It was to be ended, and it is not certain that it is. */
  record JobMayLive(TaskId.Attempt attempt) implements Internal {}

  /** What it had written is gone, as far as that can be. */
  record JobIsDiscarded(TaskId.Attempt attempt) implements Internal {}

  /**
   * The disks were looked at.
   *
   * @param took how long that was
   */
  private record Measured(Duration took) implements Internal {}

  /** They may be looked at again. */
  private enum Rested implements Internal {
    RESTED
  }

  /** The host was looked at: why it takes no work, if it does not. */
  private record Examined(Optional<String> problem) implements Internal {}

  private enum Tick implements Internal {
    TICK
  }

  /**
   * What a worker works with.
   *
   * @param devices for what proves on them
   * @param leases where it is written down who has which
   * @param blocking for what blocks
   */
  public record Parts(
      TaskRunner runner,
      HostMeans means,
      List<Device> devices,
      LeaseFiles leases,
      Executor blocking) {
    /** The list is copied. */
    public Parts {
      devices = List.copyOf(devices);
    }

    /** The same with another runner. */
    public Parts with(TaskRunner other) {
      return new Parts(other, means, devices, leases, blocking);
    }
  }

  private Worker(
      ActorContext<WorkerCommand> context,
      HostId host,
      Parts parts,
      ActorRef<SchedulerCommand> scheduler,
      SectorGateway sectors,
      Newest newest) {
    super(context);
    this.host = host;
    this.means = parts.means();
    this.blocking = parts.blocking();
    this.runner = parts.runner();
    this.scheduler = scheduler;
    this.sectors = sectors;
    this.present = runner.present();
    this.table = new JobTable(host, present, newest);
    this.admission = new Admission(host, present);
    means.measure(present);
    this.unfit = means.unfit();
    unfit.ifPresent(this::complain);
    HostLimits limits = means.limits();
    explain(limits);
    ActorRef<WorkerCommand> self = context.getSelf();
    ActorRef<PhasePool.Command> beside =
        context.spawn(PhasePool.unbounded("other", runner, self), "beside-the-pools");
    for (TaskKind kind : TaskKind.values()) {
      if (kind.pool() == kind) {
        pools.put(
            kind,
            kind.isPooled()
                ? context.spawn(
                    PhasePool.bounded(kind.toString(), limits.slots(kind), runner, self),
                    kind.toString())
                : beside);
      }
    }
    this.devices =
        context.spawn(
            GpuActor.create(parts.devices(), parts.leases(), pools),
            "devices",
            DispatcherSelector.fromConfig("selkie-job-dispatcher"));
    // A pool that dies of a bug takes the worker with it, which starts anew.
    pools.values().forEach(context::watch);
    context.watch(devices);
    present.forEach(attempt -> tellPool(attempt, new PhasePool.Found(attempt)));
    perform(table.tick());
  }

  /**
   * The worker of a host. It starts anew by itself after an error, and takes up the jobs that it
   * finds.
   *
   * @param scheduler is told what the host has
   */
  public static Behavior<WorkerCommand> create(
      HostId host, Parts parts, ActorRef<SchedulerCommand> scheduler, SectorGateway sectors) {
    Newest newest = new Newest();
    Behavior<WorkerCommand> worker =
        Behaviors.withTimers(
            timers -> {
              timers.startTimerWithFixedDelay(Tick.TICK, JobTable.TICK);
              return Behaviors.setup(
                  context -> new Worker(context, host, parts, scheduler, sectors, newest));
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
        .onMessage(
            WorkerCommand.Stop.class, stop -> perform(table.stop(stop.attempt(), stop.discard())))
        .onMessage(Stopping.class, this::onStopping)
        .onMessage(JobIsDurable.class, job -> perform(table.durable(job.attempt())))
        .onMessage(JobHasEnded.class, this::onJobHasEnded)
        .onMessage(JobIsDead.class, this::onJobIsDead)
        .onMessage(JobIsDiscarded.class, job -> perform(table.discarded(job.attempt())))
        .onMessage(JobMayLive.class, job -> perform(table.stopFailed(job.attempt())))
        .onMessage(WantDevice.class, this::onWantDevice)
        .onMessage(DeviceIsFree.class, this::onDeviceIsFree)
        .onMessage(Tick.class, tick -> onTick())
        .onMessage(Measured.class, this::onMeasured)
        .onMessage(Rested.class, rested -> onRested())
        .onMessage(Examined.class, this::onExamined)
        .build();
  }

  private Behavior<WorkerCommand> onStopping(Stopping order) {
    stopping = true;
    scheduler.tell(new SchedulerCommand.HostStops(host, order.replyTo()));
    return this;
  }

  private Behavior<WorkerCommand> onJobHasEnded(JobHasEnded job) {
    boolean certain = job.end() instanceof Ended.Succeeded;
    if (certain) {
      free(job.attempt());
    }
    if (job.end() instanceof Ended.Failed failed
        && failed.failure().action() == Failure.Action.HALT
        && unfit.isEmpty()) {
      unfit = Optional.of(failed.failure().message());
      complain(failed.failure().message());
      announce();
    }
    return perform(table.ended(job.attempt(), job.end()));
  }

  private Behavior<WorkerCommand> onJobIsDead(JobIsDead job) {
    free(job.attempt());
    return perform(table.stopped(job.attempt()));
  }

  /** The attempt's place, memory and device are free for others. */
  private void free(TaskId.Attempt attempt) {
    admission.over(attempt);
    if (attempt.task().kind().needsDevice()) {
      devices.tell(new GpuActor.Release(attempt));
    }
  }

  private Behavior<WorkerCommand> onWantDevice(WantDevice want) {
    devices.tell(new GpuActor.WantForPost(want.holder(), want.patience(), want.replyTo()));
    return this;
  }

  private Behavior<WorkerCommand> onDeviceIsFree(DeviceIsFree free) {
    devices.tell(new GpuActor.PostIsOver(free.holder()));
    return this;
  }

  private Behavior<WorkerCommand> onTick() {
    ticks++;
    if (unfit.isPresent() && ticks % EXAMINE_EVERY == 0) {
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(means::unfit, blocking),
              (problem, trouble) ->
                  new Examined(
                      trouble == null
                          ? problem
                          : Optional.of("it cannot be examined: " + trouble)));
    }
    return perform(table.tick());
  }

  private Behavior<WorkerCommand> onExamined(Examined examined) {
    if (examined.problem().isEmpty()) {
      getContext().getLog().info("host {} is fit again and takes work", host);
    }
    unfit = examined.problem();
    announce();
    return this;
  }

  private void complain(String why) {
    getContext()
        .getLog()
        .warn(
            "host {} takes no more work: {}. Running work goes on; the host is looked at again each"
                + " minute",
            host,
            why);
  }

  /** What is right and surprises: said once. */
  private void explain(HostLimits limits) {
    int leases = limits.devices().leases();
    if (limits.slots(TaskKind.COMMIT_2) > leases) {
      getContext()
          .getLog()
          .info(
              "{} Commit2 may run at once (selkie.parallel.commit2), but there {} {}: Commit2 and"
                  + " PreCommit2 take turns on {}",
              limits.slots(TaskKind.COMMIT_2),
              leases == 1 ? "is 1" : "are " + leases,
              limits.devices().gpu()
                  ? "GPU to prove on"
                  : "share of the processor to prove on (selkie.gpu.cpu-leases)",
              leases == 1 ? "it" : "them");
    }
  }

  private void measure() {
    measureNext = measuring;
    if (!measuring) {
      measuring = true;
      Set<TaskId.Attempt> now = present;
      long begun = System.nanoTime();
      getContext()
          .pipeToSelf(
              CompletableFuture.runAsync(() -> means.measure(now), blocking),
              (done, trouble) -> new Measured(Duration.ofNanos(System.nanoTime() - begun)));
    }
  }

  /** With hundreds of sectors a look takes long: it must not keep the host from its work. */
  private Behavior<WorkerCommand> onMeasured(Measured measured) {
    getContext()
        .scheduleOnce(measured.took().multipliedBy(REST), getContext().getSelf(), Rested.RESTED);
    if (!announced.equals(Optional.of(report()))) {
      announce();
    }
    return this;
  }

  private Behavior<WorkerCommand> onRested() {
    measuring = false;
    if (measureNext) {
      measure();
    }
    return this;
  }

  private SchedulerCommand.HostReport report() {
    List<HostSector> here = means.sectors(); // in this order: the space of each is kept
    return new SchedulerCommand.HostReport(
        host,
        getContext().getSelf(),
        means.limits(),
        present,
        here,
        unfit,
        means.files(),
        Optional.of(getContext().getSystem().settings().config().getString(APP_VERSION)));
  }

  private void announce() {
    SchedulerCommand.HostReport report = report();
    announced = Optional.of(report);
    if (!stopping) { // or it would look as if the host had started again
      scheduler.tell(report);
    }
  }

  private Behavior<WorkerCommand> perform(List<JobTable.Effect> effects) {
    effects.forEach(this::perform);
    return this;
  }

  private void perform(JobTable.Effect effect) {
    if (effect instanceof JobTable.Effect.Run run) {
      run(run);
    } else if (effect instanceof JobTable.Effect.Tell tell) {
      getContext().getLog().debug("telling {}", tell.report());
      sectors.tell(tell.report().attempt().sector(), tell.report());
    } else if (effect instanceof JobTable.Effect.Kill kill) {
      getContext().getLog().debug("ending {}", kill.attempt());
      tellPool(kill.attempt(), new PhasePool.End(kill.attempt()));
    } else if (effect instanceof JobTable.Effect.Discard discard) {
      getContext()
          .pipeToSelf(
              CompletableFuture.completedFuture(discard.attempt()).thenCompose(runner::discard),
              (done, trouble) -> new JobIsDiscarded(discard.attempt()));
    } else if (effect instanceof JobTable.Effect.Remove remove) {
      free(remove.attempt());
      runner.remove(remove.attempt());
    } else if (effect instanceof JobTable.Effect.Announce announce) {
      present = announce.present();
      announce();
      measure();
    }
  }

  private void run(JobTable.Effect.Run run) {
    List<HostSector> here = means.sectors();
    Optional<Failure> refusal =
        admission.begin(run.attempt(), run.request(), run.present(), means.limits(), here, unfit);
    if (refusal.isPresent()) {
      getContext().getLog().debug("{} is refused: {}", run.attempt(), refusal.get().message());
      Instant now = Instant.now();
      getContext()
          .getSelf()
          .tell(new JobHasEnded(run.attempt(), new Ended.Failed(now, now, refusal.get())));
      return;
    }
    getContext().getLog().debug("running {}", run.attempt());
    tellPool(run.attempt(), new PhasePool.Take(run.attempt(), run.request(), run.present()));
  }

  private void tellPool(TaskId.Attempt attempt, PhasePool.Command command) {
    if (attempt.task().kind().needsDevice()) {
      devices.tell(new GpuActor.ToPool(attempt, command));
    } else {
      pool(attempt).tell(command);
    }
  }

  private ActorRef<PhasePool.Command> pool(TaskId.Attempt attempt) {
    TaskKind kind = attempt.task().kind().pool();
    ActorRef<PhasePool.Command> pool = pools.get(kind);
    if (pool == null) {
      throw new IllegalStateException("there is no pool for " + kind);
    }
    return pool;
  }
}
