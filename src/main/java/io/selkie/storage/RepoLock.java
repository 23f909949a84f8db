package io.selkie.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The right to work in a repo, held once; the kernel releases it when its process ends. */
public final class RepoLock implements AutoCloseable {
  /** The name of the lock in the repo. */
  static final String NAME = "repo.lock";

  /**
   * Files locked by this process. Closing a second channel to one of them would release the lock of
   * the first (fcntl locks belong to the process), so none is opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private RepoLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Takes the lock of the repo, an existing directory; empty if somebody has it. */
  public static Optional<RepoLock> take(Path repo) throws IOException {
    return takeFile(repo.toRealPath().resolve(NAME));
  }

  /** Takes the right to be the node of the state directory, which exists; empty if one runs. */
  public static Optional<RepoLock> takeForNode(StateDirectory state) throws IOException {
    return takeFile(state.path().toRealPath().resolve("node.lock"));
  }

  private static Optional<RepoLock> takeFile(Path file) throws IOException {
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    boolean taken = false;
    try {
      Optional<RepoLock> lock = open(file);
      taken = lock.isPresent();
      return lock;
    } finally {
      if (!taken) {
        HELD.remove(file);
      }
    }
  }

  private static Optional<RepoLock> open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
      return lock == null ? Optional.empty() : Optional.of(new RepoLock(file, channel));
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // held by this process by other means than this class
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD.remove(file);
  }
}
