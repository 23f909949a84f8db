package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie transfers}: the way of sealed sectors to long-term storage. */
@Command(
    name = "transfers",
    description = "List and hold transfers of sealed sectors to long-term storage.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class TransfersCommand {
  private TransfersCommand() {}

  static CommandLine create(CommandContext context) {
    CommandLine transfers = new CommandLine(new TransfersCommand());
    transfers.addSubcommand(new TransfersList(context));
    transfers.addSubcommand(new TransfersOrder.Pause(context));
    transfers.addSubcommand(new TransfersOrder.Resume(context));
    return transfers;
  }
}
