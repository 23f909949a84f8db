package io.selkie.scheduler;

import java.time.Duration;

/**
 * How long a host may be silent; each announces itself every five seconds.
 *
 * @param silence after which nothing is given to it, and what needs no files there goes elsewhere
 * @param grace after which it is not just restarting: its sectors are reported to their drivers
 * @param restart how long one that said it is being stopped may be silent before that counts
 */
public record HostPatience(Duration silence, Duration grace, Duration restart) {
  private static final Duration LEAST = Duration.ofSeconds(6);
  private static final Duration RESTART = Duration.ofMinutes(2);

  /**
   * A host that the cluster has given up counts as silent after so long, if not before: its next
   * life may be about to join, which gave up the former one.
   */
  static final Duration GIVEN_UP = Duration.ofSeconds(5);

  /** What holds unless the settings say otherwise. */
  public static final HostPatience DEFAULT =
      new HostPatience(Duration.ofSeconds(15), Duration.ofMinutes(15));

  /** With the usual time for a restart. */
  public HostPatience(Duration silence, Duration grace) {
    this(silence, grace, RESTART);
  }

  /**
   * Checks the times.
   *
   * @throws IllegalArgumentException naming the setting that is out of range
   */
  public HostPatience {
    if (silence.compareTo(LEAST) < 0) {
      throw new IllegalArgumentException(
          "selkie.hosts.silence is " + silence.toMillis() + " ms: use 6 seconds or more");
    }
    if (grace.compareTo(silence) < 0) {
      throw new IllegalArgumentException(
          "selkie.hosts.grace is " + grace.toMillis() + " ms: use selkie.hosts.silence or more");
    }
    if (restart.isNegative()) {
      throw new IllegalArgumentException(
          "selkie.hosts.restart is " + restart.toMillis() + " ms: use 0 or more");
    }
  }
}
