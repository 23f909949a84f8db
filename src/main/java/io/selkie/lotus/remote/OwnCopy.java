package io.selkie.lotus.remote;

import io.selkie.files.Durable;
import io.selkie.files.FileLook;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A copy of a sector's file, or directory of plain files, from another path of this host. */
final class OwnCopy {
  private static final int CHUNK = 1 << 20;

  private OwnCopy() {}

  /**
   * Makes a copy, durably, and reads it back.
   *
   * @param copy that is not there yet
   * @throws IOException if the source has anything but plain files, or the copy is another one; one
   *     line
   */
  static void make(Path source, Path copy) throws IOException {
    if (isDirectory(source)) {
      try {
        Files.createDirectory(copy);
      } catch (IOException e) {
        throw Disk.trouble(copy, e);
      }
      for (Path file : files(source)) {
        copyFile(file, copy.resolve(String.valueOf(file.getFileName())));
      }
      Durable.syncDirectory(copy);
    } else {
      copyFile(source, copy);
    }
    if (!isSame(source, copy)) {
      throw new IOException(copy + " is not what was read from " + source + ": look at the disks");
    }
  }

  /** Whether both have the same content: all of it is read. */
  static boolean isSame(Path one, Path other) throws IOException {
    if (isDirectory(one) != isDirectory(other)) {
      return false;
    }
    if (!isDirectory(one)) {
      return Files.mismatch(plain(one), plain(other)) < 0;
    }
    List<Path> files = files(one);
    if (!names(files).equals(names(files(other)))) {
      return false;
    }
    for (Path file : files) {
      Path there = other.resolve(String.valueOf(file.getFileName()));
      if (Files.mismatch(plain(file), plain(there)) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDirectory(Path file) throws IOException {
    return FileLook.at(file).filter(BasicFileAttributes::isDirectory).isPresent();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> String.valueOf(file.getFileName())).toList();
  }

  private static Path plain(Path file) throws IOException {
    if (FileLook.at(file).filter(BasicFileAttributes::isRegularFile).isEmpty()) {
      throw new IOException(file + " is no plain file: look at it");
    }
    return file;
  }

  private static void copyFile(Path source, Path copy) throws IOException {
    try (FileChannel in = FileChannel.open(plain(source), LinkOption.NOFOLLOW_LINKS);
        FileChannel out =
            Disk.open(
                copy,
                Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
      while (in.read(buffer) >= 0) {
        Disk.write(out, buffer.flip(), copy);
        buffer.clear();
      }
      Disk.force(out, copy);
    }
  }
}
