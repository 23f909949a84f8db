package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import io.selkie.params.ParameterListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Shows how a sector comes along until its way ends. */
final class SectorFollower {
  /** How long a node may be away before the command gives up. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Tasks that are given a place at once wait for nothing worth telling. */
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  /** What only an operator can mend has come to stay by then, and is no matter of a start. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(6);

  private final NodeClient client;
  private final ParameterListener progress;
  private final SealDisplay display;
  private String told = "";
  private String heldBy = "";
  private long heldSince;
  private boolean reasonTold;

  SectorFollower(NodeClient client, ParameterListener progress) {
    this.client = client;
    this.progress = progress;
    this.display = new SealDisplay(new PhaseProgress(progress));
  }

  /**
   * Follows the sector.
   *
   * @return the last report, which has an end
   * @throws IOException if the node is away for too long, or the sector waits for something that no
   *     waiting mends; one line
   */
  SectorReport follow(SectorId sector) throws IOException, InterruptedException {
    try (SectorEvents events = new SectorEvents(client, sector)) {
      while (true) {
        SectorReport report = report(sector);
        display.show(report);
        if (report.end().isPresent()) {
          return report;
        }
        tellFailure(report);
        tellReason(report);
        events.await(LOOK);
      }
    } finally {
      display.end();
    }
  }

  private SectorReport report(SectorId sector) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return client.sector(sector);
      } catch (IOException e) {
        boolean refused = e instanceof NodeException answer && !answer.isPassing();
        if (refused || System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(LOOK.toMillis());
      }
    }
  }

  /** Why it does not go on, once that has been so for a while; numbers in it may change. */
  private void tellReason(SectorReport report) throws IOException {
    String reason = report.heldBy().orElse("");
    String words = reason.replaceAll("\\d+", "");
    if (!words.equals(heldBy)) {
      heldBy = words;
      heldSince = System.nanoTime();
      reasonTold = false;
    } else if (!words.isEmpty()
        && !reasonTold
        && System.nanoTime() - heldSince > A_WHILE.toNanos()) {
      progress.message("waits: " + CommandTask.oneLine(reason));
      reasonTold = true;
    }
    if (LastingReason.is(reason) && System.nanoTime() - heldSince > LONG_ENOUGH.toNanos()) {
      throw new IOException(CommandTask.oneLine(reason));
    }
  }

  /** An attempt that failed and is made again by itself. */
  private void tellFailure(SectorReport report) {
    Optional<String> failure = report.isTriedAgain() ? report.failure() : Optional.empty();
    if (failure.isPresent() && !failure.get().equals(told)) {
      progress.message(CommandTask.oneLine(failure.get()) + "; it is tried again");
    }
    told = failure.orElse(told);
  }
}
