package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie storage detach}. */
@Command(
    name = "detach",
    description = {
      "Have a node forget a storage path. Nothing in it changes: attached again, its sectors are"
          + " there again."
    },
    mixinStandardHelpOptions = true)
final class StorageDetach implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "PATH", description = "Its directory or its ID.")
  @SuppressWarnings("NullAway.Init")
  private String path;

  @Option(
      names = "--force",
      description = "Also while sectors are worked on there: their tasks fail.")
  private boolean force;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  StorageDetach(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::detach);
  }

  private boolean detach() throws IOException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    // What is here under this name is meant; an ID is not.
    Path directory = Path.of(path);
    body.put(
        "path", Files.exists(directory) ? directory.toAbsolutePath().normalize().toString() : path);
    if (force) {
      body.put("force", true);
    }
    try (NodeSession session = node.nodes(context).running()) {
      JsonNode detached = session.client().detach(body);
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          json
              ? detached
              : CommandTask.oneLine(
                  detached.path("path").asText() + " is detached; nothing in it changed"));
      out.flush();
      return true;
    }
  }
}
