package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code selkie explain}. */
@Command(
    name = "explain",
    description = "Say in plain words why a task, a sector or a host does not go on.",
    mixinStandardHelpOptions = true)
final class ExplainCommand extends NodeQuery {
  @Parameters(
      paramLabel = "TASK|SECTOR|HOST",
      description = "Such as s-t01000-1.g1.t2.PreCommit1, s-t01000-1 or sealer-1.5f3a9c.")
  @SuppressWarnings("NullAway.Init")
  private String subject;

  ExplainCommand(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    return client.explain(subject);
  }

  @Override
  void show(JsonNode answer, PrintWriter out) {
    answer.path("lines").forEach(line -> out.println(CommandTask.oneLine(line.asText())));
  }
}
