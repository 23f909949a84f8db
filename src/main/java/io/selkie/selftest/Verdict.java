package io.selkie.selftest;

import java.util.Optional;

/**
 * What came out of one cell of a trial.
 *
 * @param cell what was done to the sector
 * @param problem one or more lines for whoever has to find out; empty: it came to its end as it
 *     should
 */
public record Verdict(String cell, Optional<String> problem) {
  static Verdict passed(String cell) {
    return new Verdict(cell, Optional.empty());
  }

  static Verdict failed(String cell, String problem) {
    return new Verdict(cell, Optional.of(problem));
  }

  /** Whether the cell came to the end that it should. */
  public boolean passed() {
    return problem.isEmpty();
  }
}
