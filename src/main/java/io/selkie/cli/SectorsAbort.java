package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code selkie sectors abort}. */
@Command(
    name = "abort",
    description = {
      "End what a sector is doing, and free the disk of what it has written for that; finished phases"
          + " are kept. See retry, which begins the phase anew, and remove."
    },
    mixinStandardHelpOptions = true)
final class SectorsAbort extends SectorOrder {
  @Option(
      names = "--cause",
      paramLabel = "TEXT",
      description = "One line for the sector's history.")
  private String cause = "aborted on the command line";

  SectorsAbort(CommandContext context) {
    super(context);
  }

  @Override
  String give(NodeClient client, SectorId to) throws IOException, InterruptedException {
    client.abort(to, cause);
    return "is aborted";
  }
}
