package io.selkie.node;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node has opened so far. Its lock keeps the node from being closed meanwhile. */
final class OpenParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenParts.class);

  private final Deque<Part> parts = new ArrayDeque<>();

  /** Something that was opened, and how it is closed. */
  private record Part(String name, AutoCloseable close) {}

  /**
   * Has something closed before all that was opened earlier.
   *
   * @param name what the log calls it
   */
  synchronized void keep(String name, AutoCloseable close) {
    parts.push(new Part(name, close));
  }

  /** Closes all in the reverse order. What cannot be closed is logged, and the rest closed. */
  @Override
  public synchronized void close() {
    // An interrupt is what often leads here; the order must be kept all the same.
    boolean interrupted = Thread.interrupted();
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.close().close();
      } catch (Exception e) {
        LOG.warn("cannot close the {}: {}", part.name(), e.toString());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
