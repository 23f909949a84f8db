package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie sectors status}. */
@Command(
    name = "status",
    description = "Show what a sector is doing, what is known of it, and what happened to it.",
    mixinStandardHelpOptions = true)
final class SectorsStatus implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "SECTOR", description = "A sector such as s-t01000-1.")
  @SuppressWarnings("NullAway.Init")
  private SectorId sector;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--history", description = "Show what happened to it, too.")
  private boolean history;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  SectorsStatus(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::status);
  }

  private boolean status() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).runningOrStarted()) {
      SectorReport report = session.client().sector(sector);
      List<JsonNode> events = history ? session.client().history(sector) : List.of();
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(object(report, events));
      } else {
        out.println(SectorTable.of(report));
        if (history) {
          out.println();
          out.println(SectorTable.history(events));
        }
      }
      out.flush();
      return true;
    }
  }

  private Object object(SectorReport report, List<JsonNode> events) {
    if (history && report.json() instanceof ObjectNode object) {
      object.putArray("history").addAll(events);
    }
    return report.json();
  }
}
