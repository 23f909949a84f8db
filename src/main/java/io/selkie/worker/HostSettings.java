package io.selkie.worker;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskMemory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The limits of a host as its operator gives them.
 *
 * @param slots how many tasks of each pooled kind run at once
 * @param maxTasks how many tasks in all; 0: none
 * @param transferBuffer sealed sectors that may wait for their transfer
 * @param sharedDirectory whether the repo is shared (cache-mode 1), so that no sector is ever moved
 * @param memory bytes for provers
 * @param needs what each task is counted with
 * @param gpu whether provers may use GPUs
 * @param cpuLeases how many provers share the processor where a GPU would take turns
 */
public record HostSettings(
    Map<TaskKind, Integer> slots,
    int maxTasks,
    int transferBuffer,
    boolean sharedDirectory,
    long memory,
    TaskMemory needs,
    boolean gpu,
    int cpuLeases) {
  private static final int MOST = 10_000;
  private static final Map<TaskKind, String> PARALLEL =
      Map.of(
          TaskKind.ADD_PIECE, "addpiece",
          TaskKind.PRE_COMMIT_1, "precommit1",
          TaskKind.PRE_COMMIT_2, "precommit2",
          TaskKind.COMMIT_1, "commit1",
          TaskKind.COMMIT_2, "commit2");

  /** The map is copied. */
  public HostSettings {
    slots = Map.copyOf(slots);
  }

  /**
   * Reads the settings.
   *
   * @param selkie the settings below {@code selkie}
   * @param environment for Lotus's variables of memory
   * @throws IllegalArgumentException if one is wrong; one line that names it
   */
  public static HostSettings of(Config selkie, Map<String, String> environment) {
    Map<TaskKind, Integer> slots = new EnumMap<>(TaskKind.class);
    PARALLEL.forEach((kind, name) -> slots.put(kind, number(selkie, "parallel." + name, 0, MOST)));
    return new HostSettings(
        slots,
        number(selkie, "max-tasks", 0, MOST),
        number(selkie, "transfer-buffer", 0, MOST),
        number(selkie, "cache-mode", 0, 1) == 1,
        memory(selkie),
        TaskMemory.of(environment),
        selkie.getBoolean("gpu.enabled"),
        number(selkie, "gpu.cpu-leases", 1, MOST));
  }

  private static long memory(Config selkie) {
    if (selkie.getString("memory").equals("auto")) {
      return HostMemory.ofThisHost().forProvers();
    }
    try {
      long bytes = selkie.getBytes("memory");
      if (bytes >= 0) {
        return bytes;
      }
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          "selkie.memory is " + selkie.getString("memory") + ": use auto, or bytes such as 512 GiB",
          e);
    }
    throw new IllegalArgumentException("selkie.memory is below 0: use auto, or bytes");
  }

  private static int number(Config selkie, String key, int least, int most) {
    int value = selkie.getInt(key);
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "selkie." + key + " is " + value + ": use " + least + " to " + most);
    }
    return value;
  }

  /**
   * As the scheduler is told; the disks are looked at later.
   *
   * @param devices that were found
   */
  public HostLimits limits(List<Device> devices) {
    boolean gpus = devices.stream().anyMatch(Device::isGpu);
    return new HostLimits(
        slots,
        maxTasks,
        transferBuffer,
        memory,
        needs,
        new HostLimits.Devices(devices.size(), gpus),
        List.of());
  }
}
