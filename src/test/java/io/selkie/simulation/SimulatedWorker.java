package io.selkie.simulation;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.worker.Admission;
import io.selkie.worker.Ended;
import io.selkie.worker.JobTable;
import io.selkie.worker.Newest;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Does what the {@link JobTable} says, as {@code Worker} does. */
final class SimulatedWorker {
  private final World world;
  private final Farm farm;
  private final Node node;
  private final Life life;
  private final HostId host;
  private final HostLimits limits;
  private final Admission admission;
  private final Consumer<WorkerCommand> address;
  private final SimulatedRunner runner;
  private final JobTable table;
  private final Mailbox toSelf;
  private final Map<TaskKind, SimulatedPool> pools = new EnumMap<>(TaskKind.class);
  private final Map<TaskKind, Mailbox> toPools = new EnumMap<>(TaskKind.class);

  SimulatedWorker(
      Farm farm,
      Node node,
      Life life,
      HostLimits limits,
      SimulatedRunner runner,
      Newest newest,
      Consumer<WorkerCommand> address) {
    this.world = farm.world;
    this.farm = farm;
    this.node = node;
    this.life = life;
    this.host = node.host();
    this.limits = world.has(Defect.WORKER_OFFERS_TOO_MUCH) ? oneMore(limits) : limits;
    this.runner = runner;
    this.address = address;
    this.toSelf = new Mailbox(world, life);
    Set<TaskId.Attempt> present = runner.present();
    this.admission = new Admission(host, present);
    this.table =
        new JobTable(
            host, world.has(Defect.WORKER_IGNORES_WHAT_IT_FINDS) ? Set.of() : present, newest);
    SimulatedPool beside = SimulatedPool.unbounded(world, life, runner, this);
    for (TaskKind kind : TaskKind.values()) {
      pools.put(
          kind,
          kind.isPooled()
              ? SimulatedPool.bounded(world, life, this.limits.slots(kind), runner, this)
              : beside);
      toPools.put(kind, new Mailbox(world, life));
    }
    for (TaskId.Attempt attempt : present) {
      toPool(attempt).tell(() -> pool(attempt).found(attempt));
    }
    perform(table.tick());
    tickLater();
  }

  private static HostLimits oneMore(HostLimits limits) {
    return new HostLimits(
        limits.slots().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue() + 1)),
        limits.maxTasks(),
        limits.transferBuffer(),
        limits.memory(),
        limits.needs(),
        limits.devices(),
        limits.disks());
  }

  Life life() {
    return life;
  }

  private void tickLater() {
    world.after(
        life,
        JobTable.TICK.toMillis(),
        () -> {
          perform(table.tick());
          tickLater();
        });
  }

  void receive(WorkerCommand command) {
    if (life.isOver()) {
      return;
    }
    if (command instanceof WorkerCommand.Start start) {
      perform(table.start(start.attempt(), start.request()));
    } else if (command instanceof WorkerCommand.Acknowledge acknowledge) {
      perform(table.acknowledge(acknowledge.attempt()));
    } else if (command instanceof WorkerCommand.Stop stop) {
      perform(table.stop(stop.attempt(), stop.discard()));
    }
  }

  void durable(TaskId.Attempt attempt) {
    perform(table.durable(attempt));
  }

  void ended(TaskId.Attempt attempt, Ended end) {
    if (world.has(Defect.WORKER_REMOVES_BEFORE_ACKNOWLEDGED)) {
      runner.remove(attempt);
    }
    if (end instanceof Ended.Succeeded) {
      admission.over(attempt);
    }
    perform(table.ended(attempt, end));
  }

  void dead(TaskId.Attempt attempt) {
    admission.over(attempt);
    perform(table.stopped(attempt));
  }

  void mayLive(TaskId.Attempt attempt) {
    perform(table.stopFailed(attempt));
  }

  private void perform(List<JobTable.Effect> effects) {
    for (JobTable.Effect effect : effects) {
      world.crashPoint(node, () -> "worker.before-" + effect.getClass().getSimpleName());
      perform(effect);
    }
  }

  private void perform(JobTable.Effect effect) {
    if (effect instanceof JobTable.Effect.Run run) {
      Optional<Failure> refusal =
          world.has(Defect.WORKER_ADMITS_ALL) || world.has(Defect.POOL_COUNTS_NOTHING)
              ? Optional.empty()
              : admission.begin(
                  run.attempt(), run.request(), run.present(), limits, List.of(), Optional.empty());
      if (refusal.isPresent()) {
        Instant now = world.instant();
        toSelf.tell(() -> ended(run.attempt(), new Ended.Failed(now, now, refusal.get())));
        return;
      }
      SimulatedPool pool = pool(run.attempt());
      toPool(run.attempt()).tell(() -> pool.take(run.attempt(), run.request(), run.present()));
    } else if (effect instanceof JobTable.Effect.Tell tell) {
      farm.network.send(
          node,
          () -> host + " tells " + tell.report(),
          () ->
              farm.region.tell(
                  tell.report().attempt().sector(),
                  sector -> sector.report(tell.report(), address)));
    } else if (effect instanceof JobTable.Effect.Kill kill) {
      if (world.has(Defect.WORKER_KILLS_NOBODY)) {
        toPool(kill.attempt()).tell(() -> dead(kill.attempt()));
        return;
      }
      SimulatedPool pool = pool(kill.attempt());
      toPool(kill.attempt()).tell(() -> pool.end(kill.attempt()));
    } else if (effect instanceof JobTable.Effect.Discard discard) {
      runner.discard(
          discard.attempt(), () -> toSelf.tell(() -> perform(table.discarded(discard.attempt()))));
    } else if (effect instanceof JobTable.Effect.Remove remove) {
      admission.over(remove.attempt());
      if (!world.has(Defect.WORKER_NEVER_REMOVES)) {
        runner.remove(remove.attempt());
      }
    } else if (effect instanceof JobTable.Effect.Announce announce) {
      Set<TaskId.Attempt> present = announce.present();
      farm.network.send(
          node,
          () -> host + " announces " + present,
          () -> farm.scheduler().report(host, address, limits, present));
    }
  }

  private SimulatedPool pool(TaskId.Attempt attempt) {
    return pools.get(attempt.task().kind());
  }

  private Mailbox toPool(TaskId.Attempt attempt) {
    return toPools.get(attempt.task().kind());
  }
}
