package io.selkie.cli;

import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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
      "Make a token for the node of a repo, and print it. The node need not run.",
      "A permission allows those before it, too. Removing jwt-secret in the state directory makes"
          + " all tokens void."
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
    Tokens tokens = new Tokens(TokenSecret.in(state.path()), Clock.systemUTC());
    try {
      String token = tokens.create(permission, expires, subject);
      spec.commandLine().getOut().println(token);
      spec.commandLine().getOut().flush();
      return true;
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
