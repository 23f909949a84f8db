package io.selkie.transfer;

import io.selkie.files.FileLook;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Changes of directories that survive the loss of power, and follow no links. */
final class Durably {
  private Durably() {}

  /** A file and where it is to be. */
  record Move(Path from, Path to) {}

  /**
   * Renames the files, in their order. What was renamed before a crash is left as it is; nothing is
   * overwritten.
   *
   * @throws IOException if a file is in neither place, or in both
   */
  static void rename(List<Move> moves, Runnable afterFirst) throws IOException {
    Set<Path> directories = new LinkedHashSet<>();
    boolean first = true;
    for (Move move : moves) {
      directories.add(parent(move.from()));
      directories.add(parent(move.to()));
      if (!exists(move.from()) && exists(move.to())) {
        continue;
      }
      makeDirectories(parent(move.to()));
      rename(move.from(), move.to());
      if (first) {
        first = false;
        afterFirst.run();
      }
    }
    for (Path directory : directories) {
      sync(directory);
    }
  }

  /**
   * By a link, which never overwrites: another process may make the file at any moment. A crash
   * between link and unlink leaves one file with two names, which is gone on with.
   */
  private static void rename(Path from, Path to) throws IOException {
    boolean linked = false;
    try {
      Files.createLink(to, from);
      linked = true;
    } catch (FileAlreadyExistsException e) {
      // A network file system may say so of the link that it has just made.
      if (!isSame(from, to)) {
        throw new IOException(to + " is there already", e);
      }
      linked = true;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // No links here, or two file systems, which the rename tells apart.
      if (exists(to)) {
        throw new IOException(to + " is there already", e);
      }
    }
    if (linked) {
      sync(parent(to));
      Files.delete(from);
    } else {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Whether both names are there and are one file's. */
  static boolean isSame(Path one, Path other) throws IOException {
    return exists(one)
        && exists(other)
        && !Files.isSymbolicLink(one)
        && !Files.isSymbolicLink(other)
        && Files.isSameFile(one, other);
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no directory");
    }
    return parent;
  }

  /**
   * Whether there is something of this name.
   *
   * @throws IOException if that cannot be told, which is no proof that there is nothing
   */
  static boolean exists(Path file) throws IOException {
    return FileLook.exists(file);
  }

  /**
   * Makes the directory and those above, durably.
   *
   * @throws IOException also if a link stands where it belongs
   */
  static void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      sync(parent(directory)); // whoever made it may have been killed before
      return;
    }
    if (exists(directory)) {
      throw new IOException(directory + " is no directory");
    }
    Path parent = parent(directory);
    if (!Files.isDirectory(parent)) {
      makeDirectories(parent);
    }
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
    sync(parent);
  }

  /**
   * What was renamed, made or removed in the directory stays so; one that is gone is no trouble.
   */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      return;
    }
  }

  /**
   * Removes a directory of plain files, if it is there; links within are removed, not followed.
   * More than one may do so at a time: who asks about a sector that has arrived, and who received
   * it.
   */
  static void removeFlat(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(directory);
    sync(parent(directory));
  }
}
