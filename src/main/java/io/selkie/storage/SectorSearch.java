package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where sectors lie on the storage paths of this host. That is looked up on disk each time: other
 * programs move files, too. All calls block for the disk.
 *
 * <p>A sector moves from one path to another so that at any moment one of them has it whole: its
 * files first and its manifest last; at the source the manifest first. So where there are two
 * manifests, the one on a path that stores is of a whole sector.
 *
 * @param paths of this host
 */
public record SectorSearch(StoragePaths paths) {
  /**
   * The sector's files, each where it is; those that are not there, where the others are, or where
   * a new sector is to begin.
   *
   * @throws IOException if a path has gone, or none can seal
   */
  SectorFiles files(SectorId sector) throws IOException {
    List<StoragePath> there = paths.available();
    Optional<StoragePath> known = home(sector, there);
    return files(
        sector, known.isPresent() ? known.get() : PathChoice.forSealing(sector, there), there);
  }

  /**
   * The same; empty if nothing is known of the sector on any path.
   *
   * @throws IOException if a path has gone; one line
   */
  public Optional<SectorFiles> known(SectorId sector) throws IOException {
    List<StoragePath> there = paths.available();
    return home(sector, there).map(home -> files(sector, home, there));
  }

  private static SectorFiles files(SectorId sector, StoragePath home, List<StoragePath> there) {
    Map<FileType, Path> elsewhere = new EnumMap<>(FileType.class);
    for (FileType type : FileType.values()) {
      if (!home.holds(sector, type)) {
        there.stream()
            .filter(path -> path.holds(sector, type))
            .findFirst()
            .ifPresent(path -> elsewhere.put(type, path.root()));
      }
    }
    return new SectorFiles(home.root(), sector, elsewhere, roots(there), false);
  }

  /**
   * The sector's files below this path alone, for work that writes: what other paths have of the
   * number may be another sector's.
   */
  SectorFiles only(StoragePath path, SectorId sector) {
    return new SectorFiles(path.root(), sector, Map.of(), roots(paths.all()), true);
  }

  private static Set<Path> roots(List<StoragePath> paths) {
    return paths.stream().map(StoragePath::root).collect(Collectors.toUnmodifiableSet());
  }

  /** The path on which this host writes the sector, by its claim there. */
  Optional<StoragePath> claimed(SectorId sector, String holder) throws IOException {
    List<StoragePath> ours = new ArrayList<>();
    for (StoragePath path : paths.available()) {
      if (isClaimed(path, sector, holder)) {
        ours.add(path);
      }
    }
    // In a shared repo there is a claim of every sector, wherever it is sealed.
    Comparator<StoragePath> withRecord = Comparator.comparing(path -> !path.hasManifest(sector));
    return ours.stream().min(withRecord.thenComparing(paths::isRepo));
  }

  /**
   * The path that has this host's claim and the sector's manifest, of those that are there: whoever
   * only reads what was made of the sector needs none of the others.
   */
  Optional<StoragePath> written(SectorId sector, String holder) throws IOException {
    List<StoragePath> ours = new ArrayList<>();
    for (StoragePath path : paths.all()) {
      if (isThere(path) && path.hasManifest(sector) && isClaimed(path, sector, holder)) {
        ours.add(path);
      }
    }
    return ours.stream().min(Comparator.comparing(paths::isRepo));
  }

  private static boolean isClaimed(StoragePath path, SectorId sector, String holder)
      throws IOException {
    return SectorClaim.read(path.files(sector).claim())
        .filter(claim -> claim.holder().equals(holder))
        .isPresent();
  }

  private static boolean isThere(StoragePath path) {
    try {
      path.checkIsThere();
      return true;
    } catch (IOException e) {
      return false; // whoever needs it hears why
    }
  }

  /**
   * Where a sector is written that this host has not claimed yet: where its files are, unless they
   * arrived there from elsewhere, or where a new one is to begin.
   *
   * @throws IOException if a path has gone, or none can seal
   */
  StoragePath unclaimed(SectorId sector) throws IOException {
    List<StoragePath> there = paths.available();
    Optional<StoragePath> known =
        home(sector, there.stream().filter(path -> !path.hasReceipt(sector)).toList());
    return known.isPresent() ? known.get() : PathChoice.forSealing(sector, there);
  }

  /** The path whose files of the sector count; empty if nothing of it is on any path. */
  Optional<StoragePath> home(SectorId sector) throws IOException {
    return home(sector, paths.available());
  }

  /** The path that has the sector's manifest, else its claim, else files of it. */
  private static Optional<StoragePath> home(SectorId sector, List<StoragePath> there) {
    Comparator<StoragePath> storesFirst = Comparator.comparing(path -> !path.settings().canStore());
    return there.stream()
        .filter(path -> path.hasManifest(sector))
        .min(storesFirst)
        .or(
            () ->
                there.stream().filter(path -> Files.exists(path.files(sector).claim())).findFirst())
        .or(() -> there.stream().filter(path -> path.holdsAny(sector)).min(storesFirst));
  }

  /**
   * Why files of this number that come from elsewhere are of another sector than those that this
   * host has; empty if they may be the same.
   *
   * @param sealed digest of the replica that comes, as its manifest has it; empty if there is none
   * @throws IOException if a manifest of this host cannot be read; one line
   */
  public Optional<String> otherReplica(SectorId sector, Optional<String> sealed)
      throws IOException {
    for (StoragePath path : paths.all()) {
      Optional<SectorManifest> manifest = SectorManifest.read(path.files(sector).manifest());
      if (manifest.isEmpty()) {
        continue; // every task of ours writes it first: it has left, or there is nothing of worth
      }
      Optional<String> own = digest(manifest);
      boolean same =
          own.isPresent()
              && (sealed.isPresent() ? sealed.equals(own) : !path.holds(sector, FileType.SEALED));
      if (!same) {
        return Optional.of(
            Shown.shown(path.root()) + " has another sector of the number " + sector);
      }
    }
    return Optional.empty();
  }

  /**
   * Makes sure that a path which is to be attached has no sector of a number that this host has
   * proven elsewhere: one of the two would be taken for the other.
   *
   * @throws IOException if it has one; one line
   */
  void requireNoOther(StoragePath added) throws IOException {
    for (SectorId sector : added.sectors()) {
      Optional<SectorManifest> manifest = SectorManifest.read(added.files(sector).manifest());
      if (manifest.isEmpty()
          && !added.holds(sector, FileType.SEALED)
          && !added.holds(sector, FileType.UPDATE)) {
        continue;
      }
      Optional<String> other = otherReplica(sector, digest(manifest));
      if (other.isPresent()) {
        throw new IOException(
            Shown.shown(added.root())
                + " and this host have two sectors of one number: "
                + other.get()
                + "; keep that path at another node");
      }
    }
  }

  /** Of the replica, as far as it is recorded. */
  private static Optional<String> digest(Optional<SectorManifest> manifest) {
    return manifest.flatMap(SectorManifest::replica).flatMap(SectorManifest.PreCommit2::sealed);
  }
}
