package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie dev}. */
@Command(
    name = "dev",
    description = {
      "Run a node with a development chain of its own until Ctrl-C or SIGTERM.",
      "The chain verifies every proof for real. Provers outlive the node: what runs when it ends"
          + " goes on, and the next node of the repo takes it over."
    },
    mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "Where sectors lie (default: ~/.selkie); made if it is not there.")
  private Optional<Path> repo = Optional.empty();

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      description = "Port of the interface, 0: any free one (default: selkie.api.port).")
  private Optional<Integer> port = Optional.empty();

  DevCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::serve);
  }

  private boolean serve() throws IOException {
    Config config = config();
    context.requireProofs();
    Path directory = context.repo(repo);
    NodeFinder.make(directory);
    NodeLauncher.Order order = new NodeLauncher.Order(directory, context.environment(), config);
    try (NodeLauncher.Running node = context.launcher().start(order)) {
      tell(directory, node);
      node.awaitStopped();
    } catch (InterruptedException e) {
      // Ctrl-C or SIGTERM: how this command is meant to end. The node was closed above.
      return true;
    }
    return true;
  }

  private Config config() throws IOException {
    Config config =
        context
            .settings()
            .read()
            .withValue(RunPlan.CHAIN, ConfigValueFactory.fromAnyRef("dev", "selkie dev"));
    if (port.isEmpty()) {
      return config;
    }
    if (port.get() < 0 || port.get() > MAX_PORT) {
      throw new IOException("--api-port is " + port.get() + ": use 0 to " + MAX_PORT);
    }
    return config.withValue(
        NodeFinder.PORT, ConfigValueFactory.fromAnyRef(port.get(), "--api-port"));
  }

  private void tell(Path directory, NodeLauncher.Running node) {
    String option = repo.isPresent() ? " --repo " + directory : "";
    PrintWriter out = spec.commandLine().getOut();
    out.println("serving " + NodeAddress.base(node.api().toString()) + " for " + directory);
    out.println("  selkie seal FILE" + option);
    out.println("  selkie sectors list" + option);
    out.println("  selkie auth create-token --permission read" + option);
    out.println("Ctrl-C ends it");
    out.flush();
  }
}
