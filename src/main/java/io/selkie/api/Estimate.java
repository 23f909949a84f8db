package io.selkie.api;

import io.selkie.proofs.PhaseFraction;
import io.selkie.proofs.ProofsProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a running task is, and when it will end.
 *
 * @param percent 0 to 99
 * @param remainingSeconds until its end; empty if neither history nor its prover tells
 * @param endsAt the same as a time
 * @param basedOn how many earlier tasks of its kind and size are known; of their durations the
 *     median counts
 */
record Estimate(
    int percent, Optional<Long> remainingSeconds, Optional<Instant> endsAt, int basedOn) {
  /** Below it, what a prover tells says little about the rest. */
  private static final double TELLING = 0.05;

  private static final int MOST_PERCENT = 99;

  /**
   * The estimate; empty if nothing is known.
   *
   * @param startedAt when the task was given to its host
   * @param told by its prover
   * @param before durations of earlier tasks of its kind and size
   */
  static Optional<Estimate> of(
      Instant startedAt, Instant now, Optional<ProofsProgress> told, List<Duration> before) {
    double elapsed = Math.max(0, Duration.between(startedAt, now).toMillis());
    double fraction = told.map(PhaseFraction::perMille).orElse(0L) / 1000.0;
    Optional<Double> usual = median(before);
    if (fraction == 0 && usual.isEmpty()) {
      return Optional.empty();
    }
    // The stages of a prover were measured elsewhere; earlier tasks ran here. Once they are outrun,
    // the prover knows better.
    Optional<Double> rest =
        usual
            .map(whole -> whole - elapsed)
            .filter(left -> left > 0)
            .or(
                () ->
                    fraction >= TELLING
                        ? Optional.of(elapsed * (1 - fraction) / fraction)
                        : Optional.empty());
    double share =
        fraction > 0 ? fraction : usual.map(whole -> elapsed / Math.max(1, whole)).orElse(0.0);
    return Optional.of(
        new Estimate(
            (int) Math.min(MOST_PERCENT, Math.floor(share * 100)),
            rest.map(millis -> Math.round(millis / 1000)),
            rest.map(millis -> now.plusMillis(Math.round(millis))),
            before.size()));
  }

  private static Optional<Double> median(List<Duration> durations) {
    List<Long> sorted = durations.stream().map(Duration::toMillis).sorted().toList();
    int size = sorted.size();
    return size == 0
        ? Optional.empty()
        : Optional.of((sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2.0);
  }
}
