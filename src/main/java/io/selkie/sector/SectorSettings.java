package io.selkie.sector;

import java.time.Duration;

/**
 * How a sector behaves.
 *
 * @param repeat how often what is under way is said again, in case it was not heard
 * @param passivateAfter without a word, a sector at rest leaves memory
 */
public record SectorSettings(RetryPolicy retries, Duration repeat, Duration passivateAfter) {}
