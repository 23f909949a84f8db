package io.selkie.selftest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A point of a transfer at which one side is killed.
 *
 * @param early whether it comes before anything is sent, also while transfers are paused
 * @param point without the sector
 */
public record TransferCell(Side side, boolean early, String point) {
  /** Who is killed. */
  public enum Side {
    SENDER,
    RECEIVER
  }

  private static final List<String> OF_SENDER =
      List.of(
          "Transfer.before-offer",
          "Send.after-offer",
          "Transfer.after-chunk",
          "Send.before-commit",
          "Send.after-commit",
          "Send.after-placed",
          "Release.before-delete",
          "Release.amid-delete",
          "Release.after-delete");

  private static final List<String> OF_RECEIVER =
      List.of(
          "Receive.before-chunk",
          "Receive.after-chunk",
          "Transfer.before-verify",
          "Transfer.before-place",
          "Transfer.amid-place",
          "Transfer.before-receipt",
          "Transfer.after-receipt");

  /** Where one destination is left for another. */
  static final List<String> OF_FAILOVER =
      List.of(
          "Failover.before-leftover",
          "Failover.before-plan",
          "Failover.before-discard",
          "Failover.after-discard");

  private static final List<String> EDGE =
      List.of("before-persist", "after-persist", "after-effect", "before-acknowledgement");
  private static final List<String> START =
      List.of("before-effect", "after-effect", "before-acknowledgement");

  /** All cells: what either side comes by, and what sector and driver do at each end of it. */
  public static List<TransferCell> all() {
    List<TransferCell> cells = new ArrayList<>();
    for (String kind : List.of("Transfer", "Release")) {
      boolean early = kind.equals("Transfer");
      cells.addAll(edge(kind + ".TaskRequested", early, EDGE));
      cells.addAll(edge(kind + ".TaskAssigned", early, EDGE));
      cells.addAll(edge(kind + ".start", early, START));
      cells.addAll(edge(kind + ".TaskSucceeded", false, EDGE));
      cells.addAll(edge(kind + ".report", false, List.of("before-acknowledgement")));
    }
    cells.addAll(edge("SectorTransferred", false, EDGE));
    cells.addAll(edge("SourceReleased", false, EDGE));
    cells.addAll(own());
    return cells;
  }

  private static List<TransferCell> edge(String edge, boolean early, List<String> at) {
    return at.stream().map(one -> new TransferCell(Side.SENDER, early, edge + "." + one)).toList();
  }

  private static List<TransferCell> own() {
    return Stream.concat(
            OF_SENDER.stream().map(point -> new TransferCell(Side.SENDER, false, point)),
            OF_RECEIVER.stream().map(point -> new TransferCell(Side.RECEIVER, false, point)))
        .toList();
  }

  /** Those that a short run takes: the transfer's own, and where the journal is written. */
  public static List<TransferCell> some() {
    return Stream.concat(
            own().stream(), all().stream().filter(cell -> cell.point().endsWith(".after-persist")))
        .toList();
  }

  @Override
  public String toString() {
    return side + " killed at " + point;
  }
}
