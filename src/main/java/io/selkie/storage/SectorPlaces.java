package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the files of sectors lie. Calls block for the disk. */
@FunctionalInterface
public interface SectorPlaces {
  /**
   * The sector's files, each where it is; those that are not there, where they will be.
   *
   * @throws IOException if a disk is not there, or there is no place; one line
   */
  SectorFiles of(SectorId sector) throws IOException;

  /**
   * The same for work that writes: from then on nobody else writes the sector, and all of it lies
   * below the one path that was chosen when it began, whatever other paths have of the number.
   *
   * @param generation of the sector's files
   * @throws ForeignClaimException if somebody else does
   */
  default SectorFiles claim(SectorId sector, int generation) throws IOException {
    return of(sector);
  }

  /**
   * The same for work that reads what this host made of the sector, where it is known to have made
   * something; else as {@link #of}.
   */
  default SectorFiles own(SectorId sector) throws IOException {
    return of(sector);
  }

  /**
   * The sector's files for its removal, which makes no claim that is not there.
   *
   * @param generation of the sector's files
   * @throws ForeignClaimException if somebody else writes it
   */
  default SectorFiles removal(SectorId sector, int generation) throws IOException {
    return claim(sector, generation);
  }

  /**
   * The sector's files for unsealing, which writes nothing of the sector's own: only what it works
   * in, beside the manifest.
   *
   * @param generation of the sector's files
   * @throws ForeignClaimException if somebody else writes it
   */
  default SectorFiles unsealing(SectorId sector, int generation) throws IOException {
    claim(sector, generation);
    return own(sector);
  }

  /**
   * Where the next new sector would begin; empty if this host seals none.
   *
   * @param sector that is nowhere
   */
  default Optional<SectorFiles> next(SectorId sector) throws IOException {
    return Optional.of(of(sector));
  }

  /**
   * Where the most room is, of all places.
   *
   * @param sector that is nowhere
   */
  default SectorFiles roomiest(SectorId sector) throws IOException {
    return of(sector);
  }

  /** Whether the number is another sector's: there are files, or somebody else claims it. */
  default boolean isTaken(SectorId sector) throws IOException {
    SectorFiles files = of(sector);
    return Stream.of(files.unsealed(), files.sealed(), files.cache(), files.manifest())
        .anyMatch(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS));
  }
}
