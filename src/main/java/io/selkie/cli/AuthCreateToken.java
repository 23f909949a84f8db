package io.selkie.cli;

import io.selkie.auth.Permission;
import io.selkie.auth.Tokens;
import io.selkie.node.TokenSecrets;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie auth create-token}. */
@Command(
    name = "create-token",
    description = {
      "Make a token for the node of a repo, and print it. The node need not run. In a farm the token"
          + " is good at all hosts.",
      "A permission allows those before it, too. Removing jwt-secret in the state directory, in a"
          + " farm the row of farm_secret in its database, makes all tokens void at the next start."
    },
    mixinStandardHelpOptions = true)
final class AuthCreateToken implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private RepoOption repo = new RepoOption();

  @Option(
      names = {"--permission", "--perm"},
      paramLabel = "PERMISSION",
      required = true,
      description = "read, write, sign or admin.")
  @SuppressWarnings("NullAway.Init")
  private Permission permission;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "How long it counts, such as 12h or 30d (default: 30d).")
  private Duration expires = Duration.ofDays(30);

  @Option(
      names = "--subject",
      paramLabel = "NAME",
      description = "Who it is for, as the audit log names it (default: operator).")
  private String subject = "operator";

  @Option(
      names = "--this-host",
      description = "In a farm: good at this host alone, and made without its database.")
  private boolean thisHost;

  @Option(
      names = "--transfer",
      description = "Good at the transfer address alone, as for another node's token-file.")
  private boolean transfer;

  AuthCreateToken(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::create);
  }

  private boolean create() throws IOException {
    Path directory = context.repo(repo.given());
    if (!Files.isDirectory(directory)) {
      throw new IOException("there is no repo " + directory + ": selkie dev makes one");
    }
    StateDirectory state = StateDirectory.of(directory, context.environment());
    state.create();
    try {
      Tokens all =
          thisHost
              ? TokenSecrets.ofHost(state)
              : TokenSecrets.ofFarmAt(state, context.settings().read());
      Tokens tokens = transfer ? all.forTransfer() : all;
      String token = tokens.create(permission, expires, subject);
      spec.commandLine().getOut().println(token);
      spec.commandLine().getOut().flush();
      return true;
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
