package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that holds transfers of a running node, or lets them go on. */
abstract class TransfersOrder implements Callable<Integer> {
  private final CommandContext context;
  private final String order;
  private final String done;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "SECTOR",
      arity = "0..1",
      description = "A sector such as s-t01000-1; without it all.")
  private Optional<SectorId> sector = Optional.empty();

  @Mixin private NodeOptions node = new NodeOptions();

  TransfersOrder(CommandContext context, String order, String done) {
    this.context = context;
    this.order = order;
    this.done = done;
  }

  /** {@code selkie transfers pause}. */
  @Command(
      name = "pause",
      description = "Hold the transfer of a sector, or all, until resumed; also over a restart.",
      mixinStandardHelpOptions = true)
  static final class Pause extends TransfersOrder {
    Pause(CommandContext context) {
      super(context, "pause", "paused");
    }
  }

  /** {@code selkie transfers resume}. */
  @Command(
      name = "resume",
      description =
          "Let the transfer of a sector, or all, go on at once. One sector's that has failed is"
              + " tried again.",
      mixinStandardHelpOptions = true)
  static final class Resume extends TransfersOrder {
    Resume(CommandContext context) {
      super(context, "resume", "resumed");
    }
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::order);
  }

  private boolean order() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).running()) {
      session.client().transfers(order, sector);
      spec.commandLine()
          .getOut()
          .println(
              sector.map(which -> "the transfer of " + which + " is ").orElse("all transfers are ")
                  + done);
      spec.commandLine().getOut().flush();
      return true;
    }
  }
}
