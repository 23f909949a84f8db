package io.selkie.cli;

import java.io.IOException;
import java.io.Serial;

/** A node answered with an error. The message is one line. */
final class NodeException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERRORS = 500;

  private final int status;

  NodeException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Whether there is no such thing. */
  boolean isNotFound() {
    return status == NOT_FOUND;
  }

  /** Whether the same call may succeed later. */
  boolean isPassing() {
    return status >= SERVER_ERRORS;
  }
}
