package io.selkie.params;

import java.time.Duration;
import java.util.Optional;

/** How one request to a gateway ended. */
sealed interface Transfer {
  /** The part may be the whole file. */
  record Arrived() implements Transfer {}

  /** This request is done, and the next goes on where it ended. */
  record Continues() implements Transfer {}

  /** The gateway's ranges make no sense: ask for the whole file. */
  record BadRange(String reason) implements Transfer {}

  /** It may work later. */
  record Broken(String reason, Optional<Duration> retryAfter) implements Transfer {
    Broken(String reason) {
      this(reason, Optional.empty());
    }
  }

  /** This gateway is of no use for this file. */
  record Refused(String reason) implements Transfer {}
}
