package io.selkie.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.params.ParameterListener;
import io.selkie.storage.SealRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie sectors pledge}. */
@Command(
    name = "pledge",
    description = {
      "Begin a sector of committed capacity, which holds zeros, and print its name.",
      "It takes the next number; the sector's size says which proofs it gets."
    },
    mixinStandardHelpOptions = true)
final class SectorsPledge implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(
      names = "--sector-size",
      paramLabel = "SIZE",
      description = "2KiB (default), 8MiB, 512MiB, 32GiB or 64GiB.")
  private SectorSize size = SectorSize.KIB_2;

  @Option(
      names = "--wait",
      description = "Follow it until it is proven; starts a node if none runs on the repo.")
  private boolean wait;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  SectorsPledge(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::pledge);
  }

  private boolean pledge() throws IOException, InterruptedException {
    NodeFinder nodes = node.nodes(context);
    ParameterListener progress = context.progress().get();
    if (!wait) {
      try (NodeSession session = nodes.running()) {
        SectorId sector = session.client().pledge(size, UUID.randomUUID());
        print(
            json
                ? JsonNodeFactory.instance.objectNode().put("sector", sector.toString()).toString()
                : sector.toString());
        return true;
      }
    }
    if (nodes.repo().isPresent()) {
      context.requireProofs();
      new PorepParameters(context, progress).requireOrGenerate(size, true);
    }
    try (NodeSession session = nodes.runningOrMade()) {
      SectorId sector = session.client().pledge(size, UUID.randomUUID());
      progress.message("pledged " + sector);
      SectorReport end = new SectorFollower(session.client(), progress).follow(sector);
      if (!end.end().equals(Optional.of(SectorReport.End.PROVING))) {
        throw new IOException(
            end.failure().orElse(sector + " is " + end.state())
                + "; see: selkie sectors status "
                + sector);
      }
      SealRecord record = end.record();
      print(json ? record.toJson() : SealTable.of(record));
      return true;
    }
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
