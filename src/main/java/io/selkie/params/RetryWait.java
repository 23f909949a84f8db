package io.selkie.params;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long to wait before a gateway is asked again. */
final class RetryWait {
  private static final int MAX_SHIFT = 16;

  private RetryWait() {}

  /** 1 s after the first attempt, doubled after each further one. */
  static Duration after(int attempt) {
    return Duration.ofSeconds(1L << Math.min(attempt - 1, MAX_SHIFT));
  }

  /** The wait that {@code Retry-After} asks for, in seconds or until a date; empty if none. */
  static Optional<Duration> asked(HttpHeaders headers, Clock clock) {
    Optional<String> header = headers.firstValue("Retry-After").map(String::strip);
    if (header.isEmpty()) {
      return Optional.empty();
    }
    try {
      Duration wait =
          header.get().matches("\\d{1,9}")
              ? Duration.ofSeconds(Long.parseLong(header.get()))
              : Duration.between(
                  clock.instant(),
                  ZonedDateTime.parse(header.get(), DateTimeFormatter.RFC_1123_DATE_TIME)
                      .toInstant());
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
