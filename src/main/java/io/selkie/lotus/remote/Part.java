package io.selkie.lotus.remote;

import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import io.selkie.files.FileLook;
import io.selkie.files.FileTree;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What a fetch has not finished: {@code TYPE/fetching/SECTOR} of a storage path, as with Lotus. A
 * kill leaves it there; the next fetch of the same begins anew.
 */
record Part(StoragePath path, FileType type, SectorId sector) {
  private Path directory() {
    return type.directory(path.root()).resolve(StoragePath.FETCHING);
  }

  /** Where it grows. */
  Path file() {
    return directory().resolve(sector.toString());
  }

  /** Where it belongs when it is whole. */
  Path place() {
    return type.of(path.root(), sector);
  }

  /**
   * Makes room for it; what an earlier fetch left is deleted.
   *
   * @throws IOException also if the disk of the path is not there, or a link stands on the way
   */
  void begin() throws IOException {
    path.checkIsThere();
    requireDirectory(type.directory(path.root()));
    try {
      Files.createDirectory(directory());
    } catch (FileAlreadyExistsException e) {
      requireDirectory(directory());
    }
    remove();
  }

  private static void requireDirectory(Path directory) throws IOException {
    if (FileLook.at(directory).filter(BasicFileAttributes::isDirectory).isEmpty()) {
      throw new IOException(directory + " is no directory: put one there");
    }
  }

  void remove() throws IOException {
    FileTree.delete(file());
  }

  /**
   * Moves it to its place, durably. What is there is deleted first; a file is there, the old one or
   * the new one, at any moment.
   */
  void finish() throws IOException {
    path.checkIsThere();
    boolean replaces =
        FileLook.at(file()).filter(BasicFileAttributes::isRegularFile).isPresent()
            && !Files.isDirectory(place(), LinkOption.NOFOLLOW_LINKS);
    if (!replaces) {
      FileTree.delete(place());
    }
    Files.move(file(), place(), StandardCopyOption.ATOMIC_MOVE);
    Durable.syncDirectory(type.directory(path.root()));
    Durable.syncDirectory(directory());
  }

  /**
   * Takes a whole one from another path into its place by a rename, durably. What is there is
   * deleted first, and the source is there until it is here.
   *
   * @return false if it is on another file system; then it stays
   */
  boolean rename(Path source) throws IOException {
    path.checkIsThere();
    if (!isOnOneFileSystem(source, type.directory(path.root()))) {
      return false;
    }
    FileTree.delete(place());
    try {
      Files.move(source, place(), StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      return false; // one file system that is mounted twice
    }
    Durable.syncDirectory(type.directory(path.root()));
    Durable.syncDirectory(source.resolveSibling(""));
    return true;
  }

  private static boolean isOnOneFileSystem(Path one, Path other) throws IOException {
    return device(one).equals(device(other));
  }

  private static Object device(Path file) throws IOException {
    return Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS);
  }
}
