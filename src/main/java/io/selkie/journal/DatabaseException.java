package io.selkie.journal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why a database cannot be used; the message is one line that says what to do. */
public final class DatabaseException extends IOException {
  private static final long serialVersionUID = 1;

  /** What stands in the way. */
  public enum Reason {
    /** Another process has it open. */
    IN_USE,
    /** A later Selkie wrote it. */
    TOO_NEW,
    /** It is elsewhere and does not answer, or does not let us in. */
    UNREACHABLE,
    /** It cannot be read, or cannot be brought to the schema of this Selkie. */
    UNUSABLE
  }

  private final Reason reason;

  DatabaseException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What stands in the way, for programs. */
  public Reason reason() {
    return reason;
  }
}
