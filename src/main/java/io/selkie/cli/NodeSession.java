package io.selkie.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A node that a command works with. Closing ends the node if it was started for the command.
 *
 * @param client to talk to it
 * @param repo where its sectors lie; empty if that is another host's matter
 * @param own the node that was started for the command
 */
record NodeSession(NodeClient client, Optional<Path> repo, Optional<NodeLauncher.Running> own)
    implements AutoCloseable {

  /** Whether the node goes on when the command has ended. */
  boolean goesOn() {
    return own.isEmpty();
  }

  /** A command that was called off waits for its node all the same. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    own.ifPresent(NodeLauncher.Running::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
