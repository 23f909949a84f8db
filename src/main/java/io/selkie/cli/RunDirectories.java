package io.selkie.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directories that a worker writes to, made and tried before anything else is. */
final class RunDirectories {
  private RunDirectories() {}

  /**
   * Makes the directory if it is not there, and writes into it.
   *
   * @param flag that names it
   * @throws IOException if it cannot be written; one line that names the flag
   */
  static void require(String flag, Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(flag + ": " + e.getFile() + " is not a directory", e);
    } catch (IOException e) {
      throw new IOException(flag + ": cannot make it: " + CommandTask.describe(e), e);
    }
    try {
      Files.delete(Files.createTempFile(directory, ".selkie-", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          flag + ": cannot write to " + directory + ": " + CommandTask.describe(e), e);
    }
  }

  /** Whether two directories, which exist, are one by whatever names, or one lies in the other. */
  static boolean overlap(Path one, Path other) throws IOException {
    Path first = one.toRealPath();
    Path second = other.toRealPath();
    return first.startsWith(second) || second.startsWith(first);
  }
}
