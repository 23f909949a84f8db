package io.selkie.transfer;

/**
 * Keeps all transfers of a node together below a rate. What was not used in the last second is
 * lost.
 */
final class RateLimit {
  private static final long SECOND = 1_000_000_000L;

  private final long bytesPerSecond;
  private long freeAt;

  /**
   * A limit.
   *
   * @param bytesPerSecond 0: none
   */
  RateLimit(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /**
   * When these bytes may go.
   *
   * @param now in nanoseconds, by any clock that only goes forward
   * @return nanoseconds to wait from now
   */
  synchronized long reserve(long bytes, long now) {
    if (bytesPerSecond == 0) {
      return 0;
    }
    long begin = Math.max(freeAt, now - SECOND);
    freeAt = begin + Math.round((double) bytes / bytesPerSecond * SECOND);
    return Math.max(0, begin - now);
  }

  /** Waits until these bytes may go. */
  void await(long bytes, Control control) throws Control.Held {
    long end = System.nanoTime() + reserve(bytes, System.nanoTime());
    long step = SECOND / 20;
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      control.check();
      java.util.concurrent.locks.LockSupport.parkNanos(Math.min(left, step));
    }
  }
}
