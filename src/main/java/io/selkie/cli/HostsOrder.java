package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that orders something of one host. */
abstract class HostsOrder implements Callable<Integer> {
  private final CommandContext context;
  private final String order;
  private final String done;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "HOST", description = "As selkie hosts list names it.")
  @SuppressWarnings("NullAway.Init")
  private String host;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  HostsOrder(CommandContext context, String order, String done) {
    this.context = context;
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
  public Integer call() {
    return CommandTask.run(spec, this::order);
  }

  private boolean order() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).running()) {
      JsonNode answer = session.client().orderHost(host, order);
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? answer : "host " + answer.path("host").asText(host) + " " + done);
      out.flush();
      return true;
    }
  }
}
