package io.selkie.simulation;

import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.worker.Ended;
import io.selkie.worker.JobTable;
import io.selkie.worker.Newest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
  private final Map<TaskKind, Integer> slots;
  private final Consumer<WorkerCommand> address;
  private final SimulatedRunner runner;
  private final JobTable table;
  private final Map<TaskKind, SimulatedPool> pools = new EnumMap<>(TaskKind.class);
  private final Map<TaskKind, Mailbox> toPools = new EnumMap<>(TaskKind.class);

  SimulatedWorker(
      Farm farm,
      Node node,
      Life life,
      Map<TaskKind, Integer> slots,
      SimulatedRunner runner,
      Newest newest,
      Consumer<WorkerCommand> address) {
    this.world = farm.world;
    this.farm = farm;
    this.node = node;
    this.life = life;
    this.host = node.host();
    this.slots = world.has(Defect.WORKER_OFFERS_TOO_MUCH) ? oneMore(slots) : slots;
    this.runner = runner;
    this.address = address;
    Set<TaskId.Attempt> present = runner.present();
    this.table =
        new JobTable(
            host, world.has(Defect.WORKER_IGNORES_WHAT_IT_FINDS) ? Set.of() : present, newest);
    SimulatedPool beside = SimulatedPool.unbounded(world, life, runner, this);
    for (TaskKind kind : TaskKind.values()) {
      pools.put(
          kind,
          kind.isPooled()
              ? SimulatedPool.bounded(world, life, this.slots.getOrDefault(kind, 0), runner, this)
              : beside);
      toPools.put(kind, new Mailbox(world, life));
    }
    for (TaskId.Attempt attempt : present) {
      toPool(attempt).tell(() -> pool(attempt).found(attempt));
    }
    perform(table.tick());
    tickLater();
  }

  private static Map<TaskKind, Integer> oneMore(Map<TaskKind, Integer> slots) {
    return slots.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue() + 1));
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
      perform(table.stop(stop.attempt()));
    }
  }

  void durable(TaskId.Attempt attempt) {
    perform(table.durable(attempt));
  }

  void ended(TaskId.Attempt attempt, Ended end) {
    if (world.has(Defect.WORKER_REMOVES_BEFORE_ACKNOWLEDGED)) {
      runner.remove(attempt);
    }
    perform(table.ended(attempt, end));
  }

  void dead(TaskId.Attempt attempt) {
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
      SimulatedPool pool = pool(run.attempt());
      toPool(run.attempt()).tell(() -> pool.take(run.attempt(), run.request(), run.present()));
    } else if (effect instanceof JobTable.Effect.Tell tell) {
      farm.network.send(
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
    } else if (effect instanceof JobTable.Effect.Remove remove) {
      if (!world.has(Defect.WORKER_NEVER_REMOVES)) {
        runner.remove(remove.attempt());
      }
    } else if (effect instanceof JobTable.Effect.Announce announce) {
      Set<TaskId.Attempt> present = announce.present();
      farm.network.send(
          () -> host + " announces " + present,
          () -> farm.scheduler().report(host, address, slots, present));
    }
  }

  private SimulatedPool pool(TaskId.Attempt attempt) {
    return pools.get(attempt.task().kind());
  }

  private Mailbox toPool(TaskId.Attempt attempt) {
    return toPools.get(attempt.task().kind());
  }
}
