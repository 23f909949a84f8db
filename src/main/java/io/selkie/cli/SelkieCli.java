package io.selkie.cli;

import io.selkie.node.Build;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code selkie}: the command line. */
@Command(
    name = "selkie",
    description = "A Filecoin sealing node.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = SelkieCli.Version.class,
    footer = {
      "",
      "Examples:",
      "  selkie seal README.md              seal a file into a 2 KiB sector",
      "  selkie unseal s-t01000-1 -o FILE   get it back",
      "  selkie verify s-t01000-1           check proof and replica",
      "  selkie dev                         run a node, to be used from another terminal",
      "  selkie run --repo /ssd             run a node beside a Lotus miner",
      "  selkie sectors list                what its sectors are doing",
      "  selkie selftest                    what it survives, shown on this host",
      "",
      "Commands that need a node use the one that runs on the repo. To use one elsewhere:",
      "  SELKIE_API_INFO=TOKEN:URL, with a token of selkie auth create-token over there.",
      "Log lines: SELKIE_LOG=error|warn|info|debug; the proofs library's: RUST_LOG."
    })
public final class SelkieCli {
  private SelkieCli() {}

  /** Runs one command and ends the process with its status. */
  public static void main(String[] arguments) {
    List<String> line = List.of(arguments);
    if (line.contains("run")) {
      showNews();
    }
    CommandContext context = CommandContext.of(System.getenv(), LocalNode::start);
    System.exit(OrderlyEnd.of(() -> execute(context, line)));
  }

  /** A node in the foreground says what it does, unless {@code SELKIE_LOG} says how much. */
  private static void showNews() {
    if (System.getenv().getOrDefault("SELKIE_LOG", "").isEmpty()
        && System.getProperty("SELKIE_LOG") == null) {
      System.setProperty("SELKIE_LOG", "info"); // before there is a logger, which reads it once
    }
  }

  /** Runs a command line under the name that its first word may give. */
  private static int execute(CommandContext context, List<String> line) {
    Called called = called(context, line);
    return called.command().execute(called.line().toArray(String[]::new));
  }

  /** A command and the words behind its name. */
  record Called(CommandLine command, List<String> line) {}

  static Called called(CommandContext context, List<String> line) {
    String first = line.isEmpty() ? "" : line.get(0);
    if (first.equals(WorkerProgram.NAME)) {
      return new Called(
          finished(WorkerProgram.create(context, WorkerProgram.NAME)),
          WorkerProgram.normal(line.subList(1, line.size())));
    }
    if (first.equals(MinerProgram.NAME)) {
      return new Called(
          finished(MinerProgram.create(context)),
          MinerProgram.normal(line.subList(1, line.size())));
    }
    if (WorkerProgram.isMeant(line)) {
      return new Called(finished(WorkerProgram.create(context, "selkie")), line);
    }
    return new Called(create(context), line);
  }

  static CommandLine create(Map<String, String> environment, NodeLauncher launcher) {
    return create(CommandContext.of(environment, launcher));
  }

  static CommandLine create(CommandContext context) {
    CommandLine root = new CommandLine(new SelkieCli());
    root.addSubcommand(new SealCommand(context));
    root.addSubcommand(new UnsealCommand(context));
    root.addSubcommand(new VerifyCommand(context));
    root.addSubcommand(
        ParamsCommand.create(
            context.environment(), () -> new ProverGeneration(context), Build.version()));
    root.addSubcommand(SectorsCommand.create(context));
    root.addSubcommand(RunCommand.create(context));
    root.addSubcommand(TransfersCommand.create(context));
    root.addSubcommand(HostsCommand.create(context));
    root.addSubcommand(new ExplainCommand(context));
    root.addSubcommand(new DevCommand(context));
    root.addSubcommand(StorageCommand.create(context));
    root.addSubcommand(AuthCommand.create(context));
    root.addSubcommand(DbCommand.create(context));
    root.addSubcommand(CertsCommand.create());
    root.addSubcommand(new SelftestCommand(context));
    return finished(root);
  }

  /** What every program has. */
  private static CommandLine finished(CommandLine root) {
    Converters.register(root);
    root.setParameterExceptionHandler(new UsageErrors());
    versioned(root);
    return root;
  }

  /** Every command answers {@code --version}. */
  private static void versioned(CommandLine command) {
    command.getCommandSpec().versionProvider(new Version());
    command.getSubcommands().values().forEach(SelkieCli::versioned);
  }

  /** Version and commit, as the build wrote them down. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"selkie " + Build.version() + " (commit " + Build.commit() + ")"};
    }
  }
}
