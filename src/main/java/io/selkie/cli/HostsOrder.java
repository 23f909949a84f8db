package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A command that orders something of one host. */
abstract class HostsOrder extends NodeQuery {
  private final String order;
  private final String done;

  @Parameters(paramLabel = "HOST", description = "As selkie hosts list names it.")
  @SuppressWarnings("NullAway.Init")
  private String host;

  HostsOrder(CommandContext context, String order, String done) {
    super(context);
    this.order = order;
    this.done = done;
  }

  /** {@code selkie hosts cordon}. */
  @Command(
      name = "cordon",
      description = {
        "Have a host take no more sectors, and no Commit2 of others. What it has goes on to its end;",
        "the order outlives every restart."
      },
      mixinStandardHelpOptions = true)
  static final class Cordon extends HostsOrder {
    Cordon(CommandContext context) {
      super(context, "cordon", "takes no more sectors");
    }
  }

  /** {@code selkie hosts uncordon}. */
  @Command(
      name = "uncordon",
      description = "Have a host take work again, whatever was ordered before.",
      mixinStandardHelpOptions = true)
  static final class Uncordon extends HostsOrder {
    Uncordon(CommandContext context) {
      super(context, "uncordon", "takes work");
    }
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    return client.orderHost(host, order);
  }

  @Override
  void show(JsonNode answer, PrintWriter out) {
    out.println("host " + answer.path("host").asText(host) + " " + done);
  }
}
