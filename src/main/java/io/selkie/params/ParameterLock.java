package io.selkie.params;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The right to change a parameter directory: one holder at a time among all processes and threads,
 * reentrant within a thread. The kernel frees it when its process dies.
 */
final class ParameterLock implements AutoCloseable {
  static final String NAME = "selkie-params.lock";

  private static final Map<Path, Slot> SLOTS = new ConcurrentHashMap<>();
  private static final int MAX_HOLDER_BYTES = 512;

  private final Slot slot;

  private ParameterLock(Slot slot) {
    this.slot = slot;
  }

  /** Waits for the lock, and says through the listener what it waits for. */
  static ParameterLock acquire(
      ParameterDirectory directory, String purpose, ParameterListener listener)
      throws IOException, InterruptedException {
    Slot slot = slot(directory);
    if (!slot.threads.tryLock()) {
      listener.message(slot.waitingFor(slot.purpose + " (this process)"));
      slot.threads.lockInterruptibly();
    }
    return slot.takeFile(purpose, Optional.of(listener)).orElseThrow();
  }

  /** Takes the lock if it is free now. */
  static Optional<ParameterLock> tryAcquire(ParameterDirectory directory, String purpose)
      throws IOException {
    Slot slot = slot(directory);
    return slot.threads.tryLock() ? slot.takeFile(purpose, Optional.empty()) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    slot.release();
  }

  private static Slot slot(ParameterDirectory directory) throws IOException {
    return SLOTS.computeIfAbsent(directory.path().toRealPath(), Slot::new);
  }

  /**
   * The lock of one directory in this process. There is only one channel to the file: closing any
   * other would drop the lock, as POSIX locks belong to the process.
   */
  private static final class Slot {
    private final ReentrantLock threads = new ReentrantLock();
    private final Path file;
    private volatile String purpose = "";
    private @Nullable FileChannel channel;

    Slot(Path directory) {
      this.file = directory.resolve(NAME);
    }

    /** With {@link #threads} held: takes the file's lock too, or lets go of both. */
    Optional<ParameterLock> takeFile(String wanted, Optional<ParameterListener> waiting)
        throws IOException {
      if (threads.getHoldCount() > 1) {
        return Optional.of(new ParameterLock(this));
      }
      boolean taken = false;
      FileChannel opened = null;
      try {
        opened =
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        taken = opened.tryLock() != null;
        if (!taken && waiting.isPresent()) {
          waiting.get().message(waitingFor(holder(opened)));
          opened.lock();
          taken = true;
        }
        if (!taken) {
          return Optional.empty();
        }
        write(opened, wanted);
        purpose = wanted;
        channel = opened;
        return Optional.of(new ParameterLock(this));
      } finally {
        if (channel == null) {
          if (opened != null) {
            opened.close();
          }
          threads.unlock();
        }
      }
    }

    void release() throws IOException {
      FileChannel held = channel;
      try {
        if (threads.getHoldCount() == 1 && held != null) {
          channel = null;
          held.close();
        }
      } finally {
        threads.unlock();
      }
    }

    String waitingFor(String holder) {
      return "waiting for " + file + ", held by: " + holder;
    }

    private static void write(FileChannel opened, String purpose) throws IOException {
      String text = purpose + " (pid " + ProcessHandle.current().pid() + ")\n";
      opened.truncate(0);
      opened.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String holder(FileChannel opened) throws IOException {
      ByteBuffer text = ByteBuffer.allocate(MAX_HOLDER_BYTES);
      opened.read(text, 0);
      return StandardCharsets.UTF_8.decode(text.flip()).toString().strip();
    }
  }
}
