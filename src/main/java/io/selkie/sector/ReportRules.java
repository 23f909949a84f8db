package io.selkie.sector;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.SectorEffect.AnswerTask;
import io.selkie.sector.SectorEffect.Tell;
import io.selkie.sector.SectorEffect.Withdraw;
import io.selkie.sector.SectorEvent.TaskFailed;
import io.selkie.sector.SectorEvent.TaskStopped;
import io.selkie.sector.SectorEvent.TaskSucceeded;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Known;
import io.selkie.sector.SectorState.Placed;
import io.selkie.sector.SectorState.Stopping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows from a worker's report. Pure.
 *
 * @param retries of failed tasks
 */
record ReportRules(RetryPolicy retries) {
  /** A worker reports. A host that was thought lost is back by that. */
  SectorStep report(SectorState state, TaskReport report, Instant now) {
    if (!(state instanceof Placed placed) || !isCurrent(placed, report)) {
      return SectorStep.only(dismissal(report));
    }
    List<SectorEvent> returned = HostLossRules.returned(state, report.host(), now);
    if (returned.isEmpty()) {
      return current(placed, report, now);
    }
    SectorState back = SectorTransitions.after(state, returned);
    SectorStep next = report(back, report, now);
    if (next.events().isEmpty()) {
      return SectorStep.persist(state, returned, List.of());
    }
    List<SectorEvent> events = new ArrayList<>(returned);
    events.addAll(next.events());
    return new SectorStep(events, next.effects());
  }

  private SectorStep current(Placed state, TaskReport report, Instant now) {
    if (report instanceof TaskReport.Found) {
      return SectorStep.resume(state);
    }
    if (report instanceof TaskReport.Succeeded succeeded) {
      return succeeded(state, succeeded, now);
    }
    if (report instanceof TaskReport.Failed failed) {
      if (state instanceof Stopping stopping) {
        // It ended by itself; what it wrote is still there.
        return stopping.discard() ? SectorStep.resume(stopping) : stopped(stopping, report, now);
      }
      return failed(state, failed, now);
    }
    if (report instanceof TaskReport.Stopped nothing) {
      return state instanceof Stopping stopping
          ? stopped(stopping, report, now)
          : failed(state, neverRan(nothing, now), now);
    }
    return SectorStep.nothing();
  }

  /** Whether it is of the attempt that is under way, and not of one that ended before. */
  static boolean isCurrent(SectorState state, TaskReport report) {
    return state instanceof Placed placed && isCurrent(placed, report);
  }

  /**
   * Whether it is of an attempt that comes after all that the state knows: somebody else has gone
   * on with the sector, or the journal has lost its end.
   */
  static boolean isAhead(SectorState state, TaskReport report) {
    if (!(state instanceof Known known)) {
      return false; // it has just read its journal
    }
    TaskId theirs = report.attempt().task();
    SectorFacts facts = known.facts();
    if (theirs.generation() != facts.generation()) {
      return theirs.generation() > facts.generation();
    }
    return theirs.task() > facts.tasks()
        || (known instanceof Busy busy
            && theirs.equals(busy.task().id())
            && report.attempt().number() > busy.task().attempts());
  }

  private static boolean isCurrent(Placed placed, TaskReport report) {
    return placed.task().id().equals(report.attempt().task())
        && placed.assignment().attempt() == report.attempt().number()
        && placed.assignment().host().equals(report.host());
  }

  /** What a worker is told that reports of an attempt which is none of ours any more. */
  private static Tell dismissal(TaskReport report) {
    boolean mayRun = report instanceof TaskReport.Found || report instanceof TaskReport.Started;
    return mayRun
        ? new Tell(
            report.attempt().task(), report.host(), new WorkerCommand.Stop(report.attempt(), false))
        : acknowledge(report);
  }

  private static SectorStep succeeded(Placed state, TaskReport.Succeeded report, Instant now) {
    TaskId task = state.task().id();
    if (report.result() instanceof TaskResult.Moved moved) {
      return SectorStep.persist(
          state,
          List.of(MoveRules.moved(state, report, moved, now)),
          List.of(new Withdraw(task), AbortRules.tooLate(task), acknowledge(report)));
    }
    TaskSucceeded event =
        new TaskSucceeded(
            now,
            task.generation(),
            task.task(),
            report.attempt().number(),
            report.host(),
            report.startedAt(),
            report.endedAt(),
            report.bytes(),
            report.result());
    if (MoveRules.isLeaving(state.task())) {
      return SectorStep.persist(
          state,
          List.of(event, MoveRules.resumed(state, now)),
          List.of(new Withdraw(task), acknowledge(report)));
    }
    return SectorStep.persist(
        state,
        List.of(event),
        List.of(
            new AnswerTask(new Sector.Done(task, report.result())),
            AbortRules.tooLate(task),
            acknowledge(report)));
  }

  private SectorStep failed(Placed state, TaskReport.Failed report, Instant now) {
    TaskId task = state.task().id();
    int failures = SectorChanges.failures(state.task(), report.failure());
    Optional<Instant> next = retries.next(report.failure(), failures, now);
    boolean isGivenUp = MoveRules.isGivenUp(state, report.failure(), next);
    if (isGivenUp && next.isEmpty()) {
      next = Optional.of(MoveRules.isLeaving(state.task()) ? now : now.plus(retries.longest()));
    }
    List<SectorEvent> events = new ArrayList<>();
    events.add(
        new TaskFailed(
            now,
            task.generation(),
            task.task(),
            report.attempt().number(),
            report.host(),
            report.startedAt(),
            report.endedAt(),
            report.failure(),
            next));
    if (isGivenUp) {
      events.add(MoveRules.resumed(state, now));
    }
    return SectorStep.persist(
        state,
        events,
        next.isPresent()
            // Others may have the slot while it waits.
            ? List.of(acknowledge(report), new Withdraw(task))
            : List.of(
                new AnswerTask(new Sector.TaskHasFailed(state.wanted().id(), report.failure())),
                acknowledge(report)));
  }

  /** The worker knows a newer attempt than ours and did not run it: as good as a failure. */
  private static TaskReport.Failed neverRan(TaskReport.Stopped report, Instant now) {
    Failure failure =
        new Failure(Failure.Action.RETRY, "stopped", "the host stopped it without a result");
    return new TaskReport.Failed(report.attempt(), report.host(), now, now, failure);
  }

  private static SectorStep stopped(Stopping state, TaskReport report, Instant now) {
    TaskId task = state.task().id();
    TaskStopped event =
        new TaskStopped(
            now, task.generation(), task.task(), report.attempt().number(), report.host());
    List<SectorEffect> effects = new ArrayList<>(AbortRules.ended(state.wanted().id()));
    effects.add(acknowledge(report));
    return SectorStep.persist(state, List.of(event), effects);
  }

  private static Tell acknowledge(TaskReport report) {
    return new Tell(
        report.attempt().task(), report.host(), new WorkerCommand.Acknowledge(report.attempt()));
  }
}
