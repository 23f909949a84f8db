package io.selkie.sector;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskKind;
import io.selkie.sector.SectorState.Known;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What operators see of a sector at a glance.
 *
 * @param state {@code waiting}, {@code running}, {@code idle}, {@code failed}, {@code stopping},
 *     {@code aborted}, {@code removed} or {@code unknown}
 * @param phase the latest phase that was begun
 * @param number of the phase (seed 000): n0 from its start, n1 from its result, Finalize 50; a
 *     failed sector keeps its number
 * @param failure why the last task failed, if it is not tried again
 */
public record SectorStatus(
    String state, Optional<TaskKind> phase, OptionalInt number, Optional<Failure> failure) {

  /** The status that the state stands for. */
  public static SectorStatus of(SectorState state) {
    String name = state.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    if (!(state instanceof Known known)) {
      return new SectorStatus(name, Optional.empty(), OptionalInt.empty(), Optional.empty());
    }
    SectorFacts facts = known.facts();
    Optional<Failure> failure =
        state instanceof SectorState.Failed failed
            ? Optional.of(failed.failure())
            : Optional.empty();
    return new SectorStatus(
        name, Optional.of(facts.phase()), facts.phase().number(facts.phaseDone()), failure);
  }
}
