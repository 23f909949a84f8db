package io.selkie.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes to disk that survive a power failure once they return, and are whole after a kill. */
public final class Durable {
  private Durable() {}

  /**
   * Replaces a file, or makes it: temporary file, fsync, rename, fsync of the directory. A crash
   * leaves the old file or the new one. Of one file there is one writer at a time.
   *
   * @throws IOException if it fails; the old file is as it was
   */
  public static void replace(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    write(
        temporary,
        content,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
    boolean moved = false;
    try {
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(temporary);
      }
    }
    syncDirectory(directoryOf(file));
  }

  /**
   * Makes a file that is not there. Of several that do so at once, on any host that has the
   * directory, one wins. A link makes it so: a file that is opened exclusively would be there
   * without its content for a moment, and for ever after a kill.
   *
   * @return false if there is one already
   */
  public static boolean create(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    write(temporary, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(temporary);
    }
    syncDirectory(directoryOf(file));
    return true;
  }

  /** What cannot be opened is not ours to delete. */
  private static void write(Path file, byte[] content, OpenOption... options) throws IOException {
    FileChannel channel = FileChannel.open(file, options);
    boolean written = false;
    try (channel) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
      written = true;
    } finally {
      if (!written) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Forces the content of a file to disk. */
  public static void syncFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Forces the names in a directory to disk: a new file, or a rename, is not durable before. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path directoryOf(Path file) {
    return file.toAbsolutePath().resolveSibling("");
  }
}
