package io.selkie.sector;

import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.SectorEffect.Submit;
import io.selkie.sector.SectorEffect.Tell;
import io.selkie.sector.SectorEffect.WakeAt;
import io.selkie.sector.SectorEffect.Withdraw;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Known;
import io.selkie.sector.SectorState.Placed;
import io.selkie.sector.SectorState.Stopping;
import io.selkie.sector.SectorState.Waiting;
import java.time.Instant;
import java.util.List;

/**
 * What a state has under way: the one list of it, so that an effect which is forgotten is missed at
 * once and not only after a crash. Pure.
 */
final class UnderWay {
  private UnderWay() {}

  /**
   * The effects of a state, done after every change, after a crash, and now and then. A sector at
   * rest gives its slot back: nobody else knows that it should, so that is said more than once too.
   */
  static List<SectorEffect> of(SectorState state) {
    if (state instanceof Waiting waiting) {
      return waiting.notBefore().isPresent()
          ? List.of(new WakeAt(waiting.notBefore().get()))
          : List.of(new Submit(waiting));
    }
    if (state instanceof Placed placed) {
      TaskId.Attempt attempt = placed.task().id().attempt(placed.assignment().attempt());
      WorkerCommand command =
          placed instanceof Stopping stopping
              ? new WorkerCommand.Stop(attempt, stopping.discard())
              : new WorkerCommand.Start(attempt, placed.task().request());
      return List.of(
          new Tell(
              attempt.task(),
              placed.assignment().host(),
              command,
              PlacementRules.inputsOn(placed)));
    }
    return state instanceof Known known ? List.of(new Withdraw(latest(known))) : List.of();
  }

  /** The time that a failed task had to wait is over. */
  static SectorStep woken(SectorState state, Instant now) {
    return state instanceof Waiting waiting && PlacementRules.mayRunAt(waiting, now)
        ? SectorStep.only(new Submit(waiting))
        : SectorStep.resume(state);
  }

  /** Whether nothing is under way. */
  static boolean isAtRest(SectorState state) {
    return !(state instanceof Waiting || state instanceof Placed);
  }

  /** The task that was asked for last; of one that is over only the number is known for certain. */
  private static TaskId latest(Known state) {
    if (state instanceof Busy busy) {
      return busy.task().id();
    }
    SectorFacts facts = state.facts();
    return new TaskId(facts.sector(), facts.generation(), facts.tasks(), facts.phase());
  }
}
