package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of sectors on the paths of a host. A sector is claimed before it is written, on the
 * path that it is written on: a task that is taken up after a crash finds the path of its first
 * try, and none writes into what another path has of the same number. Where hosts share the repo,
 * it is claimed there first.
 */
public final class HostPlaces implements SectorPlaces {
  private final StoragePaths paths;
  private final SectorSearch search;
  private final boolean shared;
  private final String holder;

  /**
   * Places on these paths.
   *
   * @param shared whether other hosts seal in the repo, too
   * @param holder identity of this host
   */
  public HostPlaces(StoragePaths paths, boolean shared, String holder) {
    this.paths = paths;
    this.search = new SectorSearch(paths);
    this.shared = shared;
    this.holder = holder;
  }

  @Override
  public SectorFiles of(SectorId sector) throws IOException {
    return search.files(sector);
  }

  @Override
  public SectorFiles own(SectorId sector) throws IOException {
    Optional<StoragePath> ours = search.written(sector, holder);
    return ours.isPresent() ? search.only(ours.get(), sector) : search.files(sector);
  }

  @Override
  public SectorFiles claim(SectorId sector, int generation) throws IOException {
    SectorClaim claim = new SectorClaim(holder, generation);
    if (shared) {
      claim.take(paths.repo().files(sector).claim(), sector);
    }
    Optional<StoragePath> begun = begun(sector);
    StoragePath root = begun.isPresent() ? begun.get() : search.unclaimed(sector);
    claim.take(root.files(sector).claim(), sector);
    return search.only(root, sector);
  }

  /** Where this host writes the sector. The claim in a shared repo says only that it does. */
  private Optional<StoragePath> begun(SectorId sector) throws IOException {
    return search
        .claimed(sector, holder)
        .filter(
            path ->
                !shared
                    || !paths.isRepo(path)
                    || path.hasManifest(sector)
                    || path.holdsAny(sector));
  }

  @Override
  public SectorFiles removal(SectorId sector, int generation) throws IOException {
    if (shared) {
      return claim(sector, generation);
    }
    Optional<StoragePath> begun = begun(sector);
    if (begun.isPresent()) {
      return search.only(begun.get(), sector);
    }
    SectorFiles known = search.files(sector);
    Optional<SectorClaim> other = SectorClaim.read(known.claim());
    if (other.isPresent()) {
      throw new ForeignClaimException(sector, other.get());
    }
    return known;
  }

  /**
   * Where it is known to be written, by its claim there; else where its files are, be that a path
   * that seals nothing. There it makes no claim: it would be taken for where the sector is written.
   */
  @Override
  public SectorFiles unsealing(SectorId sector, int generation) throws IOException {
    if (shared || begun(sector).isPresent()) {
      return SectorPlaces.super.unsealing(sector, generation);
    }
    SectorFiles files = own(sector);
    Optional<SectorClaim> other = SectorClaim.read(files.claim());
    if (other.isPresent()) {
      throw new ForeignClaimException(sector, other.get());
    }
    return files;
  }

  @Override
  public Optional<SectorFiles> next(SectorId sector) throws IOException {
    return PathChoice.next(sector, paths.available()).map(path -> path.files(sector));
  }

  @Override
  public SectorFiles roomiest(SectorId sector) throws IOException {
    return PathChoice.roomiest(paths.available()).files(sector);
  }

  /** A number that is free is claimed at once, so that two hosts never begin one sector. */
  @Override
  public boolean isTaken(SectorId sector) throws IOException {
    if (SectorPlaces.super.isTaken(sector)) {
      return true;
    }
    if (!shared) {
      return !isOurs(sector);
    }
    try {
      new SectorClaim(holder, 1).take(paths.repo().files(sector).claim(), sector);
      return false;
    } catch (ForeignClaimException e) {
      return true;
    }
  }

  /**
   * Whether no other host may know the sector. A host alone minds claims, too: the repo may have
   * been shared, or is by a host with other settings.
   */
  public boolean isOurs(SectorId sector) throws IOException {
    if (!shared && search.claimed(sector, holder).isPresent()) {
      return true;
    }
    Path claim = (shared ? paths.repo().files(sector) : search.files(sector)).claim();
    return SectorClaim.read(claim).map(found -> found.holder().equals(holder)).orElse(!shared);
  }
}
