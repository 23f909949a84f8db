package io.selkie.cli;

import java.io.IOException;
import java.io.Serial;

/**
 * Something answers where a node should, and cannot be talked to by TLS. The message is one line.
 */
final class NodeTlsException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  NodeTlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
