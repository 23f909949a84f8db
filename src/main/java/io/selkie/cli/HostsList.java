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

/** {@code selkie hosts list}. */
@Command(
    name = "list",
    description = "List the hosts of the farm: what each may take, and what it has on.",
    mixinStandardHelpOptions = true)
final class HostsList implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  HostsList(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::list);
  }

  private boolean list() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).running()) {
      JsonNode hosts = session.client().hosts();
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? hosts : table(hosts));
      out.flush();
      return true;
    }
  }

  private static TextTable table(JsonNode hosts) {
    TextTable table =
        new TextTable()
            .row(
                "HOST", "MODE", "STATE", "TASKS", "SECTORS", "WAITING", "AP", "PC1", "PC2", "C1",
                "C2", "VERSION");
    for (JsonNode host : hosts.path("hosts")) {
      JsonNode slots = host.path("slots");
      table.row(
          host.path("host").asText(""),
          host.path("mode").asText(""),
          state(host),
          host.path("tasks").size() + "/" + host.path("maxTasks").asText("?"),
          String.valueOf(host.path("sectors").size()),
          host.path("waiting").asText(""),
          slot(slots, 0),
          slot(slots, 1),
          slot(slots, 2),
          slot(slots, 3),
          slot(slots, 4),
          host.path("version").asText(""));
    }
    return table;
  }

  private static String state(JsonNode host) {
    if (host.path("loss").isTextual()) {
      return host.path("loss").asText();
    }
    return host.path("unfit").isTextual() ? "unfit" : "up";
  }

  private static String slot(JsonNode slots, int number) {
    JsonNode slot = slots.path(number);
    return slot.path("used").asText("0") + "/" + slot.path("of").asText("0");
  }
}
