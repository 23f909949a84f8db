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

/** {@code selkie storage list}. */
@Command(
    name = "list",
    description = "List the storage paths of a node and their room.",
    mixinStandardHelpOptions = true)
final class StorageList implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  StorageList(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::list);
  }

  private boolean list() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).running()) {
      JsonNode storage = session.client().storage();
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? storage : table(storage.path("paths")));
      out.flush();
      return true;
    }
  }

  private static TextTable table(JsonNode paths) {
    TextTable table =
        new TextTable().row("PATH", "FOR", "WEIGHT", "SECTORS", "FREE", "OF", "ID", "PROBLEM");
    for (JsonNode path : paths) {
      table.row(
          path.path("path").asText(),
          purpose(path),
          path.path("weight").asText(),
          path.path("sectors").asText(),
          size(path.path("available")),
          size(path.path("capacity")),
          path.path("id").asText(),
          path.path("problem").asText(""));
    }
    return table;
  }

  private static String purpose(JsonNode path) {
    boolean seal = path.path("canSeal").asBoolean();
    boolean store = path.path("canStore").asBoolean();
    String purpose = seal && store ? "seal, store" : seal ? "seal" : store ? "store" : "nothing";
    return path.path("serve").asBoolean() ? purpose + ", serve" : purpose;
  }

  private static String size(JsonNode bytes) {
    return bytes.isNumber() ? ByteSize.shown(bytes.asLong()) : "?";
  }
}
