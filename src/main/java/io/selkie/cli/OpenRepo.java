package io.selkie.cli;

import io.selkie.storage.RepoLock;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A repo that a command writes to: made if it is not there, and locked. If it was empty and no
 * sector came to lie in it, closing leaves it as it was, or gone if it was made.
 */
final class OpenRepo implements AutoCloseable {
  private final Path path;
  private final List<Path> made;
  private final boolean fresh;
  private final StateDirectory state;
  private final boolean freshState;
  private final RepoLock lock;

  private OpenRepo(
      Path path,
      List<Path> made,
      boolean fresh,
      StateDirectory state,
      boolean freshState,
      RepoLock lock) {
    this.path = path;
    this.made = made;
    this.fresh = fresh;
    this.state = state;
    this.freshState = freshState;
    this.lock = lock;
  }

  /**
   * Opens the repo.
   *
   * @throws IOException if it cannot be made, or another process works in it; one line
   */
  static OpenRepo open(Path repo, Map<String, String> environment) throws IOException {
    List<Path> made = missing(repo);
    try {
      Files.createDirectories(repo);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + ": not a directory", e);
    }
    boolean fresh = isEmpty(repo);
    RepoLock lock =
        RepoLock.take(repo)
            .orElseThrow(
                () -> new IOException(repo + " is busy: another selkie process works there"));
    StateDirectory state = StateDirectory.of(repo, environment);
    return new OpenRepo(repo, made, fresh, state, !Files.exists(state.path()), lock);
  }

  /** The directory and those above it that do not exist, innermost first. */
  private static List<Path> missing(Path repo) {
    List<Path> missing = new ArrayList<>();
    for (@Nullable Path at = repo; at != null && !Files.exists(at); at = at.getParent()) {
      missing.add(at);
    }
    return missing;
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      if (fresh) {
        // While the lock is held, so that nobody else finds the repo half gone.
        SectorFiles.removeEmpty(path);
      }
    }
    if (fresh && isEmpty(path)) {
      removeEmpty(made);
      if (freshState) {
        state.removeIfEmpty();
      }
    }
  }

  private static void removeEmpty(List<Path> directories) throws IOException {
    for (Path directory : directories) {
      try {
        Files.deleteIfExists(directory);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }
}
