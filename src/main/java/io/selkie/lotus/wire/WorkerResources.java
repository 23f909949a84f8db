package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What a worker has and its tasks need. Memory is in bytes.
 *
 * @param cpus threads
 * @param gpus their names
 * @param resources by task and by the id of the seal proof type; what is missing is as in the
 *     miner's own table
 */
public record WorkerResources(
    long memPhysical,
    long memUsed,
    long memSwap,
    long memSwapUsed,
    @JsonProperty("CPUs") long cpus,
    @JsonProperty("GPUs") List<String> gpus,
    Map<LotusTask, Map<Integer, TaskResources>> resources) {}
