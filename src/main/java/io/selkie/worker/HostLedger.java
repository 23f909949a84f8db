package io.selkie.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.HostSector.Presence;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.storage.DiskLedger;
import io.selkie.storage.SectorSpace;
import io.selkie.storage.SectorSpace.Stage;
import io.selkie.storage.SpaceGauge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sectors count for this host, and what of its disks is free for more. One small file for
 * each sector, written before the first job of the sector is made and removed when its files have
 * left, so that a crash forgets nobody who may still write. Any thread may call.
 *
 * <p>Whoever asks what the host has never waits for a disk: those who write it down wait for each
 * other, and what others are told changes once that is durable.
 */
public final class HostLedger implements HostMeans {
  private static final Logger LOG = LoggerFactory.getLogger(HostLedger.class);
  private static final ObjectMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();
  private static final String SUFFIX = ".json";
  private static final Comparator<SectorId> ORDER = Comparator.comparing(SectorId::toString);

  private final Path directory;
  private final SpaceGauge gauge;
  private final HostLimits fixed;
  private final BooleanSupplier sealedSectorsLeave;
  private final HostFitness fitness;

  /** Held by whoever writes a file, from the look at what there is until others see the change. */
  private final Object writing = new Object();

  private final Map<SectorId, Entry> entries = new TreeMap<>(ORDER);
  private final Set<TaskId.Attempt> running = new HashSet<>();
  private HostLimits limits;
  private boolean troubled;
  private volatile Optional<FileSource> files = Optional.empty();

  /**
   * A sector on the host, as it is written down.
   *
   * @param root the storage path that it is sealed on: what lies elsewhere has left
   * @param stage empty: the sector does not count, only a task of it is here, or its files
   * @param rest what the sector may still write, of one whose task was called off: nobody keeps
   *     that for it until somebody goes on with it
   */
  record Entry(
      SectorId sector,
      SealProofType proofType,
      Path root,
      Optional<Stage> stage,
      boolean unsealing,
      Optional<Map<SectorSpace.Part, Long>> rest) {
    private Entry visiting() {
      return new Entry(sector, proofType, root, Optional.empty(), unsealing, Optional.empty());
    }

    private Entry at(Stage now) {
      return new Entry(sector, proofType, root, Optional.of(now), unsealing, Optional.empty());
    }

    private Entry unsealing(boolean now) {
      return new Entry(sector, proofType, root, stage, now, rest);
    }

    private Entry parked(Map<SectorSpace.Part, Long> stillToCome) {
      return new Entry(
          sector, proofType, root, Optional.empty(), unsealing, Optional.of(stillToCome));
    }

    /** What is still to come of its sealing, of which so much is on disk. */
    private Map<SectorSpace.Part, Long> stillToCome(Map<SectorSpace.Part, Long> onDisk) {
      return DiskLedger.kept(new DiskLedger.Charge(proofType, stage, false, Map.of(), onDisk));
    }

    private boolean isSealing() {
      return stage.filter(at -> at != Stage.SEALED).isPresent();
    }

    /**
     * What it takes.
     *
     * @param ledger the root of those that have none: only a Commit2 of them is here
     */
    private DiskLedger.Charge charge(
        Path ledger, Map<SectorSpace.Part, String> devices, Map<SectorSpace.Part, Long> onDisk) {
      Optional<Stage> space =
          stage.isEmpty() && root.equals(ledger) ? Optional.of(Stage.VISITING) : stage;
      return new DiskLedger.Charge(proofType, space, unsealing, devices, onDisk);
    }

    private HostSector announced() {
      Presence presence =
          stage
              .map(at -> at == Stage.SEALED ? Presence.SEALED : Presence.SEALING)
              .orElse(rest.isPresent() ? Presence.PARKED : Presence.VISITING);
      return new HostSector(sector, proofType, presence, unsealing, rest.orElse(Map.of()));
    }
  }

  private HostLedger(
      Path directory,
      SpaceGauge gauge,
      HostLimits limits,
      BooleanSupplier sealedSectorsLeave,
      HostFitness fitness) {
    this.directory = directory;
    this.gauge = gauge;
    this.fixed = limits;
    this.limits = limits;
    this.sealedSectorsLeave = sealedSectorsLeave;
    this.fitness = fitness;
  }

  /**
   * The ledger of a host, with what earlier lives of the node wrote.
   *
   * @param directory of the node's own, made if it is not there
   * @param limits without disks
   * @param sealedSectorsLeave whether sealed sectors are moved to storage elsewhere: they count
   *     until they have left; otherwise until they are finalized
   */
  public static HostLedger open(
      Path directory,
      SpaceGauge gauge,
      HostLimits limits,
      BooleanSupplier sealedSectorsLeave,
      HostFitness fitness)
      throws IOException {
    HostLedger ledger = new HostLedger(directory, gauge, limits, sealedSectorsLeave, fitness);
    Files.createDirectories(directory);
    try (var files = Files.newDirectoryStream(directory, "s-*" + SUFFIX)) {
      for (Path file : files) {
        Entry entry = read(file);
        ledger.entries.put(entry.sector(), entry);
      }
    }
    return ledger;
  }

  private static Entry read(Path file) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(file), Entry.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          file
              + " is damaged: remove it once the sector has no files here, or write it anew by"
              + " hand",
          e);
    }
  }

  @Override
  public synchronized HostLimits limits() {
    return limits;
  }

  @Override
  public synchronized List<HostSector> sectors() {
    return entries.values().stream().map(Entry::announced).toList();
  }

  @Override
  public Optional<String> unfit() {
    return fitness.problem();
  }

  @Override
  public Optional<FileSource> files() {
    return files;
  }

  /** From now on other hosts can fetch from here. */
  public void servesFilesAt(FileSource source) {
    files = Optional.of(source);
  }

  /**
   * A sector comes from another host, and goes on here: written down before its first byte.
   *
   * @param root the storage path that it comes to
   */
  public void comes(SectorId sector, SealProofType type, Path root) throws IOException {
    synchronized (writing) {
      boolean counts =
          known(sector)
              .filter(entry -> entry.proofType() == type && entry.stage().isPresent())
              .isPresent();
      if (!counts) {
        put(new Entry(sector, type, root, Optional.of(Stage.SEALING), false, Optional.empty()));
      }
    }
  }

  /** A task is about to begin, or goes on: written down before it can write anything. */
  void begin(TaskId.Attempt attempt, TaskRequest request) throws IOException {
    if (!request.kind().takesPlace()) {
      return;
    }
    synchronized (this) {
      running.add(attempt);
    }
    synchronized (writing) {
      put(begun(attempt.sector(), request));
    }
  }

  private Entry begun(SectorId sector, TaskRequest request) throws IOException {
    TaskKind kind = request.kind();
    Optional<Entry> known =
        known(sector).filter(before -> before.proofType() == request.proofType());
    Entry entry =
        known.isPresent() && (known.get().stage().isPresent() || !kind.bringsFiles())
            ? known.get()
            : new Entry(
                sector,
                request.proofType(),
                // A Groth proof needs no storage path, and its host need not have one.
                kind.needsFiles() ? gauge.root(sector) : directory,
                Optional.empty(),
                known.map(Entry::unsealing).orElse(false),
                Optional.empty());
    if (kind == TaskKind.UNSEAL) {
      return entry.unsealing(true);
    }
    return kind.bringsFiles() ? entry.at(stage(sector, kind)) : entry;
  }

  private Stage stage(SectorId sector, TaskKind kind) throws IOException {
    if (kind.isUpdate() || (kind == TaskKind.ADD_PIECE && gauge.isSealed(sector))) {
      return Stage.UPDATING;
    }
    return kind == TaskKind.COMMIT_1 ? Stage.PROVING : Stage.SEALING;
  }

  private synchronized Optional<Entry> known(SectorId sector) {
    return Optional.ofNullable(entries.get(sector));
  }

  /** Nobody runs the task any more, whatever came of it. */
  synchronized void over(TaskId.Attempt attempt) {
    running.remove(attempt);
  }

  /** The task gave its result. May be said again. */
  void succeeded(TaskId.Attempt attempt, TaskKind kind) throws IOException {
    synchronized (writing) {
      Optional<Entry> entry = known(attempt.sector());
      if (entry.isPresent()) {
        succeeded(entry.get(), kind);
      }
    }
  }

  private void succeeded(Entry entry, TaskKind kind) throws IOException {
    switch (kind) {
      case PRE_COMMIT_2 -> put(entry.at(Stage.PROVING));
      case FINALIZE, FINALIZE_REPLICA_UPDATE -> finalized(entry);
      case UNSEAL -> put(entry.unsealing(false));
      case REMOVE -> remove(entry);
      default -> {
        // The space of what comes next is kept already.
      }
    }
  }

  /**
   * The task was called off and what it had written is gone: the sector gives back its place and
   * the space of what is still to come, until somebody goes on with it. Its files stay.
   */
  void discarded(TaskId.Attempt attempt) throws IOException {
    synchronized (writing) {
      Optional<Entry> entry = known(attempt.sector()).filter(Entry::isSealing);
      if (entry.isPresent() && !isAtWork(attempt.sector())) {
        put(entry.get().parked(entry.get().stillToCome(gauge.onDisk(attempt.sector()))));
      }
    }
  }

  private void finalized(Entry entry) throws IOException {
    if (entry.stage().isPresent() && sealedSectorsLeave.getAsBoolean()) {
      put(entry.at(Stage.SEALED));
    } else {
      remove(entry);
    }
  }

  /** Durable before it is seen. Only by who is {@link #writing}. */
  private void put(Entry entry) throws IOException {
    if (!known(entry.sector()).equals(Optional.of(entry))) {
      Durable.replace(file(entry.sector()), JSON.writeValueAsBytes(entry));
      show(entry);
    }
  }

  /** Whoever hears of the sector before the disks are looked at again finds its space taken. */
  private synchronized void show(Entry entry) {
    Optional<Entry> before = Optional.ofNullable(entries.put(entry.sector(), entry));
    limits = limits.keeping(more(before, entry));
  }

  /** What is kept for the entry that was not kept for the one before; nothing is given back. */
  private Map<SectorSpace.Part, Long> more(Optional<Entry> before, Entry now) {
    Map<SectorSpace.Part, Long> more = new EnumMap<>(SectorSpace.Part.class);
    DiskLedger.kept(now.charge(directory, Map.of(), Map.of())).forEach(more::put);
    before.ifPresent(
        entry ->
            DiskLedger.kept(entry.charge(directory, Map.of(), Map.of()))
                .forEach((part, bytes) -> more.merge(part, -bytes, Long::sum)));
    more.replaceAll((part, bytes) -> Math.max(0, bytes));
    return more;
  }

  /** Only by who is {@link #writing}. */
  private void remove(Entry entry) throws IOException {
    // Should it come back after a crash, it is found to have no files.
    Files.deleteIfExists(file(entry.sector()));
    synchronized (this) {
      entries.remove(entry.sector());
    }
  }

  private Path file(SectorId sector) {
    return directory.resolve(sector + SUFFIX);
  }

  @Override
  public void measure(Set<TaskId.Attempt> present) {
    try {
      Set<SectorId> busy =
          present.stream().map(TaskId.Attempt::sector).collect(Collectors.toUnmodifiableSet());
      tidy(busy);
      // Twice, with the files between: what is written or removed meanwhile is not counted as free.
      List<DiskLedger.Volume> before = gauge.volumes();
      List<Entry> counted = counted();
      List<DiskLedger.Charge> charges = charges(counted);
      take(before, gauge.volumes(), counted, charges);
      troubled = false;
    } catch (IOException | UncheckedIOException e) {
      if (!troubled) {
        LOG.warn(
            "cannot look at the disks of this host, so no new sector begins: {}", e.toString());
      }
      troubled = true;
      nothingIsFree();
    }
  }

  private synchronized void nothingIsFree() {
    List<HostLimits.Disk> disks =
        limits.disks().stream()
            .map(disk -> new HostLimits.Disk(disk.path(), disk.parts(), 0))
            .toList();
    limits =
        fixed.withDisks(
            disks.isEmpty()
                ? List.of(new HostLimits.Disk("any path", Set.of(SectorSpace.Part.values()), 0))
                : disks);
  }

  /** What an attempt leaves that ended without a result, and sectors whose files have left. */
  private void tidy(Set<SectorId> busy) throws IOException {
    for (Entry entry : counted()) {
      synchronized (writing) {
        if (known(entry.sector()).equals(Optional.of(entry))) {
          tidy(entry, busy);
        }
      }
    }
  }

  private void tidy(Entry entry, Set<SectorId> busy) throws IOException {
    if (entry.stage().equals(Optional.of(Stage.SEALED)) && !sealedSectorsLeave.getAsBoolean()) {
      stays(entry);
      return;
    }
    if (busy.contains(entry.sector()) || isAtWork(entry.sector())) {
      return;
    }
    boolean visits = entry.stage().isEmpty() && entry.rest().isEmpty();
    if (visits || !gauge.hasFiles(entry.root(), entry.sector())) {
      remove(entry);
    } else if (entry.unsealing()) {
      put(entry.unsealing(false));
    } else if (entry.stage().equals(Optional.of(Stage.UPDATING))
        && !gauge.hasUpdate(entry.root(), entry.sector())) {
      finalized(entry); // its update was given up, and deleted
    }
  }

  private synchronized boolean isAtWork(SectorId sector) {
    return running.stream().anyMatch(attempt -> attempt.sector().equals(sector));
  }

  /** Nobody moves sealed sectors any more: this one counts as one that is finalized. */
  private void stays(Entry entry) throws IOException {
    if (entry.unsealing()) {
      put(entry.visiting());
    } else {
      remove(entry);
    }
  }

  private synchronized List<Entry> counted() {
    return List.copyOf(entries.values());
  }

  private List<DiskLedger.Charge> charges(List<Entry> counted) throws IOException {
    List<DiskLedger.Charge> charges = new ArrayList<>();
    for (Entry entry : counted) {
      charges.add(
          entry.charge(directory, gauge.devices(entry.sector()), gauge.onDisk(entry.sector())));
    }
    return charges;
  }

  private synchronized void take(
      List<DiskLedger.Volume> before,
      List<DiskLedger.Volume> after,
      List<Entry> counted,
      List<DiskLedger.Charge> charges) {
    Map<String, Long> usable = new LinkedHashMap<>();
    before.forEach(volume -> usable.put(volume.device(), volume.usable()));
    List<DiskLedger.Volume> least =
        after.stream()
            .map(
                volume ->
                    new DiskLedger.Volume(
                        volume.device(),
                        volume.path(),
                        volume.parts(),
                        Math.min(
                            volume.usable(),
                            usable.getOrDefault(volume.device(), volume.usable()))))
            .toList();
    List<Long> free = DiskLedger.free(least, charges);
    List<HostLimits.Disk> disks = new ArrayList<>();
    for (int i = 0; i < least.size(); i++) {
      disks.add(new HostLimits.Disk(least.get(i).path(), least.get(i).parts(), free.get(i)));
    }
    limits = fixed.withDisks(disks);
    Map<SectorId, Entry> known = new HashMap<>();
    counted.forEach(entry -> known.put(entry.sector(), entry));
    // What began while the disks were looked at.
    for (Entry entry : entries.values()) {
      limits = limits.keeping(more(Optional.ofNullable(known.get(entry.sector())), entry));
    }
  }
}
