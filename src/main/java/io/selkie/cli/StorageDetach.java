package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selkie storage detach}. */
@Command(
    name = "detach",
    description = {
      "Have a node forget a storage path. Nothing in it changes: attached again, its sectors are"
          + " there again."
    },
    mixinStandardHelpOptions = true)
final class StorageDetach extends NodeQuery {
  @Parameters(paramLabel = "PATH", description = "Its directory or its ID.")
  @SuppressWarnings("NullAway.Init")
  private String path;

  @Option(
      names = "--force",
      description = "Also while sectors are worked on there: their tasks fail.")
  private boolean force;

  StorageDetach(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    // What is here under this name is meant; an ID is not.
    Path directory = Path.of(path);
    body.put(
        "path", Files.exists(directory) ? directory.toAbsolutePath().normalize().toString() : path);
    if (force) {
      body.put("force", true);
    }
    return client.detach(body);
  }

  @Override
  void show(JsonNode answer, PrintWriter out) {
    out.println(
        CommandTask.oneLine(answer.path("path").asText() + " is detached; nothing in it changed"));
  }
}
