package io.selkie.scheduler;

import io.selkie.serialization.NodeMessage;
import io.selkie.storage.SectorSpace;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a host may use, and what of it that others may take too is free: all limits hold at once.
 *
 * @param slots how many tasks of each pool run at once, by the phase that it is for ({@link
 *     TaskKind#pool}); absent or 0: the host does not offer the kind
 * @param maxTasks how many tasks that take a place ({@link TaskKind#takesPlace}) run at once; 0:
 *     none, the host only drains. There is no value for "no limit"
 * @param transferBuffer sealed sectors that may wait for their transfer without taking a place;
 *     with {@code maxTasks} the most sectors that have files on the host
 * @param memory bytes that its provers may use together
 * @param needs what each task is counted with
 * @param devices on which PreCommit2, Commit2 and what shares their pools run, one at a time each
 * @param disks the file systems that sectors lie on
 */
public record HostLimits(
    Map<TaskKind, Integer> slots,
    int maxTasks,
    int transferBuffer,
    long memory,
    TaskMemory needs,
    Devices devices,
    List<Disk> disks)
    implements NodeMessage {
  /** Map and list are copied. */
  public HostLimits {
    slots = Map.copyOf(slots);
    disks = List.copyOf(disks);
  }

  /**
   * What proofs are made on.
   *
   * @param leases how many PreCommit2 and Commit2 at once
   * @param gpu whether they are GPUs; otherwise they are shares of the processor
   */
  public record Devices(int leases, boolean gpu) {}

  /**
   * A file system.
   *
   * @param path a directory on it, for the operator
   * @param parts of sectors that lie there
   * @param free bytes that are neither used nor kept for sectors that are here already; below 0
   *     where those may come short
   */
  public record Disk(String path, Set<SectorSpace.Part> parts, long free) {
    /** The set is copied. */
    public Disk {
      parts = Set.copyOf(parts);
    }

    /** How many of the bytes belong here. */
    long of(Map<SectorSpace.Part, Long> bytes) {
      return parts.stream().mapToLong(part -> bytes.getOrDefault(part, 0L)).sum();
    }
  }

  /** Slots of a kind, which it shares with all of its pool; 0: not offered. */
  public int slots(TaskKind kind) {
    return slots.getOrDefault(kind.pool(), 0);
  }

  /** The most sectors that have files on the host. */
  public int maxSectors() {
    return (int) Math.min(Integer.MAX_VALUE, (long) maxTasks + transferBuffer);
  }

  /** The same with so much less free. */
  public HostLimits keeping(Map<SectorSpace.Part, Long> bytes) {
    return withDisks(
        disks.stream()
            .map(disk -> new Disk(disk.path(), disk.parts(), disk.free() - disk.of(bytes)))
            .toList());
  }

  /** The same with other disks. */
  public HostLimits withDisks(List<Disk> now) {
    return new HostLimits(slots, maxTasks, transferBuffer, memory, needs, devices, now);
  }
}
