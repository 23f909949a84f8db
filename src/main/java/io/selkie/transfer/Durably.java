package io.selkie.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
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
      if (exists(move.to())) {
        throw new IOException(move.to() + " is there already");
      }
      makeDirectories(parent(move.to()));
      Files.move(move.from(), move.to(), StandardCopyOption.ATOMIC_MOVE);
      if (first) {
        first = false;
        afterFirst.run();
      }
    }
    for (Path directory : directories) {
      sync(directory);
    }
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no directory");
    }
    return parent;
  }

  static boolean exists(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Makes the directory and those above, durably.
   *
   * @throws IOException also if a link stands where it belongs
   */
  static void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (exists(directory)) {
      throw new IOException(directory + " is no directory");
    }
    Path parent = parent(directory);
    if (!Files.isDirectory(parent)) {
      makeDirectories(parent);
    }
    Files.createDirectory(directory);
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

  /** Removes a directory of plain files, if it is there; links within are removed, not followed. */
  static void removeFlat(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
    sync(parent(directory));
  }
}
