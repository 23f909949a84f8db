package io.selkie.params;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How much may still be written to the file system of a directory. */
interface FreeSpace {
  /** Bytes that this user may write below the directory, which exists. */
  long usableBytes(Path directory) throws IOException;

  /** What the file system says. */
  static FreeSpace ofFileSystem() {
    return directory -> Files.getFileStore(directory).getUsableSpace();
  }

  /**
   * Does nothing if so many bytes are free.
   *
   * @throws ParameterException else, with one line
   */
  default void require(Path directory, long bytes, String what) throws IOException {
    long usable = usableBytes(directory);
    if (usable < bytes) {
      throw new ParameterException(
          String.format(
              Locale.ROOT,
              "%s needs %s in %s, but only %s are free",
              what,
              megabytes(bytes),
              directory,
              megabytes(usable)));
    }
  }

  /** Bytes as text in MB or GB. */
  static String megabytes(long bytes) {
    return bytes < 1_000_000_000L
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
