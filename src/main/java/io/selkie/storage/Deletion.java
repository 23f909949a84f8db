package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Hears of a deletion before it is done, to write it down. */
@FunctionalInterface
public interface Deletion {
  /**
   * A file, or a directory with all that is in it, is about to be deleted.
   *
   * @param sector whose it is, if it is known
   * @throws IOException if that cannot be written down; then it is not deleted
   */
  void of(Path file, Optional<SectorId> sector) throws IOException;
}
