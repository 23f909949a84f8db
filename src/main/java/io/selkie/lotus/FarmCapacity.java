package io.selkie.lotus;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.TaskResources;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.TaskKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a farm takes as one worker of a miner: the sums over its hosts. The farm's own scheduler
 * minds memory and disks, so the miner is asked to mind nothing but these numbers.
 *
 * @param slots tasks of a type at once; a type with none is absent, since 0 means any number to a
 *     miner
 * @param memory bytes that provers may use
 * @param room whether a host that adds pieces takes another sector now
 * @param sectors that take such room
 */
record FarmCapacity(
    Map<LotusTask, Integer> slots, long memory, boolean room, Set<SectorId> sectors) {
  /** Nothing. */
  static final FarmCapacity NONE = new FarmCapacity(Map.of(), 0, false, Set.of());

  private static final int TO_A_MINER_ANY = 0;

  private static final Map<TaskKind, LotusTask> POOLED =
      Map.of(
          TaskKind.ADD_PIECE, LotusTask.ADD_PIECE,
          TaskKind.PRE_COMMIT_1, LotusTask.PRE_COMMIT_1,
          TaskKind.PRE_COMMIT_2, LotusTask.PRE_COMMIT_2,
          TaskKind.COMMIT_1, LotusTask.COMMIT_1,
          TaskKind.COMMIT_2, LotusTask.COMMIT_2,
          TaskKind.REPLICA_UPDATE, LotusTask.REPLICA_UPDATE,
          TaskKind.PROVE_REPLICA_UPDATE_1, LotusTask.PROVE_REPLICA_UPDATE_1,
          TaskKind.PROVE_REPLICA_UPDATE_2, LotusTask.PROVE_REPLICA_UPDATE_2);

  /** What is bounded as a pool is, and done beside it. */
  private static final Map<LotusTask, TaskKind> BOUNDED_LIKE =
      Map.of(
          LotusTask.DATA_CID, TaskKind.ADD_PIECE,
          LotusTask.DOWNLOAD_SECTOR, TaskKind.ADD_PIECE,
          LotusTask.UNSEAL, TaskKind.PRE_COMMIT_1);

  /** What a farm does beside its pools, wherever it has a sector. */
  private static final Set<LotusTask> UNBOUNDED =
      Set.of(
          LotusTask.FINALIZE,
          LotusTask.FINALIZE_UNSEALED,
          LotusTask.FINALIZE_REPLICA_UPDATE,
          LotusTask.FETCH);

  FarmCapacity {
    slots = Map.copyOf(slots);
    sectors = Set.copyOf(sectors);
  }

  /** Of the hosts that take work. */
  static FarmCapacity of(List<HostStatus> hosts) {
    Map<LotusTask, Integer> slots = new EnumMap<>(LotusTask.class);
    long memory = 0;
    boolean room = false;
    Set<SectorId> sectors = new HashSet<>();
    for (HostStatus host : hosts) {
      if (host.mode() != HostMode.OPEN
          || host.loss().isPresent()
          || host.unfit().isPresent()
          || host.limits().isEmpty()) {
        continue;
      }
      HostLimits limits = host.limits().get();
      memory += limits.memory();
      host.sectors().stream().filter(HostSector::counts).forEach(one -> sectors.add(one.sector()));
      room |= limits.slots(TaskKind.ADD_PIECE) > 0 && sectors(host) < limits.maxSectors();
      POOLED.forEach((kind, task) -> add(slots, task, limits, kind));
      BOUNDED_LIKE.forEach((task, kind) -> add(slots, task, limits, kind));
    }
    return new FarmCapacity(slots, memory, room, sectors);
  }

  private static void add(
      Map<LotusTask, Integer> slots, LotusTask task, HostLimits limits, TaskKind kind) {
    int own = Math.min(limits.slots(kind), limits.maxTasks());
    if (own > 0) {
      slots.merge(task, own, Integer::sum);
    }
  }

  private static long sectors(HostStatus host) {
    return host.sectors().stream().filter(HostSector::counts).count();
  }

  /** The types of tasks that it takes: a miner asks before each of its decisions. */
  Set<LotusTask> tasks() {
    Set<LotusTask> tasks = EnumSet.noneOf(LotusTask.class);
    if (!slots.isEmpty()) {
      tasks.addAll(slots.keySet());
      tasks.addAll(UNBOUNDED);
    }
    if (!room) {
      tasks.remove(LotusTask.ADD_PIECE);
    }
    return tasks;
  }

  /**
   * The bounds as a miner reads them, for every kind of sector of this size. Pieces have none:
   * those of sectors that the farm has no room for yet wait here, and would keep the next pieces of
   * the sectors that fill it at the miner for ever.
   */
  Map<LotusTask, Map<Integer, TaskResources>> resources(SectorSize size) {
    List<Integer> types = new ArrayList<>();
    Stream.of(SealProofType.values())
        .filter(type -> type.sectorSize() == size)
        .forEach(type -> types.add(type.id()));
    Map<LotusTask, Map<Integer, TaskResources>> all = new EnumMap<>(LotusTask.class);
    slots.forEach(
        (task, most) -> {
          Map<Integer, TaskResources> rows = new HashMap<>();
          int bound = task == LotusTask.ADD_PIECE ? TO_A_MINER_ANY : most;
          types.forEach(type -> rows.put(type, TaskResources.atMost(bound)));
          all.put(task, rows);
        });
    return all;
  }

  /**
   * Whether a miner that knows the other has to be told: it reads the numbers once, when a worker
   * registers. By design a tenth of a difference is not worth that.
   */
  boolean differsMuchFrom(FarmCapacity other) {
    if (!slots.keySet().equals(other.slots.keySet())) {
      return true;
    }
    return slots.entrySet().stream()
        .anyMatch(
            slot -> {
              int before = other.slots.getOrDefault(slot.getKey(), 0);
              return Math.abs(slot.getValue() - before) * 10 > before;
            });
  }
}
