package io.selkie.selftest;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Something that is waited for. */
@FunctionalInterface
interface Awaited {
  /** A look every so often: short, since trials are many. */
  Duration PAUSE = Duration.ofMillis(20);

  /** What is still open; nothing: it has come. */
  Set<String> look() throws IOException, InterruptedException;

  /**
   * Waits until nothing is open.
   *
   * @return what was still open when the time was over, or the node had ended
   */
  static Set<String> await(NodeProcess node, Duration patience, Awaited awaited)
      throws IOException, InterruptedException {
    Instant end = Instant.now().plus(patience);
    Set<String> open = awaited.look();
    while (!open.isEmpty() && node.isAlive() && Instant.now().isBefore(end)) {
      Thread.sleep(PAUSE.toMillis());
      open = awaited.look();
    }
    return open;
  }
}
