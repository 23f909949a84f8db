package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code selkie sectors retry}. */
@Command(
    name = "retry",
    description = "Try again what failed or was aborted.",
    mixinStandardHelpOptions = true)
final class SectorsRetry extends SectorOrder {
  SectorsRetry(CommandContext context) {
    super(context);
  }

  @Override
  String give(NodeClient client, SectorId to) throws IOException, InterruptedException {
    client.retry(to);
    return "is tried again";
  }
}
