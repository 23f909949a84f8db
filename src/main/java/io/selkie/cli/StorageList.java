package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code selkie storage list}. */
@Command(
    name = "list",
    description = "List the storage paths of a node and their room.",
    mixinStandardHelpOptions = true)
final class StorageList extends NodeQuery {
  StorageList(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    return client.storage();
  }

  @Override
  void show(JsonNode storage, PrintWriter out) {
    out.println(table(storage.path("paths")));
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
