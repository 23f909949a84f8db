package io.selkie.lotus;

import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.lotus.wire.TaskTypes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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
  private volatile boolean lackedRoom;

  /** Sectors that have all of their pieces, as far as this process has heard. */
  private final Set<SectorId> full = ConcurrentHashMap.newKeySet();

  private volatile boolean handedOver;
  private volatile Optional<SectorSize> sectorSize = Optional.empty();

  /** Ends when this host answers as a worker. */
  private volatile CompletableFuture<Void> held = new CompletableFuture<>();

  /** This host has the link, and answers as this worker. */
  void hold(UUID worker) {
    session = Optional.of(worker);
    held.complete(null);
  }

  /** Another host has the link, or none. */
  void release() {
    session = Optional.empty();
    held = new CompletableFuture<>();
  }

  /**
   * What this host answers as a worker. A miner that did not notice how its worker started again
   * asks at any moment what it takes, and one without paths and tasks gets nothing, until something
   * else happens to the miner.
   *
   * @param patience after which it is said as it is
   */
  <T> CompletionStage<T> onceHeld(Duration patience, Supplier<T> answer) {
    return held.copy()
        .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(nothing -> answer.get());
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
    FarmCapacity before = capacity;
    full.removeIf(sector -> before.sectors().contains(sector) && !now.sectors().contains(sector));
    capacity = now;
  }

  /** Nobody adds a piece to this sector any more. */
  void hasItsPieces(SectorId sector) {
    full.add(sector);
  }

  FarmCapacity capacity() {
    return capacity;
  }

  /** What the farm takes, less what the miner's operator has turned off. */
  TaskTypes taskTypes() {
    Set<LotusTask> tasks = EnumSet.noneOf(LotusTask.class);
    tasks.addAll(capacity.tasks());
    if (takesPieces(capacity)) {
      tasks.add(LotusTask.ADD_PIECE);
    } else {
      lackedRoom = true;
    }
    tasks.removeAll(disabledTasks);
    return new TaskTypes(tasks);
  }

  /**
   * A miner cannot be told of which sectors pieces are taken. While one of those that are here may
   * lack some, they are taken of all, and a new sector waits here for its room.
   */
  private boolean takesPieces(FarmCapacity now) {
    return now.slots().containsKey(LotusTask.ADD_PIECE)
        && (now.room() || !full.containsAll(now.sectors()));
  }

  /** Whether the miner was told that there is no room for another sector, and there is now. */
  boolean hasRoomAgain() {
    return lackedRoom && takesPieces(capacity);
  }

  /** The miner is told anew. */
  void forgetLackOfRoom() {
    lackedRoom = false;
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
