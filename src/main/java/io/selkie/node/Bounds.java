package io.selkie.node;

import com.typesafe.config.Config;
import java.time.Duration;

/** Settings that have to be in a range. A refusal is one line that names the setting. */
final class Bounds {
  private Bounds() {}

  /**
   * A number in a range.
   *
   * @param key the whole one, such as {@code selkie.prover.idle}
   * @throws IllegalArgumentException if it is out of range
   */
  static int number(Config config, String key, int least, int most) {
    int value = config.getInt(key);
    if (value < least || value > most) {
      throw new IllegalArgumentException(key + " is " + value + ": use " + least + " to " + most);
    }
    return value;
  }

  /**
   * A duration that is not too short.
   *
   * @param key the whole one, such as {@code selkie.cluster.pause}
   * @throws IllegalArgumentException if it is shorter than {@code least}
   */
  static Duration atLeast(Config config, String key, Duration least) {
    Duration value = config.getDuration(key);
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          key + " is " + value.toMillis() + " ms: use " + least.toMillis() + " or more");
    }
    return value;
  }
}
