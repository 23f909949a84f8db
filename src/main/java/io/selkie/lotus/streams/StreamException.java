package io.selkie.lotus.streams;

import java.io.IOException;

/**
 * The bytes of a piece did not come: what the caller sent, or did not send. Trouble with our own
 * disk is an ordinary {@link IOException}.
 */
public final class StreamException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * What is wrong.
   *
   * @param message for the operator of the other side
   */
  public StreamException(String message) {
    super(message);
  }
}
