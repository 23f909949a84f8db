package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie storage attach}. */
@Command(
    name = "attach",
    description = {
      "Attach a directory of the node's host as a storage path. It is one if it has a"
          + " sectorstore.json, Lotus's or ours; with --init it becomes one."
    },
    mixinStandardHelpOptions = true)
final class StorageAttach implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "DIR", description = "A directory that is there.")
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Option(names = "--init", description = "Make it a storage path.")
  private boolean init;

  @Option(
      names = "--weight",
      paramLabel = "N",
      description = "With --init: how much it is preferred over others (default: 10).")
  private Optional<Long> weight = Optional.empty();

  @Option(names = "--seal", description = "With --init: sectors are sealed there.")
  private boolean seal;

  @Option(names = "--store", description = "With --init: sealed sectors are kept there.")
  private boolean store;

  @Option(
      names = "--serve",
      description = {
        "Peers may send sealed sectors there (the transfer address, docs/transfer.md). Also for a"
            + " path that is attached already."
      })
  private boolean serve;

  @Option(
      names = "--max-storage",
      paramLabel = "SIZE",
      description = "With --init: the most that sectors may take there, such as 16TiB.")
  private Optional<ByteSize> maxStorage = Optional.empty();

  @Option(
      names = "--groups",
      paramLabel = "NAME",
      split = ",",
      description = "With --init: groups it belongs to, with commas between.")
  private List<String> groups = List.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  StorageAttach(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::attach);
  }

  private boolean attach() throws IOException, InterruptedException {
    if (weight.isPresent() && weight.get() < 0) {
      throw new IOException("--weight is " + weight.get() + ": use 0 or more");
    }
    if (init && !seal && !store) {
      throw new IOException("a new path is for something: give --seal or --store, or both");
    }
    try (NodeSession session = node.nodes(context).running()) {
      JsonNode path = session.client().attach(body());
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          json
              ? path
              : CommandTask.oneLine(
                  path.path("path").asText()
                      + " is attached, with ID "
                      + path.path("id").asText()
                      + (path.path("serve").asBoolean() ? "; peers may send sectors there" : "")));
      out.flush();
      return true;
    }
  }

  private ObjectNode body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("path", directory.toAbsolutePath().normalize().toString());
    if (init) {
      body.put("init", true);
    }
    weight.ifPresent(value -> body.put("weight", value));
    if (seal) {
      body.put("seal", true);
    }
    if (store) {
      body.put("store", true);
    }
    if (serve) {
      body.put("serve", true);
    }
    maxStorage.ifPresent(size -> body.put("maxStorage", size.bytes()));
    if (!groups.isEmpty()) {
      groups.forEach(body.putArray("groups")::add);
    }
    return body;
  }
}
