package io.selkie.simulation;

import io.selkie.filecoin.SealProofType;
import io.selkie.scheduler.FarmMembers;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostState;
import io.selkie.scheduler.Placement;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.SchedulerState;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.WorkerCommand;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Does what the {@link SchedulerState} says, as {@code Scheduler} does. */
final class SimulatedScheduler {
  private static final URI TRANSFER = URI.create("http://10.0.0.1:4721");

  private final World world;
  private final Farm farm;
  private final Node node;
  private final Life life;
  private final Mailbox self;
  final SchedulerState<Entity, Consumer<WorkerCommand>> state;
  private boolean deciding;

  SimulatedScheduler(Farm farm, Node node, Life life) {
    this.world = farm.world;
    this.farm = farm;
    this.node = node;
    this.life = life;
    this.self = new Mailbox(world, life);
    this.state = new SchedulerState<>(farm.patience);
    if (!world.has(Defect.SCHEDULER_FORGETS_ORDERS)) {
      state.order(farm.modes);
    }
    self.tell(() -> take(farm.cluster.seen()));
    tickLater();
  }

  private void tickLater() {
    world.after(
        life,
        1_000,
        () -> {
          state.notices(world.instant()).forEach(this::tell);
          answer(List.of());
          tickLater();
        });
  }

  private void tell(SchedulerState.Notice<Entity> notice) {
    HostLoss loss =
        world.has(Defect.SCHEDULER_TAKES_LOST_FOR_OFF) ? HostLoss.REMOVED : notice.loss();
    farm.network.send(
        () -> "scheduler says that " + notice.host() + " is " + loss,
        () ->
            notice
                .to()
                .tell(
                    sector -> sector.hostAway(notice.task(), notice.host(), loss, notice.since())));
  }

  void order(Map<HostId, HostMode> modes) {
    if (!life.isOver()) {
      state.order(modes);
      answer(List.of());
    }
  }

  /** What the cluster knows of hosts has changed. */
  void members(FarmMembers.Seen seen) {
    self.tell(() -> take(seen));
  }

  private void take(FarmMembers.Seen seen) {
    state.members(seen);
    if (world.has(Defect.SCHEDULER_TAKES_GIVEN_UP_FOR_OFF)) {
      Map<HostId, HostMode> modes = new TreeMap<>(farm.modes);
      seen.gone().keySet().forEach(host -> modes.put(host, HostMode.OFF));
      state.order(modes);
    }
    answer(List.of());
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

  void resume(
      TaskId task,
      Optional<SealProofType> proofType,
      HostId host,
      Optional<HostId> filesOn,
      Entity replyTo) {
    if (!life.isOver()) {
      answer(state.resume(task, proofType, host, filesOn, replyTo));
    }
  }

  void report(
      HostId host, Consumer<WorkerCommand> worker, HostLimits limits, Set<TaskId.Attempt> present) {
    if (!life.isOver()) {
      answer(
          state.report(
              host,
              worker,
              new HostState(
                  limits,
                  present,
                  List.of(),
                  Optional.empty(),
                  Optional.of(new FileSource(host, TRANSFER))),
              world.instant()));
    }
  }

  private void decide() {
    deciding = false;
    var decided = state.decide(world.instant());
    decided.forEach(answer -> farm.invariants.placed(answer.task(), answer.host(), farm.modes));
    answer(decided);
  }

  private HostId goal(Placement.Move move) {
    return world.has(Defect.SCHEDULER_SENDS_ANYWHERE)
        ? farm.nodes.stream()
            .filter(other -> other.limits().slots(move.task().kind()) == 0)
            .map(Node::host)
            .filter(host -> !host.equals(move.from()))
            .findFirst()
            .orElse(move.to())
        : move.to();
  }

  private void answer(List<SchedulerState.Answer<Entity, Consumer<WorkerCommand>>> answers) {
    for (var answer : answers) {
      world.crashPoint(node, () -> "scheduler.before-Assigned");
      farm.network.send(
          () -> "scheduler gives " + answer.task() + " host " + answer.host(),
          () ->
              answer
                  .to()
                  .tell(
                      sector ->
                          sector.assigned(
                              answer.task(), answer.host(), answer.worker(), answer.inputs())));
    }
    for (var wish : state.wishes()) {
      Placement.Move move = wish.move();
      world.crashPoint(node, () -> "scheduler.before-MoveWanted");
      SchedulerCommand.MoveWanted wanted =
          new SchedulerCommand.MoveWanted(
              move.task(), move.from(), goal(move), move.leavesForLack());
      farm.network.send(
          () -> "scheduler wants a move for " + move.task() + " to " + move.to(),
          () -> wish.to().tell(sector -> sector.moveWanted(wanted)));
    }
    if (state.needsDecision(world.instant()) && !deciding) {
      deciding = true;
      self.tell(this::decide);
    }
  }
}
