package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie certs}: keys and certificates for a farm. */
@Command(
    name = "certs",
    description = "Make keys and certificates for the hosts of a farm, where no authority does.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class CertsCommand {
  private CertsCommand() {}

  static CommandLine create() {
    CommandLine certs = new CommandLine(new CertsCommand());
    certs.addSubcommand(new CertsInit());
    certs.addSubcommand(new CertsIssue());
    return certs;
  }
}
