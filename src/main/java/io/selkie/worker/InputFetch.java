package io.selkie.worker;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import java.io.IOException;
import java.nio.file.Path;

/** Brings the output of Commit1 from the host that made it. */
@FunctionalInterface
public interface InputFetch {
  /**
   * Puts the file there, whole and durable. Blocks. The caller looks at its digest.
   *
   * @throws IOException if it cannot be had now; one line
   */
  void fetch(FileSource from, SectorId sector, Path to) throws IOException;
}
