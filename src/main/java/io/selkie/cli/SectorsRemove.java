package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code selkie sectors remove}. */
@Command(
    name = "remove",
    description = {
      "Remove a sector and all its files. Nothing brings them back: on a real chain a proven sector"
          + " that is gone costs its collateral."
    },
    mixinStandardHelpOptions = true)
final class SectorsRemove extends SectorOrder {
  @Option(names = "--yes", description = "Really remove it; without this nothing is done.")
  private boolean yes;

  SectorsRemove(CommandContext context) {
    super(context);
  }

  @Override
  void require(SectorId which) throws IOException {
    if (!yes) {
      throw new IOException(
          "this deletes all files of " + which + ": give --yes if that is what you want");
    }
  }

  @Override
  String give(NodeClient client, SectorId to) throws IOException, InterruptedException {
    return client
        .remove(to)
        .map(copy -> "is being removed; its copy at " + copy + " goes to the trash there")
        .orElse("is being removed");
  }
}
