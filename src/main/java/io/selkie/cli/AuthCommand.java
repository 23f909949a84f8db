package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie auth}: who may call a node. */
@Command(
    name = "auth",
    description = "Make tokens for the interface of a node.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class AuthCommand {
  private AuthCommand() {}

  static CommandLine create(CommandContext context) {
    CommandLine auth = new CommandLine(new AuthCommand());
    auth.addSubcommand(new AuthCreateToken(context));
    return auth;
  }
}
