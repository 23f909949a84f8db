package io.selkie.cli;

import io.selkie.filecoin.SectorSize;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The disk space of a whole seal, asked for before its first byte: the native side only looks at
 * one phase at a time, and would refuse the second one hours after the first.
 */
final class SealSpace {
  /** Rounding to blocks, small files, and what the native side wants to stay free. */
  private static final long SLACK = 512 << 10;

  private SealSpace() {}

  /**
   * Does nothing if there is room for all that the seal writes.
   *
   * @throws IOException if there is not; one line
   */
  static void require(SectorFiles files, SealRequest request) throws IOException {
    Map<Path, Long> wanted = new LinkedHashMap<>();
    long sector = request.size().bytes();
    wanted.put(directoryOf(files.unsealed()), sector);
    if (request.reaches(Phase.PRE_COMMIT1)) {
      wanted.put(directoryOf(files.sealed()), sector);
      wanted.put(directoryOf(files.cache()), cache(request));
    }
    if (request.reaches(Phase.COMMIT1)) {
      wanted.put(directoryOf(files.commit1Output()), commit1Output(request.size()));
    }
    Map<FileStore, Long> byStore = new LinkedHashMap<>();
    for (Map.Entry<Path, Long> entry : wanted.entrySet()) {
      byStore.merge(Files.getFileStore(entry.getKey()), entry.getValue(), Long::sum);
    }
    for (Map.Entry<FileStore, Long> entry : byStore.entrySet()) {
      long needed = entry.getValue() + SLACK;
      long free = entry.getKey().getUsableSpace();
      if (free < needed) {
        throw new IOException(
            "the disk is too full: sealing into "
                + request.size()
                + " takes up to "
                + needed
                + " bytes below "
                + files.root()
                + ", where "
                + free
                + " are free");
      }
    }
  }

  /** Layers, tree-d (twice the sector), tree-c (8/7 of it), tree-r-last (less than 1/32). */
  private static long cache(SealRequest request) {
    long sector = request.size().bytes();
    long labels = (request.proofType().layers() + 2) * sector;
    long trees = request.reaches(Phase.PRE_COMMIT2) ? sector / 7 * 8 + sector / 32 : 0;
    return labels + trees;
  }

  /** As the native side has it in {@code ops/commit.rs}. */
  private static long commit1Output(SectorSize size) {
    return size.compareTo(SectorSize.GIB_32) >= 0 ? 64 << 20 : 1 << 20;
  }

  private static Path directoryOf(Path file) {
    return file.resolveSibling("");
  }
}
