package io.selkie.post;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How proofs of spacetime read sectors: {@code selkie.post.*}.
 *
 * @param parallelReads sectors that are read at once, over all disks and other hosts
 * @param readTimeout how long one of them may take before it counts as unreadable
 */
public record PostSettings(int parallelReads, Duration readTimeout) {
  private static final int MOST_READS = 1000;

  /**
   * Reads the settings.
   *
   * @param config all settings
   * @throws IllegalArgumentException if one is out of range; one line that names it
   */
  public static PostSettings of(Config config) {
    int reads = config.getInt("selkie.post.parallel-reads");
    if (reads < 1 || reads > MOST_READS) {
      throw new IllegalArgumentException(
          "selkie.post.parallel-reads is " + reads + ": use 1 to " + MOST_READS);
    }
    Duration timeout = config.getDuration("selkie.post.read-timeout");
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "selkie.post.read-timeout is " + timeout.toMillis() + " ms: use 1000 or more");
    }
    return new PostSettings(reads, timeout);
  }
}
