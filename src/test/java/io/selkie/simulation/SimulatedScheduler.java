package io.selkie.simulation;

import io.selkie.filecoin.SealProofType;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.Placement;
import io.selkie.scheduler.SchedulerState;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.WorkerCommand;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Does what the {@link SchedulerState} says, as {@code Scheduler} does. */
final class SimulatedScheduler {
  private final World world;
  private final Farm farm;
  private final Node node;
  private final Life life;
  private final Mailbox self;
  final SchedulerState<Entity, Consumer<WorkerCommand>> state = new SchedulerState<>();
  private boolean deciding;

  SimulatedScheduler(Farm farm, Node node, Life life) {
    this.world = farm.world;
    this.farm = farm;
    this.node = node;
    this.life = life;
    this.self = new Mailbox(world, life);
  }

  Life life() {
    return life;
  }

  void submit(Placement.Waiting waiting, Entity replyTo) {
    if (!life.isOver()) {
      answer(state.submit(waiting, replyTo));
    }
  }

  void withdraw(TaskId task) {
    if (!life.isOver() && !world.has(Defect.SCHEDULER_IGNORES_WITHDRAW)) {
      state.withdraw(task);
      answer(List.of());
    }
  }

  void resume(TaskId task, Optional<SealProofType> proofType, HostId host, Entity replyTo) {
    if (!life.isOver()) {
      answer(state.resume(task, proofType, host, replyTo));
    }
  }

  void report(
      HostId host, Consumer<WorkerCommand> worker, HostLimits limits, Set<TaskId.Attempt> present) {
    if (!life.isOver()) {
      answer(
          state.report(
              host,
              worker,
              new SchedulerState.HostState(limits, present, List.of(), Optional.empty())));
    }
  }

  private void decide() {
    deciding = false;
    answer(state.decide(world.instant()));
  }

  private void answer(List<SchedulerState.Answer<Entity, Consumer<WorkerCommand>>> answers) {
    for (var answer : answers) {
      world.crashPoint(node, () -> "scheduler.before-Assigned");
      farm.network.send(
          () -> "scheduler gives " + answer.task() + " host " + answer.host(),
          () ->
              answer
                  .to()
                  .tell(sector -> sector.assigned(answer.task(), answer.host(), answer.worker())));
    }
    if (state.needsDecision(world.instant()) && !deciding) {
      deciding = true;
      self.tell(this::decide);
    }
  }
}
