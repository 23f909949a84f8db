package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie storage}: the disks of a node. */
@Command(
    name = "storage",
    description = "Attach, list and detach storage paths of a node, and delete what nothing needs.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class StorageCommand {
  private StorageCommand() {}

  static CommandLine create(CommandContext context) {
    CommandLine storage = new CommandLine(new StorageCommand());
    storage.addSubcommand(new StorageAttach(context));
    storage.addSubcommand(new StorageList(context));
    storage.addSubcommand(new StorageDetach(context));
    storage.addSubcommand(new StorageGc(context));
    return storage;
  }
}
