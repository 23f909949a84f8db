package io.selkie.simulation;

/** An invariant does not hold. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int invariant;

  Violation(int invariant, String message) {
    super("invariant " + invariant + ": " + message, null, false, true);
    this.invariant = invariant;
  }

  int invariant() {
    return invariant;
  }
}
