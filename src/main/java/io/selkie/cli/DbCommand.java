package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie db}: the database of a node. */
@Command(
    name = "db",
    description = "Look after the database of a node.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class DbCommand {
  private DbCommand() {}

  static CommandLine create(CommandContext context) {
    CommandLine db = new CommandLine(new DbCommand());
    db.addSubcommand(new DbMigrate(context));
    db.addSubcommand(new DbRebuild(context));
    return db;
  }
}
