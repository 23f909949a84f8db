package io.selkie.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code lotus-storage-miner} is called for. */
@Command(
    name = MinerProgram.NAME,
    description = "The storage miner's commands: Selkie under the name that scripts know.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class MinerProgram {
  static final String NAME = "lotus-storage-miner";

  private MinerProgram() {}

  static CommandLine create(CommandContext context) {
    CommandLine root = new CommandLine(new MinerProgram());
    root.addSubcommand(SectorsCommand.create(context));
    root.addSubcommand(AuthCommand.create(context));
    return root;
  }

  /** {@code pledge sector} and {@code pledge-sector} of 2020 are {@code sectors pledge} today. */
  static List<String> normal(List<String> line) {
    boolean two = line.size() >= 2 && line.get(0).equals("pledge") && line.get(1).equals("sector");
    boolean one = !line.isEmpty() && line.get(0).equals("pledge-sector");
    if (!two && !one) {
      return line;
    }
    List<String> normal = new ArrayList<>(List.of("sectors", "pledge"));
    normal.addAll(line.subList(two ? 2 : 1, line.size()));
    return normal;
  }
}
