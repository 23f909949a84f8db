package io.selkie.lotus.streams;

import java.time.Duration;

/**
 * How long streams are waited for.
 *
 * @param pairing a call waits so long for its caller's HEAD, a HEAD for the call that announces it,
 *     and a task for the bytes that it asked for
 * @param stall bytes that were asked for may pause so long
 * @param strangers how many streams are held at once that no call has announced
 */
public record StreamLimits(Duration pairing, Duration stall, int strangers) {
  /** So many of them may one address have. */
  int strangersOfOne() {
    return Math.max(1, strangers / 4);
  }

  /** Those of Lotus, which has none of the last two. */
  public static final StreamLimits USUAL =
      new StreamLimits(Duration.ofSeconds(30), Duration.ofMinutes(2), 256);
}
