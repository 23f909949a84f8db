package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code selkie hosts list}. */
@Command(
    name = "list",
    description = "List the hosts of the farm: what each may take, and what it has on.",
    mixinStandardHelpOptions = true)
final class HostsList extends NodeQuery {
  HostsList(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    return client.hosts();
  }

  @Override
  void show(JsonNode hosts, PrintWriter out) {
    out.println(table(hosts));
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
