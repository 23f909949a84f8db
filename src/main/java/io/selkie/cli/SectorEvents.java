package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells that something happened to a sector. Whoever waits looks again from time to time, too: the
 * stream of events only makes it quicker, and is opened anew when it breaks off.
 */
final class SectorEvents implements AutoCloseable {
  private static final long PAUSE_MILLIS = 1000;

  private final NodeClient client;
  private final SectorId sector;
  private final Semaphore happened = new Semaphore(0);
  private final Thread reader;
  private @Nullable EventStream open;
  private boolean closed;

  SectorEvents(NodeClient client, SectorId sector) {
    this.client = client;
    this.sector = sector;
    this.reader = new Thread(this::read, "sector-events");
    reader.setDaemon(true);
    reader.start();
  }

  /** Waits until something happened since the last call, or for that long. */
  void await(Duration longest) throws InterruptedException {
    if (happened.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      happened.drainPermits();
    }
  }

  private void read() {
    Optional<String> last = Optional.empty();
    try {
      while (!isClosed()) {
        last = readOnce(last);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed while it waited
    }
  }

  /** Reads until the stream ends; returns the id behind which to go on. */
  private Optional<String> readOnce(Optional<String> after) throws InterruptedException {
    Optional<String> last = after;
    try (EventStream stream = client.events(sector, after)) {
      if (!opened(stream)) {
        return last;
      }
      // What happened before the stream was open is known to nobody yet.
      happened.release();
      for (Optional<EventStream.Event> event = stream.next();
          event.isPresent();
          event = stream.next()) {
        happened.release();
        last = Optional.of(event.get().id()).filter(id -> !id.isEmpty());
      }
    } catch (IOException e) {
      // Whoever waits asks the node by itself, and is told there what is wrong.
      return last;
    }
    return last;
  }

  private synchronized boolean opened(EventStream stream) {
    open = stream;
    return !closed;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      if (open != null) {
        open.close();
      }
    }
    reader.interrupt();
  }
}
