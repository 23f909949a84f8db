package io.selkie.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which node a command talks to. */
final class NodeOptions {
  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description =
          "Where the node's sectors lie (default: the node named by "
              + NodeAddress.VARIABLE
              + "=TOKEN:URL, else ~/.selkie).")
  private Optional<Path> repo = Optional.empty();

  NodeFinder nodes(CommandContext context) {
    return new NodeFinder(context, repo);
  }
}
