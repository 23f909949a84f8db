package io.selkie.rpc;

import java.io.IOException;

/** The WebSocket ended before the answer came: nobody knows whether the call was done. */
final class ConnectionLost extends IOException {
  private static final long serialVersionUID = 1L;

  ConnectionLost(String message) {
    super(message);
  }
}
