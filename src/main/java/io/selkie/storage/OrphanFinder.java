package io.selkie.storage;

import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for files on storage paths that nothing needs any more. What is on disk is compared with
 * the journal; what the journal may need, in whatever state, is left alone. Calls block.
 */
public final class OrphanFinder {
  private static final Duration FETCH_AGE = Duration.ofDays(1);

  private final StoragePaths paths;
  private final boolean shared;
  private final Journal journal;
  private final InstantSource clock;

  /** What is known of sectors. */
  @FunctionalInterface
  public interface Journal {
    /**
     * Whether it is worth to ask what the journal says of a sector without scratch, on one path. A
     * cheap look that may be a moment behind: to ask for each of ten thousand is not cheap.
     */
    default boolean isWorthALook(SectorId sector) throws IOException {
      return true;
    }

    /**
     * What the sector's journal says now.
     *
     * @throws IOException if it cannot be read; then nothing of the sector may be deleted
     */
    SectorStanding standing(SectorId sector) throws IOException;

    /**
     * The replica that the sector's journal speaks of; empty if it speaks of none, and then no copy
     * of it is deleted.
     */
    default Optional<CommR> commR(SectorId sector) throws IOException {
      return Optional.empty();
    }
  }

  /**
   * A finder.
   *
   * @param shared whether other hosts have files in the repo
   */
  public OrphanFinder(StoragePaths paths, boolean shared, Journal journal, InstantSource clock) {
    this.clock = clock;
    this.paths = paths;
    this.shared = shared;
    this.journal = journal;
  }

  /** All there are now. */
  public List<Orphan> find() throws IOException {
    List<PathScan> scans = scan();
    List<Orphan> orphans = new ArrayList<>(sectors(scans, false));
    for (PathScan scan : scans) {
      fetches(scan, orphans);
      orphans.addAll(GivenUp.in(scan.path().root(), clock.instant()));
      Trash trash = new Trash(scan.path());
      for (Trash.Item item : trash.items()) {
        orphans.add(trash(item));
      }
      for (Path stranger : trash.strangers()) {
        orphans.add(stranger(stranger));
      }
    }
    return orphans;
  }

  /**
   * Of these only the fetches that may go by themselves; asks no journal. Another program may be
   * fetching right now, so only those that nobody has touched for a day.
   */
  public List<Orphan> oldFetches() throws IOException {
    List<Orphan> fetches = new ArrayList<>();
    for (PathScan scan : scan()) {
      fetches(scan, fetches);
    }
    List<Orphan> old = new ArrayList<>();
    for (Orphan fetch : fetches) {
      if (isOld(fetch)) {
        old.add(fetch);
      }
    }
    return old;
  }

  /** Whether nobody has touched the files for a day. */
  public boolean isOld(Orphan fetch) throws IOException {
    Instant latest = clock.instant().minus(FETCH_AGE);
    for (Path file : fetch.files()) {
      if (LastTouched.of(file).isAfter(latest)) {
        return false;
      }
    }
    return true;
  }

  /** Parts of sectors that somebody gave up to send, in a directory that may be no storage path. */
  public List<Orphan> arrivals(Path root) throws IOException {
    return GivenUp.in(root, clock.instant());
  }

  /**
   * Of these only the copies that may go by themselves; asks the journal of sectors that are on
   * several paths.
   */
  public List<Orphan> copies() throws IOException {
    return sectors(scan(), true).stream()
        .filter(orphan -> orphan.kind() == Orphan.Kind.COPY && !orphan.onlyByName())
        .toList();
  }

  private List<PathScan> scan() throws IOException {
    List<PathScan> scans = new ArrayList<>();
    for (StoragePath path : paths.all()) {
      path.checkIsThere();
      scans.add(PathScan.of(path));
    }
    return scans;
  }

  private List<Orphan> sectors(List<PathScan> scans, boolean onlyWithCopies) throws IOException {
    Map<SectorId, Integer> places = new HashMap<>();
    for (PathScan scan : scans) {
      scan.sectors().keySet().forEach(sector -> places.merge(sector, 1, Integer::sum));
    }
    Map<SectorId, SectorStanding> standings = new HashMap<>();
    List<Orphan> orphans = new ArrayList<>();
    for (PathScan scan : scans) {
      for (Map.Entry<SectorId, List<Path>> entry : scan.sectors().entrySet()) {
        SectorId sector = entry.getKey();
        boolean copied = places.getOrDefault(sector, 0) > 1;
        boolean suspect = copied || scan.scratch().containsKey(sector);
        if (onlyWithCopies ? !copied : !suspect && !journal.isWorthALook(sector)) {
          continue;
        }
        SectorStanding standing = standings.get(sector);
        if (standing == null) {
          standing = journal.standing(sector);
          standings.put(sector, standing);
        }
        orphans.addAll(judge(scan.path(), sector, standing, entry.getValue(), scan));
      }
    }
    return orphans;
  }

  /**
   * Whether what was found is still so: the journal says what it said, and the path is attached.
   */
  public boolean isStill(Orphan orphan) throws IOException {
    return switch (orphan.kind()) {
      case SECTOR -> isOnPaths(orphan) && isOfNobody(orphan) && isStillOfNoWorth(orphan);
      case SCRATCH, COPY -> isOnPaths(orphan) && standing(orphan) == SectorStanding.SEALED;
      case JOB -> isOfNobody(orphan);
      case FETCH, TRASH -> isOnPaths(orphan);
      case ARRIVAL -> GivenUp.are(orphan.files(), clock.instant());
      case UPLOAD -> true;
    };
  }

  private boolean isOnPaths(Orphan orphan) throws IOException {
    for (Path file : orphan.files()) {
      Optional<StoragePath> path =
          paths.all().stream().filter(one -> file.startsWith(one.root())).findFirst();
      if (path.isEmpty()) {
        return false; // detached meanwhile: nothing in it is to change
      }
      path.get().checkIsThere();
    }
    return true;
  }

  private boolean isOfNobody(Orphan orphan) throws IOException {
    SectorStanding now = standing(orphan);
    return now == SectorStanding.UNKNOWN || now == SectorStanding.REMOVED;
  }

  private SectorStanding standing(Orphan orphan) throws IOException {
    return orphan.sector().isPresent()
        ? journal.standing(orphan.sector().get())
        : SectorStanding.BUSY;
  }

  private boolean isStillOfNoWorth(Orphan orphan) throws IOException {
    return orphan.onlyByName() || orphan.sector().isEmpty() || !hasContent(orphan.sector().get());
  }

  private List<Orphan> judge(
      StoragePath path, SectorId sector, SectorStanding standing, List<Path> files, PathScan scan)
      throws IOException {
    return switch (standing) {
      case BUSY, FOREIGN -> List.of();
      case REMOVED ->
          List.of(unneeded(path, sector, files, "the journal says that it was removed"));
      case UNKNOWN -> List.of(unneeded(path, sector, files, "no journal here knows it"));
      case SEALED -> sealed(path, sector, files, scan);
    };
  }

  /**
   * Files of a sector that the journal does not need. They are only deleted by name where they may
   * be of worth: a sector may be proven on chain by another program, and a journal may have been
   * lost. Whose files are spread over several paths, needs those on each of them.
   */
  private Orphan unneeded(StoragePath path, SectorId sector, List<Path> files, String reason)
      throws IOException {
    boolean worth = path.settings().canStore() || hasContent(sector);
    String shown =
        worth ? reason + ", but it may be proven elsewhere: name it to delete it" : reason;
    return orphan(Orphan.Kind.SECTOR, sector, files, shown, worth);
  }

  /** Whether any path has a file of the sector's with something in it. */
  private boolean hasContent(SectorId sector) throws IOException {
    for (StoragePath path : paths.all()) {
      for (FileType type : FileType.values()) {
        if (type != FileType.PIECE && hasContent(type.of(path.root(), sector))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean hasContent(Path file) throws IOException {
    // What cannot be looked at may be of worth.
    Optional<BasicFileAttributes> found = FileLook.at(file);
    if (found.isEmpty()) {
      return false;
    }
    // A link leads to something, perhaps.
    return found.get().isSymbolicLink()
        || (found.get().isDirectory() ? !Listing.of(file).isEmpty() : found.get().size() > 0);
  }

  private List<Orphan> sealed(StoragePath path, SectorId sector, List<Path> files, PathScan scan)
      throws IOException {
    List<Orphan> orphans = new ArrayList<>();
    List<Path> gone = new ArrayList<>();
    Optional<StoragePath> home = new SectorSearch(paths).home(sector);
    if (home.isPresent()
        && !home.get().id().equals(path.id())
        && home.get().settings().canStore()
        && isWhole(home.get(), sector)) {
      List<Path> spare = files.stream().filter(file -> isAlsoIn(home.get(), path, file)).toList();
      List<Path> digested = spare.stream().filter(file -> isDigested(path, sector, file)).toList();
      List<Path> others = spare.stream().filter(file -> isUndigested(path, sector, file)).toList();
      String reason = "the path " + Shown.shown(home.get().root()) + " has it, too";
      if (!digested.isEmpty()) {
        orphans.add(copy(home.get(), sector, digested, reason, false));
      }
      if (!others.isEmpty()) {
        String warned = reason + ", but nothing tells its content: name it to have both compared";
        orphans.add(copy(home.get(), sector, others, warned, true));
      }
      gone.addAll(digested);
    }
    List<Path> scratch =
        scan.scratch().getOrDefault(sector, List.of()).stream()
            .filter(file -> gone.stream().noneMatch(file::startsWith))
            .toList();
    if (!scratch.isEmpty()) {
      orphans.add(
          orphan(
              Orphan.Kind.SCRATCH, sector, scratch, "only sealing needs it, which is done", false));
    }
    return orphans;
  }

  /** What the manifest has digests of, and the records that go with it. */
  private static boolean isDigested(StoragePath path, SectorId sector, Path file) {
    SectorFiles there = path.files(sector);
    return Set.of(there.sealed(), there.cache(), there.manifest(), there.seal()).contains(file);
  }

  private static boolean isUndigested(StoragePath path, SectorId sector, Path file) {
    SectorFiles there = path.files(sector);
    return Set.of(there.unsealed(), there.of(FileType.UPDATE), there.of(FileType.UPDATE_CACHE))
        .contains(file);
  }

  private static Orphan copy(
      StoragePath home, SectorId sector, List<Path> files, String reason, boolean onlyByName)
      throws IOException {
    return new Orphan(
        Orphan.Kind.COPY,
        Optional.of(sector),
        files,
        PathScan.bytes(files),
        reason,
        onlyByName,
        Optional.of(home));
  }

  private static boolean isWhole(StoragePath home, SectorId sector) {
    return Files.exists(home.files(sector).manifest(), LinkOption.NOFOLLOW_LINKS)
        && home.holds(sector, FileType.SEALED)
        && home.holds(sector, FileType.CACHE);
  }

  private static boolean isAlsoIn(StoragePath home, StoragePath path, Path file) {
    Path there = home.root().resolve(path.root().relativize(file));
    return Files.exists(there, LinkOption.NOFOLLOW_LINKS);
  }

  /** Where nothing is transferred, what is fetched is another program's. */
  private void fetches(PathScan scan, List<Orphan> orphans) throws IOException {
    for (Path file : shared ? List.<Path>of() : scan.fetching()) {
      orphans.add(
          new Orphan(
              Orphan.Kind.FETCH,
              Optional.empty(),
              List.of(file),
              PathSpace.size(file),
              "its fetch did not end",
              false));
    }
  }

  private static Orphan trash(Trash.Item item) throws IOException {
    return new Orphan(
        Orphan.Kind.TRASH,
        Optional.empty(),
        List.of(item.file()),
        PathSpace.size(item.file()),
        "it was deleted at " + item.since(),
        false);
  }

  private static Orphan stranger(Path file) throws IOException {
    return new Orphan(
        Orphan.Kind.TRASH,
        Optional.empty(),
        List.of(file),
        PathSpace.size(file),
        "it was put there by hand: nobody knows since when, look at it and delete it by hand",
        true);
  }

  private static Orphan orphan(
      Orphan.Kind kind, SectorId sector, List<Path> files, String reason, boolean onlyByName)
      throws IOException {
    return new Orphan(kind, Optional.of(sector), files, PathScan.bytes(files), reason, onlyByName);
  }
}
