package io.selkie.cli;

import io.selkie.journal.Database;
import io.selkie.view.Rebuild;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private RepoOption repo = new RepoOption();

  DbRebuild(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::rebuild);
  }

  private boolean rebuild() throws IOException {
    try (RestingNode node = RestingNode.of(context, repo.given(), "");
        Database database = Database.open(node.state(), RestingNode.database(context))) {
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
