package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that tells one sector of a running node to do something. */
abstract class SectorOrder implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "SECTOR", description = "A sector such as s-t01000-1.")
  @SuppressWarnings("NullAway.Init")
  private SectorId sector;

  @Mixin private NodeOptions node = new NodeOptions();

  SectorOrder(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::order);
  }

  private boolean order() throws IOException, InterruptedException {
    require(sector);
    try (NodeSession session = node.nodes(context).running()) {
      String done = give(session.client(), sector);
      spec.commandLine().getOut().println(sector + " " + done);
      spec.commandLine().getOut().flush();
      return true;
    }
  }

  /**
   * Does nothing if the order may be given.
   *
   * @throws IOException if not; one line
   */
  void require(SectorId which) throws IOException {}

  /** Gives the order; returns what is done then, for people. */
  abstract String give(NodeClient client, SectorId to) throws IOException, InterruptedException;
}
