package io.selkie.proofs;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Words for exceptions of the file system, whose own message is often only a path. */
final class Causes {
  private Causes() {}

  static String describe(IOException e) {
    if (e instanceof FileSystemException fileSystem) {
      String reason =
          fileSystem.getReason() != null
              ? fileSystem.getReason()
              : e instanceof NoSuchFileException
                  ? "no such file or directory"
                  : e instanceof AccessDeniedException
                      ? "permission denied"
                      : e.getClass().getSimpleName();
      return fileSystem.getFile() + ": " + reason;
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
