package io.selkie.sector;

import io.selkie.scheduler.HostId;
import io.selkie.scheduler.ReadsOutput;
import io.selkie.scheduler.SectorRoute;
import io.selkie.scheduler.TaskId;
import io.selkie.sector.SectorEffect.Withdraw;
import io.selkie.sector.SectorEvent.HostReturned;
import io.selkie.sector.SectorEvent.TaskAssigned;
import io.selkie.sector.SectorEvent.TaskTakenUp;
import io.selkie.sector.SectorState.Placed;
import io.selkie.sector.SectorState.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a sector's task may run, and what it does about the host that it is given. Pure. */
final class PlacementRules {
  private PlacementRules() {}

  /**
   * The scheduler gave the task a host, or says again which it has.
   *
   * @param started whether this actor has told this worker of the task already
   */
  static SectorStep assigned(
      SectorState state, TaskId task, HostId host, boolean started, Instant now) {
    if (state instanceof Waiting waiting
        && waiting.task().id().equals(task)
        && mayRunAt(waiting, now)
        && mayRunOn(waiting, host)) {
      int attempt = waiting.task().attempts() + 1;
      List<SectorEvent> events = new ArrayList<>();
      waiting.facts().lost().ifPresent(lost -> events.add(new HostReturned(now, lost)));
      events.add(new TaskAssigned(now, task.generation(), task.task(), attempt, host));
      return SectorStep.persist(state, events, List.of());
    }
    if (state instanceof Placed placed
        && placed.task().id().equals(task)
        && placed.assignment().host().equals(host)) {
      return !started
          ? SectorStep.persist(state, List.of(takenUp(placed, now)), List.of())
          : SectorStep.resume(state);
    }
    return SectorStep.only(new Withdraw(task));
  }

  private static SectorEvent takenUp(Placed placed, Instant now) {
    TaskId task = placed.task().id();
    return new TaskTakenUp(
        now,
        task.generation(),
        task.task(),
        placed.assignment().attempt(),
        placed.assignment().host());
  }

  /** Whether a task that failed has waited long enough. */
  static boolean mayRunAt(Waiting waiting, Instant now) {
    return waiting.notBefore().filter(now::isBefore).isEmpty();
  }

  /** The scheduler may have decided by a request that was late, and knew less of the files. */
  private static boolean mayRunOn(Waiting waiting, HostId host) {
    if (MoveRules.isLeaving(waiting.task())) {
      return waiting.task().request().onlyOn().equals(Optional.of(host));
    }
    return !waiting.task().id().kind().needsFiles()
        || waiting.facts().filesOn().filter(on -> !on.equals(host)).isEmpty();
  }

  /** The host that has the input of a Groth proof. */
  private static Optional<HostId> input(ReadsOutput proof, SectorFacts facts) {
    return proof.host().or(facts::filesOn);
  }

  /**
   * The host that the task is bound to, by the sector's files or by its request; of a Groth proof,
   * from where its input comes.
   */
  static Optional<HostId> runsOn(Waiting waiting) {
    if (waiting.task().request() instanceof ReadsOutput proof) {
      return input(proof, waiting.facts());
    }
    Optional<HostId> only = waiting.task().request().onlyOn();
    return MoveRules.isLeaving(waiting.task()) ? only : waiting.facts().filesOn().or(() -> only);
  }

  /** What the scheduler has to know of the sector's moves. */
  static SectorRoute route(Waiting waiting) {
    SectorRoute route = waiting.facts().moves().route();
    return MoveRules.isLeaving(waiting.task())
        ? new SectorRoute(route.left(), waiting.facts().filesOn())
        : route;
  }

  /** The host besides its own that the task reads from, or writes to when it moves the sector. */
  static Optional<HostId> inputsOn(Placed state) {
    return state.task().request() instanceof ReadsOutput proof
        ? input(proof, state.facts())
        : MoveRules.otherHost(state);
  }
}
