package io.selkie.cli;

import io.selkie.journal.DatabaseSettings;
import io.selkie.storage.RepoLock;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The state directory of a node that does not run; none is started until this is closed. */
final class RestingNode implements AutoCloseable {
  private final StateDirectory state;
  private final RepoLock lock;

  private RestingNode(StateDirectory state, RepoLock lock) {
    this.state = state;
    this.lock = lock;
  }

  /**
   * Takes the place of the node.
   *
   * @param repo that the command line names
   * @param therefore what is added where no node has worked there yet
   * @throws IOException if one runs, or none was ever there; one line
   */
  static RestingNode of(CommandContext context, Optional<Path> repo, String therefore)
      throws IOException {
    Path directory = context.repo(repo);
    if (!Files.isDirectory(directory)) {
      throw new IOException("there is no repo " + directory);
    }
    StateDirectory state = StateDirectory.of(directory, context.environment());
    if (!Files.isDirectory(state.path())) {
      throw new IOException("no node has worked on " + directory + " yet" + therefore);
    }
    return new RestingNode(
        state,
        RepoLock.takeForNode(state)
            .orElseThrow(
                () -> new IOException("a node runs on " + state.path() + ": stop it first")));
  }

  /**
   * Where the settings have the journal.
   *
   * @throws IOException if they are wrong; one line
   */
  static DatabaseSettings database(CommandContext context) throws IOException {
    try {
      return DatabaseSettings.of(context.settings().read());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  StateDirectory state() {
    return state;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
