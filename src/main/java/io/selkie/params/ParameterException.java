package io.selkie.params;

import java.io.IOException;

/** A failure about parameters whose message is one line that tells the operator what to do. */
public final class ParameterException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Made with the line to show. */
  public ParameterException(String line) {
    super(line);
  }

  /** Made with the line to show and what caused it. */
  public ParameterException(String line, Throwable cause) {
    super(line, cause);
  }
}
