package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selkie hosts drain}. */
@Command(
    name = "drain",
    description = {
      "Empty a host up to a boundary: until sector, those that it has go on to their end and no others",
      "begin; until phase, what runs comes to its end and nothing begins; evacuate, what runs comes",
      "to its end, and the sectors move to hosts that can go on with them, each when its next task is",
      "due. The order outlives every restart; selkie hosts uncordon ends it."
    },
    mixinStandardHelpOptions = true)
final class HostsDrain extends NodeQuery {
  @Parameters(paramLabel = "HOST", description = "As selkie hosts list names it.")
  @SuppressWarnings("NullAway.Init")
  private String host;

  @Option(names = "--until", paramLabel = "BOUNDARY", description = "${COMPLETION-CANDIDATES}.")
  private Boundary until = Boundary.sector;

  /** As operators write them. */
  @SuppressWarnings("checkstyle:ConstantName")
  enum Boundary {
    phase,
    sector,
    evacuate
  }

  HostsDrain(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    client.orderHost(host, "drain?until=" + until);
    return client.host(host);
  }

  @Override
  void show(JsonNode drained, PrintWriter out) {
    out.println(text(drained));
  }

  private String text(JsonNode drained) {
    int tasks = drained.path("tasks").size();
    int sectors = drained.path("sectors").size();
    String left =
        switch (until) {
          case phase -> tasks + " tasks run to their end";
          case sector -> sectors + " sectors go on to their end";
          case evacuate ->
              tasks
                  + " tasks run to their end, and "
                  + sectors
                  + " sectors move (selkie explain "
                  + host
                  + " tells which cannot)";
        };
    String when =
        drained.path("emptyAt").isTextual()
            ? "by about " + drained.path("emptyAt").asText()
            : "when, no earlier task tells";
    return "host " + host + " is drained: " + left + ", " + when;
  }
}
