package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie storage gc}. */
@Command(
    name = "gc",
    description = {
      "List files on the storage paths of a node that nothing needs, with --yes delete them.",
      "A replica that no journal knows is only deleted when its sector is named: it may be proven"
          + " by another program."
    },
    mixinStandardHelpOptions = true)
final class StorageGc implements Callable<Integer> {
  /** So many at once keep a call short. */
  private static final int BATCH = 50;

  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--yes", description = "Really delete them; without this they are only listed.")
  private boolean yes;

  @Option(
      names = "--sector",
      paramLabel = "SECTOR",
      description = "Only what is of this sector, a replica too; may be given several times.")
  private List<SectorId> sectors = List.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  StorageGc(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::collect);
  }

  private boolean collect() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).running()) {
      List<JsonNode> orphans = wanted(session.client().orphans());
      if (yes) {
        return delete(session.client(), orphans);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(object("orphans", orphans));
      } else if (orphans.isEmpty()) {
        out.println("there are no orphans");
      } else {
        out.println(table(orphans, "REASON"));
        out.println(
            orphans.size()
                + " orphans with "
                + ByteSize.shown(bytes(orphans))
                + "; nothing was deleted: give --yes for that");
      }
      out.flush();
      return true;
    }
  }

  private List<JsonNode> wanted(JsonNode orphans) {
    Set<String> named = sectors.stream().map(SectorId::toString).collect(Collectors.toSet());
    List<JsonNode> wanted = new ArrayList<>();
    for (JsonNode orphan : orphans.path("orphans")) {
      if (named.isEmpty() || named.contains(orphan.path("sector").asText())) {
        wanted.add(orphan);
      }
    }
    return wanted;
  }

  private boolean delete(NodeClient client, List<JsonNode> orphans)
      throws IOException, InterruptedException {
    List<JsonNode> meant =
        orphans.stream()
            .filter(orphan -> !sectors.isEmpty() || !orphan.path("onlyByName").asBoolean())
            .toList();
    List<JsonNode> deleted = new ArrayList<>();
    List<JsonNode> kept = new ArrayList<>();
    for (int from = 0; from < meant.size(); from += BATCH) {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      ArrayNode ids = body.putArray("orphans");
      meant
          .subList(from, Math.min(from + BATCH, meant.size()))
          .forEach(orphan -> ids.add(orphan.path("id").asText()));
      ArrayNode names = body.putArray("sectors");
      sectors.forEach(sector -> names.add(sector.toString()));
      JsonNode collected = client.collect(body);
      collected.path("deleted").forEach(deleted::add);
      collected.path("kept").forEach(kept::add);
    }
    print(deleted, kept, orphans.size() - meant.size());
    return kept.isEmpty();
  }

  private void print(List<JsonNode> deleted, List<JsonNode> kept, int unnamed) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode object = object("deleted", deleted);
      object.putArray("kept").addAll(kept);
      out.println(object);
    } else {
      if (!deleted.isEmpty()) {
        out.println(table(deleted, "DELETED BECAUSE"));
      }
      kept.forEach(
          one ->
              out.println(
                  CommandTask.oneLine(
                      "kept " + one.path("id").asText() + ": " + one.path("reason").asText())));
      out.println(
          "deleted "
              + deleted.size()
              + " orphans with "
              + ByteSize.shown(bytes(deleted))
              + (unnamed == 0 ? "" : "; " + unnamed + " may be of worth: name them with --sector"));
    }
    out.flush();
  }

  private static ObjectNode object(String name, List<JsonNode> orphans) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.putArray(name).addAll(orphans);
    return object;
  }

  private static TextTable table(List<JsonNode> orphans, String reason) {
    TextTable table = new TextTable().row("KIND", "SECTOR", "SIZE", "FILES", reason);
    for (JsonNode orphan : orphans) {
      JsonNode files = orphan.path("files");
      String more = files.size() > 1 ? " and " + (files.size() - 1) + " more" : "";
      table.row(
          orphan.path("kind").asText(),
          orphan.path("sector").asText(""),
          ByteSize.shown(orphan.path("bytes").asLong()),
          files.path(0).asText() + more,
          orphan.path("reason").asText());
    }
    return table;
  }

  private static long bytes(List<JsonNode> orphans) {
    return orphans.stream().mapToLong(orphan -> orphan.path("bytes").asLong()).sum();
  }
}
