package io.selkie.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
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
      "  selkie sectors list                what its sectors are doing",
      "",
      "Commands that need a node use the one that runs on the repo. To use one elsewhere:",
      "  SELKIE_API_INFO=TOKEN:URL, with a token of selkie auth create-token over there.",
      "Log lines: SELKIE_LOG=error|warn|info|debug; the proofs library's: RUST_LOG."
    })
public final class SelkieCli {
  private SelkieCli() {}

  /** Runs one command and ends the process with its status. */
  public static void main(String[] arguments) {
    System.exit(OrderlyEnd.of(() -> create(System.getenv(), LocalNode::start).execute(arguments)));
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
            context.environment(), () -> new ProverGeneration(context), Version.number()));
    root.addSubcommand(SectorsCommand.create(context));
    root.addSubcommand(TransfersCommand.create(context));
    root.addSubcommand(new DevCommand(context));
    root.addSubcommand(AuthCommand.create(context));
    root.addSubcommand(DbCommand.create(context));
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
      Properties build = build();
      return new String[] {
        "selkie " + build.getProperty("version") + " (commit " + build.getProperty("commit") + ")"
      };
    }

    static String number() {
      return build().getProperty("version", "unknown");
    }

    private static Properties build() {
      Properties properties = new Properties();
      try (InputStream in = SelkieCli.class.getResourceAsStream("/selkie-build.properties")) {
        if (in != null) {
          properties.load(in);
        }
      } catch (IOException e) {
        throw new IllegalStateException("cannot read selkie-build.properties", e);
      }
      return properties;
    }
  }
}
