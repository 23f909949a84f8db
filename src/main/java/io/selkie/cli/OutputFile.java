package io.selkie.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A file that a command makes: under a name of its own beside it until it is whole. Closing removes
 * what did not become whole.
 */
final class OutputFile implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;
  private final Path temporary;

  private OutputFile(Path file, Path temporary) {
    this.file = file;
    this.temporary = temporary;
  }

  /**
   * A file to be made or replaced; nothing is written yet.
   *
   * @throws IOException if it cannot be a file there; one line
   */
  static OutputFile at(Path given) throws IOException {
    Path file = given.toAbsolutePath();
    if (Files.isDirectory(file)) {
      throw new IOException(given + " is a directory");
    }
    if (Files.exists(file)) {
      // Renaming a file over /dev/null would replace the device.
      if (!Files.isRegularFile(file)) {
        throw new IOException(given + " is not a regular file");
      }
      file = file.toRealPath();
    } else if (Files.isSymbolicLink(file)) {
      throw new IOException(given + " is a link to nothing");
    }
    Path directory = file.resolveSibling("");
    if (!Files.isDirectory(directory)) {
      throw new IOException(given + ": there is no directory " + directory);
    }
    if (!Files.isWritable(directory)) {
      throw new IOException(given + ": permission denied in " + directory);
    }
    byte[] id = new byte[8];
    RANDOM.nextBytes(id);
    return new OutputFile(file, directory.resolve(".selkie-" + HexFormat.of().formatHex(id)));
  }

  /** Whether the file lies below the directory. */
  boolean isBelow(Path directory) throws IOException {
    return Files.isDirectory(directory)
        && file.resolveSibling("").toRealPath().startsWith(directory.toRealPath());
  }

  /** Where to write. */
  Path temporary() {
    return temporary;
  }

  /** What was written is whole: from now on it has its name. */
  void finish() throws IOException {
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(temporary);
  }
}
