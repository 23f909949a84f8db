package io.selkie.lotus.wire;

import java.util.List;
import java.util.Map;

/**
 * A worker, as it registers.
 *
 * @param ignoreResources whether the miner's scheduler looks at nothing but the most tasks at once
 */
public record WorkerInfo(String hostname, boolean ignoreResources, WorkerResources resources) {
  /**
   * A worker that counts memory and devices itself, and has the miner count tasks alone.
   *
   * @param memory bytes; a miner's listing of workers divides by it
   * @param most by task and by the id of the seal proof type
   */
  public static WorkerInfo ofMostTasks(
      String hostname, long memory, Map<LotusTask, Map<Integer, TaskResources>> most) {
    int threads = Runtime.getRuntime().availableProcessors();
    return new WorkerInfo(
        hostname, true, new WorkerResources(memory, 0, 0, 0, threads, List.of(), most));
  }
}
