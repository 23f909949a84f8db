package io.selkie.sector;

import io.selkie.scheduler.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a failed task is tried again by itself.
 *
 * @param retries how often in a row, 0 or more
 * @param first wait before the first of them; each further one waits twice as long
 * @param longest no wait is longer
 */
public record RetryPolicy(int retries, Duration first, Duration longest) {
  private static final int MOST_DOUBLINGS = 20;

  /**
   * The time of the next attempt. What the host did not try is tried again for ever: its scheduler
   * knows when.
   *
   * @param failures in a row, this one included if it was tried
   * @return empty if the task is not tried again
   */
  Optional<Instant> next(Failure failure, int failures, Instant now) {
    if (!failure.wasTried()) {
      return Optional.of(now.plus(first));
    }
    if (failure.action() != Failure.Action.RETRY || failures > retries) {
      return Optional.empty();
    }
    Duration wait = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return Optional.of(now.plus(wait.compareTo(longest) < 0 ? wait : longest));
  }
}
