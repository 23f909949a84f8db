package io.selkie.lotus.wire;

/**
 * How a path is.
 *
 * @param err empty: well
 */
public record HealthReport(FsStat stat, String err) {}
