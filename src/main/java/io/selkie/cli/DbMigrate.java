package io.selkie.cli;

import io.selkie.chain.DevChain;
import io.selkie.journal.Database;
import io.selkie.journal.DatabaseSettings;
import io.selkie.journal.JournalMove;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code selkie db migrate}. */
@Command(
    name = "migrate",
    description = {
      "Move the journal of this host into the PostgreSQL that selkie.database.url names, so that it"
          + " can join a farm.",
      "The node must not run. The target must be new. Interrupted, the command goes on when it is"
          + " run again. What was embedded stays beside it under another name."
    },
    mixinStandardHelpOptions = true)
final class DbMigrate implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private RepoOption repo = new RepoOption();

  DbMigrate(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::migrate);
  }

  private boolean migrate() throws IOException {
    DatabaseSettings target = target();
    try (RestingNode node = RestingNode.of(context, repo.given(), ": there is nothing to move")) {
      StateDirectory state = node.state();
      if (Database.wasMoved(state)) {
        throw new IOException("the journal of " + state.path() + " was moved before");
      }
      JournalMove.Moved moved = move(state, target);
      Database.setAside(state);
      say(
          "moved %d events, %d tags, %d snapshots and %d sector numbers to %s; start the node with"
                  .formatted(
                      moved.events(), moved.tags(), moved.snapshots(), moved.numbers(), target)
              + " selkie.database.url from now on");
      return true;
    } catch (SQLException e) {
      throw new IOException(
          String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + ": run the command again, it goes on where it was",
          e);
    }
  }

  private DatabaseSettings target() throws IOException {
    DatabaseSettings settings = RestingNode.database(context);
    if (!settings.isShared()) {
      throw new IOException(
          "selkie.database.url is not set: name the PostgreSQL to move the journal to");
    }
    return settings;
  }

  private JournalMove.Moved move(StateDirectory state, DatabaseSettings settings)
      throws IOException, SQLException {
    try (Database from = Database.open(state);
        Database to = Database.open(state, settings)) {
      JournalMove move = new JournalMove(from, to, source(state));
      if (!move.isFinished()) {
        to.requireNoNode();
      }
      try {
        return move.run(
            target -> DevChain.copy(state.path().resolve("chain"), target),
            events -> {
              if (events % 100_000 == 0) {
                say(events + " events");
              }
            });
      } catch (IOException e) {
        throw new IOException(settings + ": " + e.getMessage(), e);
      }
    }
  }

  /** The identity of the host: its directory may have another name tomorrow. */
  private static String source(StateDirectory state) throws IOException {
    return Files.readString(state.path().resolve("host-id")).strip();
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
