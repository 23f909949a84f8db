package io.selkie.sector;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.SectorEvent.HostReturned;
import io.selkie.sector.SectorEvent.MoveRequested;
import io.selkie.sector.SectorEvent.SectorMoved;
import io.selkie.sector.SectorEvent.TaskResumed;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Placed;
import io.selkie.sector.SectorState.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a sector moves to another host when its task cannot begin where its files are: the task is
 * set aside, the sector is copied, what it left behind is deleted, and the task goes on. Pure.
 */
final class MoveRules {
  private MoveRules() {}

  /** The scheduler wants the sector elsewhere, since its task cannot begin where its files are. */
  static SectorStep wanted(SectorState state, SchedulerCommand.MoveWanted wish, Instant now) {
    if (!(state instanceof Waiting waiting)
        || !waiting.task().id().equals(wish.task())
        || !wish.task().kind().isMovedFor()
        || !PlacementRules.mayRunAt(waiting, now)
        || !waiting.facts().filesOn().equals(Optional.of(wish.from()))
        || wish.to().equals(wish.from())) {
      return SectorStep.nothing();
    }
    SectorFacts facts = waiting.facts();
    List<SectorEvent> events = new ArrayList<>();
    facts.lost().ifPresent(lost -> events.add(new HostReturned(now, lost)));
    events.add(
        new MoveRequested(
            now,
            facts.generation(),
            facts.tasks() + 1,
            wish.from(),
            wish.to(),
            wish.leavesForLack()));
    return SectorStep.persist(state, events, List.of());
  }

  /** The copy is whole: from here on the sector's files are those on the other host. */
  static SectorMoved moved(
      Placed state, TaskReport.Succeeded report, TaskResult.Moved result, Instant now) {
    TaskId task = state.task().id();
    return new SectorMoved(
        now,
        task.generation(),
        task.task(),
        report.attempt().number(),
        report.host(),
        new HostId(result.copy().host()),
        report.startedAt(),
        report.endedAt(),
        report.bytes(),
        result.copy(),
        state.facts().tasks() + 1);
  }

  /** The task that a move was for is the sector's task again, under a new number. */
  static TaskResumed resumed(Busy state, Instant now) {
    SectorFacts facts = state.facts();
    return new TaskResumed(now, facts.generation(), facts.tasks() + 1, state.wanted().id().kind());
  }

  /**
   * Whether the sector goes on with the task that was asked for once its own has failed. A move
   * that came to nothing is thought of anew, since hosts may be others by then; what cannot be
   * deleted where the sector came from stays there, unless the copy is in doubt.
   *
   * @param next when the task would be tried again by itself
   */
  static boolean isGivenUp(Busy state, Failure failure, Optional<Instant> next) {
    return state.task().id().kind() == TaskKind.MOVE
        || (isLeaving(state.task()) && next.isEmpty() && failure.action() == Failure.Action.RETRY);
  }

  /** The host that a sector moves to, or has moved to when what it left is deleted. */
  static Optional<HostId> otherHost(Busy state) {
    if (state.task().request() instanceof TaskRequest.Move move) {
      return Optional.of(move.to());
    }
    return isLeaving(state.task()) ? state.facts().filesOn() : Optional.empty();
  }

  /** Whether the task deletes what a move left behind. */
  static boolean isLeaving(SectorState.Task task) {
    return task.request() instanceof TaskRequest.Release release && release.from().isPresent();
  }
}
