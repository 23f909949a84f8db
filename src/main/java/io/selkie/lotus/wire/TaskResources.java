package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a task needs (LOTUS_WORKER_PROTOCOL.md 14.4). Memory is in bytes.
 *
 * @param minMemory has to be RAM
 * @param maxMemory may be swap
 * @param gpuUtilization share of a GPU
 * @param maxParallelism threads; 0: none; -1: most of them
 * @param maxParallelismGpu threads if a GPU is used
 * @param baseMinMemory more of it, shared by all such tasks
 * @param maxConcurrent tasks at once; 0: any number
 */
public record TaskResources(
    long minMemory,
    long maxMemory,
    @JsonProperty("GPUUtilization") double gpuUtilization,
    int maxParallelism,
    @JsonProperty("MaxParallelismGPU") int maxParallelismGpu,
    long baseMinMemory,
    int maxConcurrent) {
  /** Nothing but a limit: for workers that are asked to ignore resources. */
  public static TaskResources atMost(int maxConcurrent) {
    return new TaskResources(0, 0, 0, 0, 0, 0, maxConcurrent);
  }
}
