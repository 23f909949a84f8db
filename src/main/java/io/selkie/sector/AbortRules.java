package io.selkie.sector;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sector.SectorEffect.AnswerAbort;
import io.selkie.sector.SectorEffect.AnswerTask;
import io.selkie.sector.SectorEvent.AbortRequested;
import io.selkie.sector.SectorState.Aborted;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Stopping;
import io.selkie.sector.SectorState.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How a task is ended before its result, and who is answered then. Pure. */
final class AbortRules {
  /** The code of a failure that was asked for. */
  private static final String ABORTED = "aborted";

  private AbortRules() {}

  /** Whether the running task is one of those that are to be ended. */
  static boolean isMeant(SectorState state, Set<TaskKind> kinds, Optional<TaskRequest> only) {
    return !(state instanceof Busy busy)
        || (kinds.contains(busy.task().id().kind())
            && only.filter(wanted -> !wanted.equals(busy.task().request())).isEmpty());
  }

  /**
   * An operator or a driver wants the task ended.
   *
   * @param discard whether what it has written is to go: nobody takes it up again
   */
  static SectorStep abort(
      SectorState state, String by, String cause, boolean discard, Instant now) {
    if (state instanceof Stopping) {
      return SectorStep.resume(state); // answered when it has stopped
    }
    if (!SectorTransitions.accepts(state, AbortRequested.class)) {
      return SectorStep.refuse(state.sector() + " has nothing to stop");
    }
    if (state instanceof Busy busy && MoveRules.isLeaving(busy.task())) {
      return SectorStep.refuse(
          state.sector() + " has moved, and leaves its former host; ask again in a moment");
    }
    AbortRequested event =
        new AbortRequested(
            now,
            by,
            cause,
            discard ? Optional.of(true) : Optional.empty(),
            discard && mayFreeItsPlace(state) ? Optional.of(true) : Optional.empty());
    List<SectorEffect> answers =
        SectorTransitions.next(state, event) instanceof Aborted aborted
            ? ended(aborted.task().id())
            : List.of();
    return SectorStep.persist(state, List.of(event), answers);
  }

  /** A host that is gone would have the abort wait; it has no place to give. */
  private static boolean mayFreeItsPlace(SectorState state) {
    return state instanceof Waiting waiting
        && waiting.task().attempts() == 0
        && waiting.facts().filesOn().isPresent()
        && waiting.facts().lost().isEmpty()
        && waiting.task().id().kind().bringsFiles();
  }

  /**
   * The answers once the task runs no more: to whoever asked for it, and for its end.
   *
   * @param task as it was asked for
   */
  static List<SectorEffect> ended(TaskId task) {
    Failure failure = new Failure(Failure.Action.ABANDON, ABORTED, task.kind() + " was aborted");
    return List.of(
        new AnswerTask(new Sector.TaskHasFailed(task, failure)),
        new AnswerAbort(new Sector.Accepted()));
  }

  /** The answer to whoever asked for the end of a task that gave its result all the same. */
  static AnswerAbort tooLate(TaskId task) {
    return new AnswerAbort(
        new Sector.Refused(task.kind() + " had ended before it was stopped", false));
  }
}
