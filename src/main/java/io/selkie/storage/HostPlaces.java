package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of sectors on the paths of a host. Where hosts share the repo, a sector is claimed
 * there before it is written. Otherwise the claim only keeps the choice between several paths that
 * can seal: a task that is taken up after a crash must find the path of its first try.
 */
public final class HostPlaces implements SectorPlaces {
  private final StoragePaths paths;
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
    this.shared = shared;
    this.holder = holder;
  }

  @Override
  public SectorFiles of(SectorId sector) throws IOException {
    return paths.files(sector);
  }

  @Override
  public SectorFiles claim(SectorId sector, int generation) throws IOException {
    SectorClaim wanted = new SectorClaim(holder, generation);
    if (shared) {
      wanted.take(claimFile(sector), sector);
      return paths.files(sector);
    }
    if (paths.hasChoiceFor(sector)) {
      SectorFiles chosen = paths.files(sector);
      wanted.take(chosen.claim(), sector);
      return chosen;
    }
    return paths.files(sector);
  }

  /** One place for all hosts, whatever other paths they have. */
  private Path claimFile(SectorId sector) {
    return paths.repo().files(sector).claim();
  }

  /** A number that is free is claimed at once, so that two hosts never begin one sector. */
  @Override
  public boolean isTaken(SectorId sector) throws IOException {
    if (SectorPlaces.super.isTaken(sector)) {
      return true;
    }
    if (!shared) {
      return false;
    }
    try {
      new SectorClaim(holder, 1).take(claimFile(sector), sector);
      return false;
    } catch (ForeignClaimException e) {
      return true;
    }
  }

  /** Who writes the sector; empty where nobody claims it or hosts do not share. */
  public Optional<String> holder(SectorId sector) throws IOException {
    if (!shared || !Files.exists(claimFile(sector))) {
      return Optional.empty();
    }
    return SectorClaim.read(claimFile(sector)).map(SectorClaim::holder);
  }

  /** Whether the host with this identity writes the sector, or nobody else may. */
  public boolean isOurs(SectorId sector) throws IOException {
    return !shared || holder(sector).equals(Optional.of(holder));
  }
}
