package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie hosts}: the hosts of the farm. */
@Command(
    name = "hosts",
    description = "List the hosts of the farm, and say what each may take.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class HostsCommand {
  private HostsCommand() {}

  static CommandLine create(CommandContext context) {
    CommandLine hosts = new CommandLine(new HostsCommand());
    hosts.addSubcommand(new HostsList(context));
    hosts.addSubcommand(new HostsOrder.Cordon(context));
    hosts.addSubcommand(new HostsOrder.Uncordon(context));
    hosts.addSubcommand(new HostsDrain(context));
    hosts.addSubcommand(new HostsRemove(context));
    return hosts;
  }
}
