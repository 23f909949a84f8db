package io.selkie.lotus.wire;

/**
 * A worker, as it registers.
 *
 * @param ignoreResources whether the miner's scheduler looks at nothing but the most tasks at once
 */
public record WorkerInfo(String hostname, boolean ignoreResources, WorkerResources resources) {}
