package io.selkie.selftest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A trial that is over.
 *
 * @param trial its name
 * @param took from its first node's start to its last node's end
 */
public record TrialRun(String trial, List<Verdict> verdicts, Duration took) {
  /** The list is copied. */
  public TrialRun {
    verdicts = List.copyOf(verdicts);
  }

  /**
   * Does the trial. No prover of it lives on, whatever happens.
   *
   * @param directory an empty one
   * @throws IOException if the trial cannot be done at all
   */
  public static TrialRun of(Trial trial, Path directory) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    try {
      List<Verdict> verdicts = trial.run(directory);
      return new TrialRun(trial.name(), verdicts, Duration.between(begun, Instant.now()));
    } finally {
      Provers.killBelow(directory);
    }
  }

  /** The cells that did not come to the end that they should. */
  public List<Verdict> failures() {
    return verdicts.stream().filter(verdict -> verdict.problem().isPresent()).toList();
  }

  /** The cells that this host cannot do. */
  public List<Verdict> skipped() {
    return verdicts.stream().filter(verdict -> verdict.skipped().isPresent()).toList();
  }
}
