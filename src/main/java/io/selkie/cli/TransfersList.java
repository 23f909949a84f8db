package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code selkie transfers list}. */
@Command(
    name = "list",
    description = {
      "List transfers that are under way: what is done, how far it is, and why it waits.",
      "What has ended is shown by selkie sectors list."
    },
    mixinStandardHelpOptions = true)
final class TransfersList extends NodeQuery {
  TransfersList(CommandContext context) {
    super(context);
  }

  @Override
  NodeSession session(NodeFinder nodes) throws IOException, InterruptedException {
    return nodes.runningOrStarted();
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    return client.transfers();
  }

  @Override
  void show(JsonNode transfers, PrintWriter out) {
    out.println(table(transfers));
    if (transfers.path("paused").asBoolean()) {
      out.println("all transfers are paused: selkie transfers resume");
    }
  }

  private static TextTable table(JsonNode transfers) {
    TextTable table = new TextTable().row("SECTOR", "STATE", "STEP", "%", "DESTINATION", "REASON");
    for (JsonNode transfer : transfers.path("transfers")) {
      table.row(
          transfer.path("sector").asText(""),
          transfer.path("state").asText(""),
          transfer.path("step").asText(""),
          transfer.path("percent").asText(""),
          transfer.path("destination").asText(""),
          transfer.path("reason").asText(""));
    }
    return table;
  }
}
