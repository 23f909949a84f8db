package io.selkie.storage;

import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks, right before a copy of a sealed sector is deleted, whether the very path that was found to
 * have the sector has it: whole, the journal's replica, and in other files than those that are to
 * go. Where the sector's files are now is not asked again, since the answer may be the copy itself.
 * Calls block, and read whole replicas.
 */
public final class CopyCheck {
  private final StoragePaths paths;
  private final Digest digest;

  /** Gives the digest of a file, {@code blake3:…}. */
  @FunctionalInterface
  public interface Digest {
    /** Reads all of the file. */
    String of(Path file) throws IOException;
  }

  /** A check on these paths. */
  public CopyCheck(StoragePaths paths, Digest digest) {
    this.paths = paths;
    this.digest = digest;
  }

  /** Why the copy has to stay. */
  private static final class Doubt extends Exception {
    private static final long serialVersionUID = 1;

    Doubt(String reason) {
      super(reason);
    }
  }

  /**
   * A file that is to go and the one that stays for it.
   *
   * @param recorded the digest that the file which stays must have; empty: that of the other
   */
  private record Pair(Path here, Path there, Optional<String> recorded) {}

  /** What changes when a file does. */
  private record Stamp(long size, FileTime modified, String key) {}

  /**
   * Why the copy has to stay; empty if it may go.
   *
   * @param commR of the replica that the journal speaks of
   * @throws IOException if something cannot be read; then it has to stay, too
   */
  public Optional<String> objection(Orphan copy, Optional<CommR> commR) throws IOException {
    try {
      if (commR.isEmpty() || copy.home().isEmpty() || copy.sector().isEmpty()) {
        throw new Doubt("the journal does not say which replica the sector has");
      }
      StoragePath home = copy.home().get();
      SectorId sector = copy.sector().get();
      List<Pair> before = pairs(copy.files(), home, sector, commR.get());
      Map<Path, Stamp> stamps = stamps(before, home.files(sector).manifest());
      for (Pair pair : before) {
        read(pair);
      }
      // To read a replica takes long: nothing may have been moved or mounted meanwhile.
      List<Pair> after = pairs(copy.files(), home, sector, commR.get());
      if (!after.equals(before) || !stamps(after, home.files(sector).manifest()).equals(stamps)) {
        throw new Doubt("files changed while they were compared");
      }
      return Optional.empty();
    } catch (Doubt e) {
      return Optional.of(
          "the other copy is not intact: keep this one, and look at both (" + e.getMessage() + ")");
    }
  }

  private List<Pair> pairs(List<Path> files, StoragePath home, SectorId sector, CommR commR)
      throws IOException, Doubt {
    requireAttached(home);
    if (!home.settings().canStore()) {
      throw new Doubt(Shown.shown(home.root()) + " does not store");
    }
    Path arriving = StoragePath.arriving(home.root(), sector);
    if (FileLook.exists(arriving)) {
      // It may have been given up, and be cleared away as soon as that can be written down.
      throw new Doubt("a transfer to " + Shown.shown(home.root()) + " has not come to its end");
    }
    SectorManifest.PreCommit2 replica = replica(home.files(sector).manifest(), sector, commR);
    Map<Path, String> recorded = new HashMap<>();
    Path replicaFile = FileType.SEALED.of(home.root(), sector);
    Path cache = FileType.CACHE.of(home.root(), sector);
    recorded.put(
        replicaFile, replica.sealed().orElseThrow(() -> new Doubt("its digest is not recorded")));
    for (SectorManifest.CacheFile file : replica.files()) {
      recorded.put(cache.resolve(file.name()), file.digest());
    }
    List<Pair> pairs = new ArrayList<>();
    Path source = source(files, home);
    // All that is recorded, also where the copy lacks it: it is the replica that has to be whole.
    recorded.forEach(
        (there, sum) ->
            pairs.add(
                new Pair(source.resolve(home.root().relativize(there)), there, Optional.of(sum))));
    for (Path file : files) {
      if (file.equals(new SectorFiles(source, sector).manifest())) {
        replica(file, sector, commR);
        requireOther(new Pair(file, home.files(sector).manifest(), Optional.empty()));
        continue;
      }
      try (Stream<Path> tree = Files.walk(file)) {
        for (Path here : tree.sorted().toList()) {
          Path there = home.root().resolve(source.relativize(here));
          boolean directory = Files.isDirectory(here, LinkOption.NOFOLLOW_LINKS);
          boolean scratch = here.startsWith(FileType.CACHE.of(source, sector)) && isScratch(here);
          if (!directory && !scratch && !recorded.containsKey(there)) {
            if (here.startsWith(FileType.CACHE.of(source, sector))) {
              throw new Doubt("no digest is recorded of " + Shown.shown(here));
            }
            pairs.add(new Pair(here, there, Optional.empty()));
          }
        }
      }
    }
    pairs.sort((one, other) -> one.there().compareTo(other.there()));
    for (Pair pair : pairs) {
      requireOther(pair);
    }
    return pairs;
  }

  private static boolean isScratch(Path file) {
    return PathScan.isScratch(String.valueOf(file.getFileName()));
  }

  private void requireAttached(StoragePath path) throws IOException, Doubt {
    if (paths.withId(path.id()).filter(now -> now.root().equals(path.root())).isEmpty()) {
      throw new Doubt(Shown.shown(path.root()) + " is no attached path any more");
    }
    path.checkIsThere();
  }

  /** The root of the attached path that has all files of the copy. */
  private Path source(List<Path> files, StoragePath home) throws IOException, Doubt {
    for (StoragePath path : paths.all()) {
      if (!path.id().equals(home.id())
          && files.stream().allMatch(file -> file.startsWith(path.root()))) {
        path.checkIsThere();
        return path.root();
      }
    }
    throw new Doubt("the copy is on no attached path");
  }

  private static SectorManifest.PreCommit2 replica(Path manifest, SectorId sector, CommR commR)
      throws IOException, Doubt {
    Optional<SectorManifest> read = SectorManifest.read(manifest);
    SectorManifest.PreCommit2 replica =
        read.filter(known -> known.sector().equals(sector))
            .flatMap(SectorManifest::replica)
            .orElseThrow(() -> new Doubt(Shown.shown(manifest) + " does not speak of its replica"));
    if (!replica.commR().equals(Optional.of(commR))) {
      throw new Doubt(Shown.shown(manifest) + " is of another replica than the journal");
    }
    return replica;
  }

  /** A link, or a second mount, may make one file of the two. */
  private static void requireOther(Pair pair) throws IOException, Doubt {
    Path there = pair.there();
    try {
      if (!Files.isRegularFile(there, LinkOption.NOFOLLOW_LINKS)
          || !there.toRealPath().equals(there)) {
        throw new Doubt(Shown.shown(there) + " is not there, or is no plain file");
      }
      if (FileLook.exists(pair.here()) && Files.isSameFile(pair.here(), there)) {
        throw new Doubt(Shown.shown(there) + " and " + Shown.shown(pair.here()) + " are one file");
      }
    } catch (NoSuchFileException e) {
      throw new Doubt(Shown.shown(there) + " is not there any more");
    }
  }

  private static Map<Path, Stamp> stamps(List<Pair> pairs, Path manifest) throws IOException {
    Map<Path, Stamp> stamps = new HashMap<>();
    stamps.put(manifest, stamp(manifest));
    for (Pair pair : pairs) {
      stamps.put(pair.there(), stamp(pair.there()));
    }
    return stamps;
  }

  private static Stamp stamp(Path file) throws IOException {
    BasicFileAttributes now =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return new Stamp(now.size(), now.lastModifiedTime(), String.valueOf(now.fileKey()));
  }

  private void read(Pair pair) throws IOException, Doubt {
    String wanted = pair.recorded().isPresent() ? pair.recorded().get() : digest.of(pair.here());
    if (!digest.of(pair.there()).equals(wanted)) {
      throw new Doubt(Shown.shown(pair.there()) + " has other content");
    }
  }
}
