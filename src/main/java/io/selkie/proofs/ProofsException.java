package io.selkie.proofs;

/** An operation of the proofs did not succeed; {@link #failure()} says what that means. */
public final class ProofsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ProofsFailure failure;

  /** The exception for a failure; its message is one line. */
  public ProofsException(ProofsFailure failure) {
    super(failure.describe());
    this.failure = failure;
  }

  /** What went wrong. */
  public ProofsFailure failure() {
    return failure;
  }
}
