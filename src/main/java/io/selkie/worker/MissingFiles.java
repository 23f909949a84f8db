package io.selkie.worker;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import java.io.IOException;
import java.nio.file.Path;

/** Brings files of a sector that was begun by workers which are not of the farm. */
@FunctionalInterface
public interface MissingFiles {
  /** There are no such workers. */
  MissingFiles NONE = (sector, proofType, type, root, moved) -> false;

  /**
   * Puts a file, or directory, below the root of a storage path, whole and durable. Blocks. May be
   * done again.
   *
   * @param moved whether it is no more where it was; else it is a copy
   * @return whether anybody had it
   * @throws IOException if it cannot be had now; one line
   */
  boolean bring(SectorId sector, SealProofType proofType, FileType type, Path root, boolean moved)
      throws IOException;
}
