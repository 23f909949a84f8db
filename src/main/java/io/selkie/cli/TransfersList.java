package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie transfers list}. */
@Command(
    name = "list",
    description = {
      "List transfers that are under way: what is done, how far it is, and why it waits.",
      "What has ended is shown by selkie sectors list."
    },
    mixinStandardHelpOptions = true)
final class TransfersList implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  TransfersList(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::list);
  }

  private boolean list() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).runningOrStarted()) {
      JsonNode transfers = session.client().transfers();
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(transfers);
      } else {
        out.println(table(transfers));
        if (transfers.path("paused").asBoolean()) {
          out.println("all transfers are paused: selkie transfers resume");
        }
      }
      out.flush();
      return true;
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
