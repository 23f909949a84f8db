package io.selkie.cli;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The disk space of a whole seal, asked for before its first byte: the native side only looks at
 * one phase at a time, and would refuse the second one hours after the first.
 */
final class SealSpace {
  /** Rounding to blocks, small files, and what the native side wants to stay free. */
  private static final long SLACK = 512 << 10;

  /** Any sector: they all lie in the same directories. */
  private static final SectorId ANY = new SectorId(new MinerId(1000), 1);

  private SealSpace() {}

  /**
   * Does nothing if there is room for all that the seal writes.
   *
   * @param repo which need not be there yet
   * @throws IOException if there is not; one line
   */
  static void require(Path repo, SealRequest request) throws IOException {
    SectorFiles files = new SectorFiles(repo, ANY);
    long sector = request.size().bytes();
    Map<Path, Long> wanted = new LinkedHashMap<>();
    wanted.put(files.unsealed(), sector);
    wanted.put(files.sealed(), sector);
    wanted.put(files.cache(), cache(request));
    wanted.put(files.commit1Output(), commit1Output(request.size()) + request.bytes());
    Map<FileStore, Long> byStore = new LinkedHashMap<>();
    for (Map.Entry<Path, Long> entry : wanted.entrySet()) {
      byStore.merge(Files.getFileStore(existing(entry.getKey())), entry.getValue(), Long::sum);
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
                + repo
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
    return labels + sector / 7 * 8 + sector / 32;
  }

  /** As the native side has it in {@code ops/commit.rs}. */
  private static long commit1Output(SectorSize size) {
    return size.compareTo(SectorSize.GIB_32) >= 0 ? 64 << 20 : 1 << 20;
  }

  /** The nearest directory above the file that is there. */
  private static Path existing(Path file) {
    Path there = file;
    for (@Nullable Path at = file.getParent(); at != null; at = at.getParent()) {
      there = at;
      if (Files.isDirectory(at)) {
        break;
      }
    }
    return there;
  }
}
