package io.selkie.sealing;

import java.io.Serial;

/** A driver refused: nothing was changed. The message is one line that names sector and reason. */
public final class SealingException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** A refusal with its reason. */
  public SealingException(String message) {
    super(message);
  }
}
