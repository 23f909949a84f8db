package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** A command whose answer is shown to people, or printed as it is for programs. */
abstract class NodeQuery extends NodeCommand {
  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  NodeQuery(CommandContext context) {
    super(context);
  }

  /** Asks the node. */
  abstract JsonNode ask(NodeClient client) throws IOException, InterruptedException;

  /** Shows the answer to people. */
  abstract void show(JsonNode answer, PrintWriter out);

  @Override
  void perform(NodeClient client, PrintWriter out) throws IOException, InterruptedException {
    JsonNode answer = ask(client);
    if (json) {
      out.println(answer);
    } else {
      show(answer, out);
    }
  }
}
