package io.selkie.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The worker with its flags before {@code run}, as {@code lotus-seal-worker} is called. */
@Command(
    name = WorkerProgram.NAME,
    description = "The sealing worker: Selkie under the name that scripts know.",
    synopsisSubcommandLabel = "run",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class WorkerProgram {
  static final String NAME = "lotus-seal-worker";

  private static final Set<String> OF_EVERY_COMMAND = Set.of("--help", "--version");

  /** Lotus takes one dash for two. */
  private static final Pattern ONE_DASH = Pattern.compile("-[a-z][a-z0-9-]+(?:=.*)?");

  private WorkerProgram() {}

  /** Whether a line of {@code selkie} is of this form: flags first. */
  static boolean isMeant(List<String> line) {
    return !line.isEmpty()
        && line.get(0).startsWith("--")
        && !OF_EVERY_COMMAND.contains(line.get(0))
        && line.contains("run");
  }

  static CommandLine create(CommandContext context, String name) {
    RunFlags flags = new RunFlags();
    CommandLine root = new CommandLine(new WorkerProgram());
    root.setCommandName(name);
    root.getCommandSpec().addMixin("flags", CommandSpec.forAnnotatedObject(flags));
    root.addSubcommand(RunCommand.below(context, flags));
    return root;
  }

  /** The line in the form that our parser knows. */
  static List<String> normal(List<String> line) {
    List<String> normal = new ArrayList<>();
    for (String word : line) {
      normal.add(ONE_DASH.matcher(word).matches() ? "-" + word : word);
    }
    return normal;
  }
}
