package io.selkie.transfer;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where this host goes on with sectors that others began. Blocks for the disk. */
public interface SealingPlaces {
  /**
   * Where the sector lies from now on: it is claimed there, and counts for this host. May be said
   * again.
   *
   * @param generation of the sector's files
   * @throws IOException if it cannot be taken; one line
   */
  Path take(SectorId sector, SealProofType type, int generation) throws IOException;

  /** All paths on which sectors are sealed. */
  List<Path> roots();

  /** Of a host that takes none. */
  static SealingPlaces none() {
    return new SealingPlaces() {
      @Override
      public Path take(SectorId sector, SealProofType type, int generation) throws IOException {
        throw new IOException("this host takes no sectors from others");
      }

      @Override
      public List<Path> roots() {
        return List.of();
      }
    };
  }
}
