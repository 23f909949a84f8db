package io.selkie.sector;

import io.selkie.sector.SectorEvent.AbortRequested;
import io.selkie.sector.SectorEvent.FilesLost;
import io.selkie.sector.SectorEvent.GenerationBegan;
import io.selkie.sector.SectorEvent.HostLost;
import io.selkie.sector.SectorEvent.HostReturned;
import io.selkie.sector.SectorEvent.MoveRequested;
import io.selkie.sector.SectorEvent.RetryRequested;
import io.selkie.sector.SectorEvent.SectorAdopted;
import io.selkie.sector.SectorEvent.SectorMoved;
import io.selkie.sector.SectorEvent.TaskAssigned;
import io.selkie.sector.SectorEvent.TaskFailed;
import io.selkie.sector.SectorEvent.TaskRequested;
import io.selkie.sector.SectorEvent.TaskResumed;
import io.selkie.sector.SectorEvent.TaskStopped;
import io.selkie.sector.SectorEvent.TaskSucceeded;
import io.selkie.sector.SectorEvent.TaskTakenUp;
import io.selkie.sector.SectorState.Aborted;
import io.selkie.sector.SectorState.Failed;
import io.selkie.sector.SectorState.Idle;
import io.selkie.sector.SectorState.Removed;
import io.selkie.sector.SectorState.Running;
import io.selkie.sector.SectorState.Stopping;
import io.selkie.sector.SectorState.Unknown;
import io.selkie.sector.SectorState.Waiting;
import java.util.List;
import java.util.function.BiFunction;

/** The table of a sector: which event leads from which state where. Pure. */
public final class SectorTransitions {
  private static final List<Row<?, ?>> ROWS =
      List.of(
          row(Unknown.class, SectorAdopted.class, (unknown, event) -> unknown, Unknown.class),
          row(Unknown.class, TaskRequested.class, SectorChanges::first, Waiting.class),
          row(Idle.class, GenerationBegan.class, SectorChanges::idleAgain, Idle.class),
          row(Idle.class, TaskRequested.class, SectorChanges::asked, Waiting.class),
          row(Waiting.class, TaskAssigned.class, SectorChanges::assigned, Running.class),
          row(Waiting.class, RetryRequested.class, SectorChanges::tryNow, Waiting.class),
          row(
              Waiting.class,
              AbortRequested.class,
              SectorChanges::abortedOrStopping,
              Aborted.class,
              Stopping.class),
          row(
              Running.class,
              TaskSucceeded.class,
              SectorChanges::succeeded,
              Idle.class,
              Removed.class),
          row(Running.class, TaskTakenUp.class, (running, event) -> running, Running.class),
          row(Running.class, TaskFailed.class, SectorChanges::failed, Waiting.class, Failed.class),
          row(Running.class, AbortRequested.class, SectorChanges::stopping, Stopping.class),
          row(Stopping.class, TaskTakenUp.class, (stopping, event) -> stopping, Stopping.class),
          row(Stopping.class, TaskStopped.class, SectorChanges::aborted, Aborted.class),
          row(
              Stopping.class,
              TaskSucceeded.class,
              SectorChanges::succeeded,
              Idle.class,
              Removed.class),
          row(Failed.class, RetryRequested.class, SectorChanges::tryNow, Waiting.class),
          row(Failed.class, GenerationBegan.class, SectorChanges::failedAgain, Failed.class),
          row(Failed.class, TaskRequested.class, SectorChanges::asked, Waiting.class),
          row(Aborted.class, RetryRequested.class, SectorChanges::tryNow, Waiting.class),
          row(Aborted.class, GenerationBegan.class, SectorChanges::abortedAgain, Aborted.class),
          row(Aborted.class, TaskRequested.class, SectorChanges::asked, Waiting.class),
          row(Waiting.class, HostLost.class, SectorChanges::waitsForHost, Waiting.class),
          row(Running.class, HostLost.class, SectorChanges::runsOnLost, Running.class),
          row(Stopping.class, HostLost.class, SectorChanges::stopsOnLost, Stopping.class),
          row(Waiting.class, HostReturned.class, SectorChanges::waitsAgain, Waiting.class),
          row(Running.class, HostReturned.class, SectorChanges::runsAgain, Running.class),
          row(Stopping.class, HostReturned.class, SectorChanges::stopsAgain, Stopping.class),
          row(Waiting.class, FilesLost.class, SectorChanges::withoutFiles, Failed.class),
          row(Failed.class, FilesLost.class, SectorChanges::withoutFiles, Failed.class),
          row(Aborted.class, FilesLost.class, SectorChanges::abortedWithout, Aborted.class),
          row(Waiting.class, MoveRequested.class, SectorChanges::moves, Waiting.class),
          row(Running.class, SectorMoved.class, SectorChanges::moved, Waiting.class),
          row(Stopping.class, SectorMoved.class, SectorChanges::moved, Waiting.class),
          row(Waiting.class, TaskResumed.class, SectorChanges::goesOn, Waiting.class),
          row(Idle.class, TaskResumed.class, SectorChanges::takenUp, Waiting.class));

  private SectorTransitions() {}

  /**
   * A row of the table.
   *
   * @param to the states that {@code next} may give
   */
  public record Row<F extends SectorState, E extends SectorEvent>(
      Class<F> from,
      Class<E> event,
      List<Class<? extends SectorState>> to,
      BiFunction<F, E, SectorState> next) {

    private boolean fits(Class<?> state, Class<?> type) {
      return from == state && event == type;
    }

    private SectorState apply(SectorState state, SectorEvent happened) {
      return next.apply(from.cast(state), event.cast(happened));
    }
  }

  /** All rows, for documents and tests. */
  public static List<Row<?, ?>> rows() {
    return ROWS;
  }

  /** Whether the event may happen in the state. */
  static boolean accepts(SectorState state, Class<? extends SectorEvent> event) {
    return ROWS.stream().anyMatch(row -> row.fits(state.getClass(), event));
  }

  /**
   * The state after the event.
   *
   * @throws IllegalStateException if the event cannot happen in the state: the journal is not ours
   */
  static SectorState next(SectorState state, SectorEvent event) {
    return ROWS.stream()
        .filter(row -> row.fits(state.getClass(), event.getClass()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    state.sector() + ": no " + event.getClass().getSimpleName() + " in " + state))
        .apply(state, event);
  }

  /** The state after all of the events. */
  static SectorState after(SectorState state, List<? extends SectorEvent> events) {
    SectorState after = state;
    for (SectorEvent event : events) {
      after = next(after, event);
    }
    return after;
  }

  private static <F extends SectorState, E extends SectorEvent> Row<F, E> row(
      Class<F> from,
      Class<E> event,
      BiFunction<F, E, SectorState> next,
      Class<? extends SectorState> to) {
    return new Row<>(from, event, List.of(to), next);
  }

  private static <F extends SectorState, E extends SectorEvent> Row<F, E> row(
      Class<F> from,
      Class<E> event,
      BiFunction<F, E, SectorState> next,
      Class<? extends SectorState> to,
      Class<? extends SectorState> orElse) {
    return new Row<>(from, event, List.of(to, orElse), next);
  }
}
