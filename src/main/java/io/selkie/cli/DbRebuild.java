package io.selkie.cli;

import io.selkie.journal.Database;
import io.selkie.journal.DatabaseSettings;
import io.selkie.storage.RepoLock;
import io.selkie.storage.StateDirectory;
import io.selkie.view.Rebuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie db rebuild}. */
@Command(
    name = "rebuild",
    description = {
      "Empty the read model, which lists and histories show; the next start of the node makes it"
          + " again from the journal.",
      "The node must not run. The journal itself is not touched."
    },
    mixinStandardHelpOptions = true)
final class DbRebuild implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "Where the node's sectors lie (default: ~/.selkie).")
  private Optional<Path> repo = Optional.empty();

  DbRebuild(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::rebuild);
  }

  private DatabaseSettings database() throws IOException {
    try {
      return DatabaseSettings.of(context.settings().read());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private boolean rebuild() throws IOException {
    Path directory = context.repo(repo);
    if (!Files.isDirectory(directory)) {
      throw new IOException("there is no repo " + directory);
    }
    StateDirectory state = StateDirectory.of(directory, context.environment());
    if (!Files.isDirectory(state.path())) {
      throw new IOException("no node has worked on " + directory + " yet");
    }
    try (RepoLock lock =
            RepoLock.takeForNode(state)
                .orElseThrow(
                    () -> new IOException("a node runs on " + state.path() + ": stop it first"));
        Database database = Database.open(state, database())) {
      database.requireNoNode();
      long events = Rebuild.run(database);
      spec.commandLine()
          .getOut()
          .println("emptied; the next start of the node reads " + events + " events again");
      spec.commandLine().getOut().flush();
      return true;
    } catch (SQLException e) {
      throw new IOException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }
}
