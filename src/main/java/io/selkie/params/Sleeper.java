package io.selkie.params;

import java.time.Duration;

/** Waits; tests hand in one that does not. */
@FunctionalInterface
interface Sleeper {
  void sleep(Duration time) throws InterruptedException;

  /** Waits for real. */
  static Sleeper real() {
    return time -> Thread.sleep(time.toMillis());
  }
}
