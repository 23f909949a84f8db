package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for files on storage paths that nothing needs any more. What is on disk is compared with
 * the journal; what the journal may need, in whatever state, is left alone. Calls block.
 */
public final class OrphanFinder {
  private final StoragePaths paths;
  private final boolean shared;
  private final Journal journal;

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
  }

  /**
   * A finder.
   *
   * @param shared whether other hosts have files in the repo
   */
  public OrphanFinder(StoragePaths paths, boolean shared, Journal journal) {
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
      for (Trash.Item item : new Trash(scan.path()).items()) {
        orphans.add(trash(item));
      }
    }
    return orphans;
  }

  /** Of these only the fetches; asks no journal. */
  public List<Orphan> fetches() throws IOException {
    List<Orphan> fetches = new ArrayList<>();
    for (PathScan scan : scan()) {
      fetches(scan, fetches);
    }
    return fetches;
  }

  /** Of these only the copies; asks the journal of sectors that are on several paths. */
  public List<Orphan> copies() throws IOException {
    return sectors(scan(), true).stream()
        .filter(orphan -> orphan.kind() == Orphan.Kind.COPY)
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
        judge(scan.path(), sector, standing, entry.getValue(), scan).ifPresent(orphans::add);
      }
    }
    return orphans;
  }

  /** Whether the journal still says what it said when the orphan was found. */
  public boolean isStill(Orphan orphan) throws IOException {
    if (orphan.sector().isEmpty()) {
      return true;
    }
    SectorStanding now = journal.standing(orphan.sector().get());
    return switch (orphan.kind()) {
      case SECTOR, JOB -> now == SectorStanding.UNKNOWN || now == SectorStanding.REMOVED;
      case SCRATCH, COPY -> now == SectorStanding.SEALED;
      case FETCH, UPLOAD, TRASH -> true;
    };
  }

  private Optional<Orphan> judge(
      StoragePath path, SectorId sector, SectorStanding standing, List<Path> files, PathScan scan)
      throws IOException {
    return switch (standing) {
      case BUSY, FOREIGN -> Optional.empty();
      case REMOVED ->
          orphan(Orphan.Kind.SECTOR, sector, files, "the journal says that it was removed", false);
      case UNKNOWN ->
          orphan(
              Orphan.Kind.SECTOR, sector, files, unknown(path, sector), mayBeOfWorth(path, sector));
      case SEALED -> sealed(path, sector, files, scan);
    };
  }

  /** A replica may be proven on chain by another program, or a journal may have been lost. */
  private static boolean mayBeOfWorth(StoragePath path, SectorId sector) {
    return path.settings().canStore()
        || path.holds(sector, FileType.SEALED)
        || path.holds(sector, FileType.UPDATE);
  }

  private static String unknown(StoragePath path, SectorId sector) {
    return mayBeOfWorth(path, sector)
        ? "no journal here knows it, but it may be proven elsewhere: name it to delete it"
        : "no journal here knows it";
  }

  private Optional<Orphan> sealed(
      StoragePath path, SectorId sector, List<Path> files, PathScan scan) throws IOException {
    Optional<StoragePath> home = paths.home(sector);
    boolean copied =
        home.isPresent()
            && !home.get().id().equals(path.id())
            && home.get().settings().canStore()
            && isWhole(home.get(), sector);
    if (copied) {
      List<Path> spare = files.stream().filter(file -> isAlsoIn(home.get(), path, file)).toList();
      return spare.isEmpty()
          ? Optional.empty()
          : orphan(
              Orphan.Kind.COPY,
              sector,
              spare,
              "the path " + Shown.shown(home.get().root()) + " has it, too",
              false);
    }
    List<Path> scratch = scan.scratch().getOrDefault(sector, List.of());
    return scratch.isEmpty()
        ? Optional.empty()
        : orphan(
            Orphan.Kind.SCRATCH, sector, scratch, "only sealing needs it, which is done", false);
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

  private static Optional<Orphan> orphan(
      Orphan.Kind kind, SectorId sector, List<Path> files, String reason, boolean onlyByName)
      throws IOException {
    return Optional.of(
        new Orphan(kind, Optional.of(sector), files, PathScan.bytes(files), reason, onlyByName));
  }
}
