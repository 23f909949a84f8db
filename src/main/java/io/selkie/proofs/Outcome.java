package io.selkie.proofs;

import java.util.List;

/** What became of one sector of a job; another sector's failure does not touch it. */
public sealed interface Outcome<R> {
  /** The operation succeeded. */
  record Success<R>(R result) implements Outcome<R> {}

  /** The operation failed for this sector. */
  record Failed<R>(ProofsFailure failure) implements Outcome<R> {}

  /**
   * The result of an operation on one sector.
   *
   * @throws ProofsException if it failed
   */
  static <R> R only(List<Outcome<R>> outcomes) throws ProofsException {
    return outcomes.get(0).orThrow();
  }

  /**
   * The result.
   *
   * @throws ProofsException if the operation failed
   */
  default R orThrow() throws ProofsException {
    if (this instanceof Success<R> success) {
      return success.result();
    }
    throw new ProofsException(((Failed<R>) this).failure());
  }
}
