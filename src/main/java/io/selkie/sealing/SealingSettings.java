package io.selkie.sealing;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * The settings {@code selkie.sealing}.
 *
 * @param ticketLookback epochs below the head from which the ticket is drawn
 * @param seedConfidence epochs above that of the seed before it is drawn
 * @param chainPoll how often the chain is asked for its head while an epoch is awaited
 * @param taskRepeat how long the answer of a task is waited for before it is asked for again
 * @param longestWait between two attempts at a chain that cannot be reached
 * @param stepsBack how often a sector may go back to an earlier phase by itself
 * @param idle after which the actor of a sector that has nothing to do is stopped
 */
public record SealingSettings(
    long ticketLookback,
    long seedConfidence,
    Duration chainPoll,
    Duration taskRepeat,
    Duration longestWait,
    int stepsBack,
    Duration idle) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the first that is out of range
   */
  public SealingSettings {
    requireAtLeast(1, ticketLookback, "ticket-lookback");
    requireAtLeast(0, seedConfidence, "seed-confidence");
    requireAtLeast(1, chainPoll.toMillis(), "chain-poll");
    requireAtLeast(1, taskRepeat.toMillis(), "task-repeat");
    requireAtLeast(1, longestWait.toMillis(), "longest-wait");
    requireAtLeast(0, stepsBack, "steps-back");
    requireAtLeast(1, idle.toMillis(), "idle");
  }

  private static void requireAtLeast(long least, long value, String key) {
    if (value < least) {
      throw new IllegalArgumentException(
          "selkie.sealing." + key + " must be at least " + least + ", got " + value);
    }
  }

  /** Reads the settings from a whole configuration. */
  public static SealingSettings of(Config whole) {
    Config config = whole.getConfig("selkie.sealing");
    return new SealingSettings(
        config.getLong("ticket-lookback"),
        config.getLong("seed-confidence"),
        config.getDuration("chain-poll"),
        config.getDuration("task-repeat"),
        config.getDuration("longest-wait"),
        config.getInt("steps-back"),
        config.getDuration("idle"));
  }
}
