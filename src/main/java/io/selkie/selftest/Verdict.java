package io.selkie.selftest;

import java.util.Optional;

/**
 * What came out of one cell of a trial.
 *
 * @param cell what was done to the sector
 * @param problem one or more lines for whoever has to find out; empty: it came to its end as it
 *     should
 * @param skipped why nothing was done, if so
 */
public record Verdict(String cell, Optional<String> problem, Optional<String> skipped) {
  /** Of a cell that was done. */
  public Verdict(String cell, Optional<String> problem) {
    this(cell, problem, Optional.empty());
  }

  static Verdict passed(String cell) {
    return new Verdict(cell, Optional.empty());
  }

  static Verdict failed(String cell, String problem) {
    return new Verdict(cell, Optional.of(problem));
  }

  /** This host cannot do it; one line says why. */
  public static Verdict skipped(String cell, String why) {
    return new Verdict(cell, Optional.empty(), Optional.of(why));
  }

  /** The same of a cell by another name. */
  Verdict of(String other) {
    return new Verdict(other, problem, skipped);
  }

  /** Whether the cell came to the end that it should. */
  public boolean passed() {
    return problem.isEmpty() && skipped.isEmpty();
  }
}
