package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A command that holds transfers of a running node, or lets them go on. */
abstract class TransfersOrder extends NodeCommand {
  private final String order;
  private final String done;

  @Parameters(
      paramLabel = "SECTOR",
      arity = "0..1",
      description = "A sector such as s-t01000-1; without it all.")
  private Optional<SectorId> sector = Optional.empty();

  TransfersOrder(CommandContext context, String order, String done) {
    super(context);
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
  void perform(NodeClient client, PrintWriter out) throws IOException, InterruptedException {
    client.transfers(order, sector);
    out.println(
        sector.map(which -> "the transfer of " + which + " is ").orElse("all transfers are ")
            + done);
  }
}
