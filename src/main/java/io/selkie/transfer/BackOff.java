package io.selkie.transfer;

import java.time.Duration;

/**
 * How long to wait after troubles in a row: twice as long each time, and by chance up to a fifth
 * more or less, so that many senders do not come at once.
 */
record BackOff(Duration first, Duration longest) {
  private static final int MOST_DOUBLINGS = 20;
  private static final double JITTER = 0.2;

  /**
   * The wait after this many troubles.
   *
   * @param troubles 1 or more
   * @param chance from 0 to 1
   */
  Duration after(int troubles, double chance) {
    Duration wait = first.multipliedBy(1L << Math.min(troubles - 1, MOST_DOUBLINGS));
    Duration bounded = wait.compareTo(longest) < 0 ? wait : longest;
    double factor = 1 - JITTER + 2 * JITTER * chance;
    return Duration.ofMillis(Math.round(bounded.toMillis() * factor));
  }
}
