package io.selkie.api;

/** An operation was refused; nothing was changed. */
public final class OperationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Why it was refused. */
  public enum Kind {
    /** The call makes no sense. */
    INVALID,
    /** There is no such sector. */
    UNKNOWN,
    /** The sector's state does not allow it. */
    CONFLICT,
    /** Not now, perhaps later. */
    UNAVAILABLE
  }

  /**
   * A refusal.
   *
   * @param message one line that says what to do
   */
  public OperationException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** Why it was refused. */
  public Kind kind() {
    return kind;
  }
}
