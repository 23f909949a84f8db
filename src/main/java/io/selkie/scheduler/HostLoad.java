package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorSpace;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a host has on against its limits: whether one more task fits, and if not, the first limit in
 * its way. The scheduler decides with it, and the worker looks once more before it begins. Made for
 * one decision; no clock, no I/O.
 */
public final class HostLoad {
  /** Stands in a reason that no end of another task mends. */
  public static final String TOO_LITTLE_MEMORY = "has too little memory: ";

  /** Likewise. */
  public static final String RUNS_NO_TASKS = "runs no tasks (selkie.max-tasks is 0)";

  private static final List<TaskKind> KINDS = List.of(TaskKind.values());

  private final HostId host;
  private final HostLimits limits;
  private final Optional<String> unfit;
  private final Map<SectorId, HostSector> here = new HashMap<>();
  private final Set<SectorId> coming = new HashSet<>();
  private final Set<SectorId> unsealing = new HashSet<>();
  private final Map<SectorSpace.Part, Long> charged = new EnumMap<>(SectorSpace.Part.class);
  private final int counted;
  private final int sealed;
  private final Map<TaskKind, Integer> running = new EnumMap<>(TaskKind.class);
  private int placed;
  private long memory;
  private long keptMemory;
  private String keptFor = "";

  /** A limit; those that are met first come first. */
  public enum Limit {
    /** What the operator wants of the host. */
    ORDERS,
    /** The host itself needs its operator. */
    FITNESS,
    /** The host does not offer the phase. */
    OFFER,
    /** {@code --parallel-*}. */
    SLOTS,
    /** {@code --max-tasks}. */
    PLACES,
    /** {@code --max-tasks} and {@code --transfer-buffer}. */
    SECTORS,
    /** Disk space for the rest of the pipeline. */
    DISK,
    /** GPUs, or shares of the processor. */
    DEVICES,
    /** Memory of provers. */
    MEMORY
  }

  /**
   * A task on the host, or to come.
   *
   * @param proofType empty where it is not known; it is counted with the whole memory of the host
   */
  public record Load(TaskKind kind, SectorId sector, Optional<SealProofType> proofType) {}

  /**
   * Why a task cannot begin on the host.
   *
   * @param passing whether it can once others have ended
   * @param text one sentence for the operator, which names the limit, its value and its setting;
   *     made only if it is wanted, and before anything else changes on the host
   */
  public record Refusal(Limit limit, boolean passing, Supplier<String> text) {
    /** The sentence. */
    public String reason() {
      return text.get();
    }
  }

  /**
   * A host on which nothing runs.
   *
   * @param here sectors that it has or works on
   * @param unfit why it takes no work, if it does not
   */
  public HostLoad(
      HostId host, HostLimits limits, Collection<HostSector> here, Optional<String> unfit) {
    this.host = host;
    this.limits = limits;
    this.unfit = unfit;
    here.forEach(sector -> this.here.put(sector.sector(), sector));
    int all = 0;
    int finished = 0;
    for (HostSector sector : this.here.values()) {
      all += sector.counts() ? 1 : 0;
      finished += sector.presence() == HostSector.Presence.SEALED ? 1 : 0;
    }
    this.counted = all;
    this.sealed = finished;
  }

  /** The task is on the host, whether it fits or not. */
  public void add(Load load) {
    running.merge(load.kind().pool(), 1, Integer::sum);
    placed += load.kind().takesPlace() ? 1 : 0;
    memory += memory(load);
    if (bringsNew(load)) {
      coming.add(load.sector());
      proofType(load).ifPresent(type -> charge(needs(load, type)));
    } else if (load.kind() == TaskKind.UNSEAL
        && !isKeptForUnsealing(load.sector())
        && unsealing.add(load.sector())) {
      proofType(load).ifPresent(type -> charge(SectorSpace.unsealing(type)));
    }
  }

  /** The sector is on its way here, with all that it needs from then on. */
  void comes(SectorId sector, Optional<SealProofType> type) {
    if (!isHere(sector)) {
      coming.add(sector);
      type.ifPresent(known -> charge(SectorSpace.peak(known, SectorSpace.Stage.SEALING)));
    }
  }

  /** Why a sector that was begun elsewhere cannot come here to go on; empty if it can. */
  public Optional<Refusal> refusalToCome(Load next) {
    Load first = new Load(TaskKind.PRE_COMMIT_1, next.sector(), next.proofType());
    return unfit
        .map(
            why ->
                new Refusal(Limit.FITNESS, true, () -> "host " + host + " takes no work: " + why))
        .or(() -> offer(next.kind()))
        .or(() -> isHere(next.sector()) ? Optional.empty() : sectors(first).or(() -> disk(first)))
        .or(() -> tooLittleMemory(next));
  }

  /** A prover of the task is ended before another begins: files of its sector stay. */
  void remove(Load load) {
    running.merge(load.kind().pool(), -1, Integer::sum);
    placed -= load.kind().takesPlace() ? 1 : 0;
    memory -= memory(load);
  }

  /** Memory that comes free is kept for that task from here on. */
  void keepMemory(Load load) {
    keptMemory += memory(load);
    keptFor = load.kind() + " of " + load.sector();
  }

  boolean keepsMemory() {
    return keptMemory > 0;
  }

  private void charge(Map<SectorSpace.Part, Long> bytes) {
    bytes.forEach((part, more) -> charged.merge(part, more, Long::sum));
  }

  /** What a sector that comes here may write; of one that was parked, what is still to come. */
  private Map<SectorSpace.Part, Long> needs(Load load, SealProofType type) {
    return Optional.ofNullable(here.get(load.sector()))
        .filter(known -> known.presence() == HostSector.Presence.PARKED)
        .map(HostSector::rest)
        .orElseGet(
            () ->
                SectorSpace.peak(
                    type,
                    load.kind().isUpdate()
                        ? SectorSpace.Stage.UPDATING
                        : SectorSpace.Stage.SEALING));
  }

  private boolean isKeptForUnsealing(SectorId sector) {
    return Optional.ofNullable(here.get(sector)).map(HostSector::unsealing).orElse(false);
  }

  private Optional<SealProofType> proofType(Load load) {
    return load.proofType()
        .or(() -> Optional.ofNullable(here.get(load.sector())).map(HostSector::proofType));
  }

  private long memory(Load load) {
    // Of a prover of unknown size nothing better is known than that it fits.
    return proofType(load)
        .map(type -> limits.needs().bytes(load.kind(), type.sectorSize()))
        .orElse(load.kind().takesPlace() ? limits.memory() : 0);
  }

  /** Tasks of the kind, and of all that share its pool. */
  int inUse(TaskKind kind) {
    return running.getOrDefault(kind.pool(), 0);
  }

  /** Adds those that are here or come. */
  void sectorsTo(Set<SectorId> all) {
    all.addAll(here.keySet());
    all.addAll(coming);
  }

  /** Whether tasks of the kind run here at all. */
  boolean offers(TaskKind kind) {
    return limits.maxTasks() > 0 && (!kind.isPooled() || limits.slots(kind) > 0);
  }

  /** How many phases in a row a sector can do here, from this one on up to Commit1. */
  int way(TaskKind begins) {
    int way = 0;
    for (TaskKind kind : TaskKind.values()) {
      if (kind.isPhase()
          && kind.isPooled()
          && kind.needsFiles()
          && kind.compareTo(begins.pool()) >= 0) {
        if (!offers(kind)) {
          return way;
        }
        way++;
      }
    }
    return way;
  }

  /** Free slots of the kind; of one without slots the free places. */
  int room(TaskKind kind) {
    return kind.isPooled() ? limits.slots(kind) - inUse(kind) : limits.maxTasks() - places();
  }

  /** How many sectors more may come. */
  int roomForSectors() {
    return limits.maxSectors() - counted - coming.size();
  }

  /** Why the task cannot begin now; empty if it can. */
  public Optional<Refusal> refusal(Load load) {
    TaskKind kind = load.kind();
    if (!kind.takesPlace()) {
      return Optional.empty();
    }
    return unfit
        .map(
            why ->
                new Refusal(Limit.FITNESS, true, () -> "host " + host + " takes no work: " + why))
        .or(() -> offer(kind))
        .or(() -> slots(kind))
        .or(this::freePlaces)
        .or(() -> sectors(load))
        .or(() -> disk(load))
        .or(() -> devices(kind))
        .or(() -> memoryFor(load));
  }

  private Optional<Refusal> offer(TaskKind kind) {
    return kind.isPooled() && limits.slots(kind) <= 0
        ? Optional.of(
            new Refusal(
                Limit.OFFER,
                false,
                () -> "host " + host + " does not offer " + kind + " (" + setting(kind) + " is 0)"))
        : Optional.empty();
  }

  static String setting(TaskKind kind) {
    return "selkie.parallel." + kind.pool().toString().toLowerCase(Locale.ROOT);
  }

  private Optional<Refusal> slots(TaskKind kind) {
    return kind.isPooled() && inUse(kind) >= limits.slots(kind)
        ? Optional.of(
            new Refusal(
                Limit.SLOTS,
                true,
                () ->
                    String.format(
                        "waits for a free %s slot on host %s (%d of %d in use; %s)",
                        kind, host, inUse(kind), limits.slots(kind), setting(kind))))
        : Optional.empty();
  }

  private int places() {
    return placed + aboveTheBuffer();
  }

  /** Sealed sectors that wait to leave and find no room in the buffer keep their places. */
  private int aboveTheBuffer() {
    return Math.max(0, sealed - limits.transferBuffer());
  }

  private Optional<Refusal> freePlaces() {
    if (places() < limits.maxTasks()) {
      return Optional.empty();
    }
    return Optional.of(new Refusal(Limit.PLACES, limits.maxTasks() > 0, this::allPlacesAreTaken));
  }

  private String allPlacesAreTaken() {
    int waiting = aboveTheBuffer();
    return limits.maxTasks() == 0
        ? "host " + host + " " + RUNS_NO_TASKS
        : String.format(
            "waits for a task on host %s to end (%d of %d in use%s; selkie.max-tasks)",
            host,
            places(),
            limits.maxTasks(),
            waiting == 0
                ? ""
                : ", "
                    + waiting
                    + " of them by sealed sectors above selkie.transfer-buffer "
                    + limits.transferBuffer());
  }

  private boolean isHere(SectorId sector) {
    return coming.contains(sector)
        || Optional.ofNullable(here.get(sector)).map(HostSector::counts).orElse(false);
  }

  private Optional<Refusal> sectors(Load load) {
    int sectors = counted + coming.size();
    return bringsNew(load) && sectors >= limits.maxSectors()
        ? Optional.of(
            new Refusal(
                Limit.SECTORS,
                true,
                () ->
                    String.format(
                        "waits for a sector to leave host %s (%d of %d have files there;"
                            + " selkie.max-tasks %d + selkie.transfer-buffer %d)",
                        host,
                        sectors,
                        limits.maxSectors(),
                        limits.maxTasks(),
                        limits.transferBuffer())))
        : Optional.empty();
  }

  private Optional<Refusal> disk(Load load) {
    Optional<SealProofType> type = proofType(load);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    if (load.kind() == TaskKind.UNSEAL) {
      return isKeptForUnsealing(load.sector()) || unsealing.contains(load.sector())
          ? Optional.empty()
          : disk(SectorSpace.unsealing(type.get()), "unsealing " + load.sector());
    }
    return bringsNew(load)
        ? disk(
            needs(load, type.get()),
            (load.kind().isUpdate() ? "updating" : "sealing")
                + " a sector of "
                + type.get().sectorSize())
        : Optional.empty();
  }

  private Optional<Refusal> disk(Map<SectorSpace.Part, Long> needs, String what) {
    for (HostLimits.Disk disk : limits.disks()) {
      long needed = disk.of(needs);
      long free = disk.free() - disk.of(charged);
      if (needed > free) {
        return Optional.of(
            new Refusal(
                Limit.DISK,
                true,
                () ->
                    String.format(
                        "waits for disk space on host %s: %s takes up to %s below %s, where %s are free"
                            + " and not kept for other sectors",
                        host, what, Amount.of(needed), disk.path(), Amount.of(free))));
      }
    }
    return Optional.empty();
  }

  private Optional<Refusal> devices(TaskKind kind) {
    int leases = limits.devices().leases();
    int used = inUse(TaskKind.PRE_COMMIT_2) + inUse(TaskKind.COMMIT_2);
    if (!kind.needsDevice() || used < leases) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            Limit.DEVICES,
            leases > 0,
            () ->
                String.format(
                    limits.devices().gpu()
                        ? "waits for a free GPU on host %s (%d of %d in use; PreCommit2 and Commit2"
                            + " take one each)"
                        : "waits for its turn on the processor of host %s (%d of %d in use;"
                            + " selkie.gpu.cpu-leases, one for each PreCommit2 and Commit2)",
                    host,
                    used,
                    leases)));
  }

  /**
   * A sector that comes here stays: what it needs later has to fit too, or it is stuck for ever.
   */
  private Optional<Refusal> tooLittleMemory(Load load) {
    return tooLarge(load)
        .map(
            large ->
                new Refusal(
                    Limit.MEMORY,
                    false,
                    () ->
                        String.format(
                            "host %s "
                                + TOO_LITTLE_MEMORY
                                + "%s is counted with %s, and the host uses up to %s"
                                + " (selkie.memory)",
                            host,
                            name(large),
                            Amount.of(memory(large)),
                            Amount.of(limits.memory()))));
  }

  private Optional<Refusal> memoryFor(Load load) {
    Optional<Refusal> never = tooLittleMemory(load);
    if (never.isPresent()) {
      return never;
    }
    long needed = memory(load);
    long free = limits.memory() - memory - keptMemory;
    if (needed <= free) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            Limit.MEMORY,
            true,
            () ->
                String.format(
                    "waits for memory on host %s: %s is counted with %s, of %s are %s free%s"
                        + " (selkie.memory)",
                    host,
                    name(load),
                    Amount.of(needed),
                    Amount.of(limits.memory()),
                    Amount.of(free),
                    keptMemory == 0
                        ? ""
                        : ", " + Amount.of(keptMemory) + " are kept for " + keptFor)));
  }

  /**
   * The task, or a later one of a new sector, that the host has too little memory for altogether.
   */
  private Optional<Load> tooLarge(Load load) {
    boolean bringsNew = bringsNew(load);
    for (TaskKind kind : KINDS) {
      if (kind == load.kind() || (bringsNew && isLater(kind, load.kind()))) {
        Load later = new Load(kind, load.sector(), proofType(load));
        if (memory(later) > limits.memory()) {
          return Optional.of(later);
        }
      }
    }
    return Optional.empty();
  }

  private boolean bringsNew(Load load) {
    return load.kind().bringsFiles() && !isHere(load.sector());
  }

  private boolean isLater(TaskKind kind, TaskKind than) {
    return kind.isPooled()
        && kind.isUpdate() == than.isUpdate()
        && kind.compareTo(than) > 0
        && limits.slots(kind) > 0;
  }

  private String name(Load load) {
    return load.kind()
        + proofType(load).map(type -> " of a " + type.sectorSize() + " sector").orElse("");
  }
}
