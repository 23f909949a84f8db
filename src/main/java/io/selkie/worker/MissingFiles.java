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

  /**
   * The same for a file that stays where it was, too: what is here is a copy, and is deleted once
   * the task is done.
   */
  default boolean copy(SectorId sector, SealProofType proofType, FileType type, Path root)
      throws IOException {
    return false;
  }

  /**
   * Whether anybody has such a file of the sector. Blocks.
   *
   * @throws IOException if that cannot be known now; one line
   */
  default boolean has(SectorId sector, FileType type) throws IOException {
    return false;
  }

  /** The disk of this host does not take what came. */
  final class NoRoom extends IOException {
    private static final long serialVersionUID = 1L;

    /** One line. */
    public NoRoom(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
