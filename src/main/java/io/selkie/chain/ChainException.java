package io.selkie.chain;

import java.io.Serial;

/** The chain refused: asked again, it would refuse again. The message is one line. */
public final class ChainException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** A refusal with its reason. */
  public ChainException(String message) {
    super(message);
  }
}
