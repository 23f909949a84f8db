package io.selkie.cli;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Starts nodes in this process. */
@FunctionalInterface
public interface NodeLauncher {
  /**
   * Starts a node with a development chain. It takes work when this returns, and has written where
   * it serves into {@code api} of its state directory.
   *
   * @throws IOException if it cannot start, as when another node works on the same state directory;
   *     one line
   */
  Running start(Order order) throws IOException;

  /**
   * What to start.
   *
   * @param repo the storage path, an existing directory
   * @param config all settings; the port of the interface among them
   */
  record Order(Path repo, Map<String, String> environment, Config config) {}

  /** A node that runs in this process. */
  interface Running extends AutoCloseable {
    /** Where it serves, such as {@code http://127.0.0.1:4720}. */
    URI api();

    /** Returns when the node has stopped, whatever stopped it. */
    void awaitStopped() throws InterruptedException;

    /** Whether it stopped by itself, cut off from the other hosts of its farm. */
    default boolean isLost() {
      return false;
    }

    /** Why it stopped by itself, if it had to: one line that says what to do. */
    default Optional<String> refusal() {
      return Optional.empty();
    }

    /** Stops the node; provers go on, and the next node of the repo goes on with them. */
    @Override
    void close();
  }
}
