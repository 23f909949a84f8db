package io.selkie.lotus;

import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.lotus.wire.TaskTypes;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this host answers a miner from memory, whatever else it is at: a worker that takes more than
 * five seconds is disabled. It is empty where another host has the link.
 */
final class LinkBoard {
  private final Set<LotusTask> disabledTasks = ConcurrentHashMap.newKeySet();
  private volatile Optional<UUID> session = Optional.empty();
  private volatile FarmCapacity capacity = FarmCapacity.NONE;
  private volatile List<StoragePathInfo> paths = List.of();
  private volatile boolean enabled = true;
  private volatile boolean handedOver;
  private volatile Optional<SectorSize> sectorSize = Optional.empty();

  /** This host has the link, and answers as this worker. */
  void hold(UUID worker) {
    session = Optional.of(worker);
  }

  /** Another host has the link, or none. */
  void release() {
    session = Optional.empty();
  }

  /** Who this host answers as. */
  Optional<UUID> session() {
    return session;
  }

  /**
   * Whether the miner was told another address than this host's: then nobody will answer here as
   * the worker that it may still know.
   */
  void handOver(boolean yes) {
    handedOver = yes;
  }

  boolean isHandedOver() {
    return handedOver && session.isEmpty();
  }

  void put(FarmCapacity now) {
    capacity = now;
  }

  FarmCapacity capacity() {
    return capacity;
  }

  /** What the farm takes, less what the miner's operator has turned off. */
  TaskTypes taskTypes() {
    Set<LotusTask> tasks = EnumSet.noneOf(LotusTask.class);
    tasks.addAll(capacity.tasks());
    tasks.removeAll(disabledTasks);
    return new TaskTypes(tasks);
  }

  void enable(LotusTask task, boolean yes) {
    if (yes) {
      disabledTasks.remove(task);
    } else {
      disabledTasks.add(task);
    }
  }

  void putPaths(List<StoragePathInfo> now) {
    paths = List.copyOf(now);
  }

  List<StoragePathInfo> paths() {
    return paths;
  }

  /** Whether the miner's operator wants work to be given to it. */
  boolean isEnabled() {
    return enabled;
  }

  void setEnabled(boolean yes) {
    enabled = yes;
  }

  /** The miner's sectors are of this size. */
  void putSectorSize(SectorSize size) {
    sectorSize = Optional.of(size);
  }

  Optional<SectorSize> sectorSize() {
    return sectorSize;
  }
}
