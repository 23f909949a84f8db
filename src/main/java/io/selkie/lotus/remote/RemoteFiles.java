package io.selkie.lotus.remote;

import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the storage paths of this host have of sectors. That is looked up each time: other programs
 * move files, too. Calls block for the disk.
 *
 * @param paths of this host
 */
record RemoteFiles(StoragePaths paths) {
  /** Of two paths the one that knows the sector, then the one that stores: that copy is whole. */
  private static Comparator<StoragePath> best(SectorId sector) {
    return Comparator.<StoragePath, Boolean>comparing(path -> !hasManifest(path, sector))
        .thenComparing(path -> !path.settings().canStore());
  }

  private static boolean hasManifest(StoragePath path, SectorId sector) {
    try {
      return FileLook.exists(path.files(sector).manifest());
    } catch (IOException e) {
      return false; // another path may be read
    }
  }

  /** Whether the sector has a directory of this type, and no file. */
  static boolean isDirectory(FileType type) {
    return type == FileType.CACHE || type == FileType.UPDATE_CACHE;
  }

  /**
   * The path whose file, or directory, of this type is to be read.
   *
   * @throws IOException if none has one; one line
   */
  StoragePath find(SectorId sector, FileType type) throws IOException {
    List<StoragePath> found = new ArrayList<>();
    Optional<IOException> trouble = Optional.empty();
    for (StoragePath path : paths.all()) {
      try {
        if (has(path, sector, type)) {
          found.add(path);
        }
      } catch (IOException e) {
        trouble = Optional.of(e); // another path may have it
      }
    }
    Optional<StoragePath> best = found.stream().min(best(sector));
    if (best.isPresent()) {
      return best.get();
    }
    throw trouble.isPresent()
        ? trouble.get()
        : new IOException("no path of this host has " + type + " of " + sector);
  }

  /** A link is nothing that a sector has. */
  private static boolean has(StoragePath path, SectorId sector, FileType type) throws IOException {
    return FileLook.at(type.of(path.root(), sector))
        .filter(
            isDirectory(type)
                ? BasicFileAttributes::isDirectory
                : BasicFileAttributes::isRegularFile)
        .isPresent();
  }
}
