package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code selkie sectors list}. */
@Command(
    name = "list",
    description = {
      "List sectors: name, state, the number of the phase, and what is wrong.",
      "Numbers: AddPiece 0, done 1; PreCommit1 10/11; PreCommit2 20/21; Commit1 30/31; Commit2"
          + " 40/41; Finalize 50."
    },
    mixinStandardHelpOptions = true)
final class SectorsList extends NodeQuery {
  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only sectors in this state: Proving, WaitSeed, ... or running, failed, ...")
  private Optional<String> state = Optional.empty();

  SectorsList(CommandContext context) {
    super(context);
  }

  @Override
  NodeSession session(NodeFinder nodes) throws IOException, InterruptedException {
    return nodes.runningOrStarted();
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    return object(client.sectors(state));
  }

  @Override
  void show(JsonNode sectors, PrintWriter out) {
    out.println(table(sectors.path("sectors")));
  }

  private static ObjectNode object(List<JsonNode> sectors) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.putArray("sectors").addAll(sectors);
    return object;
  }

  private static TextTable table(JsonNode sectors) {
    TextTable table =
        new TextTable().row("SECTOR", "STATE", "NUMBER", "TRANSFER", "UPDATED", "FAILURE");
    for (JsonNode sector : sectors) {
      table.row(
          text(sector, "sector"),
          text(sector, "driverState", "state"),
          text(sector, "phaseNumber", "number"),
          text(sector, "transfer"),
          SectorTable.toSeconds(text(sector, "updatedAt")),
          failure(sector));
    }
    return table;
  }

  /** The driver's word is a failure only where its state is one. */
  private static String failure(JsonNode sector) {
    if (text(sector, "transfer").equals("failed")) {
      return text(sector, "transferDetail");
    }
    return text(sector, "driverState").contains("Failed")
        ? text(sector, "failureMessage", "driverMessage")
        : text(sector, "failureMessage");
  }

  /** The first of these fields that is there. */
  private static String text(JsonNode sector, String... fields) {
    for (String field : fields) {
      JsonNode value = sector.path(field);
      if (!value.asText("").isEmpty() && !value.isNull()) {
        return value.asText();
      }
    }
    return "";
  }
}
