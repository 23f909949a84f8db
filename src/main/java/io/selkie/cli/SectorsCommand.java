package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie sectors}: what a node's sectors are doing, and orders to them. */
@Command(
    name = "sectors",
    description = "List, follow and order sectors of a node.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class SectorsCommand {
  private SectorsCommand() {}

  static CommandLine create(CommandContext context) {
    CommandLine sectors = new CommandLine(new SectorsCommand());
    sectors.addSubcommand(new SectorsList(context));
    sectors.addSubcommand(new SectorsStatus(context));
    sectors.addSubcommand(new SectorsPledge(context));
    sectors.addSubcommand(new SectorsAbort(context));
    sectors.addSubcommand(new SectorsRetry(context));
    sectors.addSubcommand(new SectorsRemove(context));
    return sectors;
  }
}
