package io.selkie.rpc;

import java.time.Duration;

/**
 * Times of a client's WebSocket.
 *
 * @param ping sent after so long without a message of ours
 * @param silence of the other side, after which the connection is lost
 * @param firstWait before the connection is opened again, or a call repeated; each further wait is
 *     half as long again
 * @param mostReconnect no wait for a connection is longer
 * @param mostRetry no wait for the repetition of a call is longer
 */
record SocketTimes(
    Duration ping,
    Duration silence,
    Duration firstWait,
    Duration mostReconnect,
    Duration mostRetry) {
  /** Those of Go's clients. */
  static final SocketTimes USUAL =
      new SocketTimes(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMillis(100),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10));

  private static final double GROWTH = 1.5;

  Duration untilReconnect(int attempt) {
    return wait(attempt, mostReconnect);
  }

  Duration untilRetry(int attempt) {
    return wait(attempt, mostRetry);
  }

  private Duration wait(int attempt, Duration most) {
    double millis = (double) firstWait.toMillis() * Math.pow(GROWTH, attempt);
    return Duration.ofMillis((long) Math.min(millis, (double) most.toMillis()));
  }
}
