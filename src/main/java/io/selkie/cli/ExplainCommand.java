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

/** {@code selkie explain}. */
@Command(
    name = "explain",
    description = "Say in plain words why a task, a sector or a host does not go on.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Parameters(
      paramLabel = "TASK|SECTOR|HOST",
      description = "Such as s-t01000-1.g1.t2.PreCommit1, s-t01000-1 or sealer-1.5f3a9c.")
  @SuppressWarnings("NullAway.Init")
  private String subject;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  ExplainCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::explain);
  }

  private boolean explain() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).running()) {
      JsonNode answer = session.client().explain(subject);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(answer);
      } else {
        answer.path("lines").forEach(line -> out.println(CommandTask.oneLine(line.asText())));
      }
      out.flush();
      return true;
    }
  }
}
