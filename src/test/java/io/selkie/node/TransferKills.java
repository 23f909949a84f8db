package io.selkie.node;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kills either side with -9 at many points, each with a sector of its own. */
final class TransferKills {
  /** What a sender comes by, of the transfer's own. */
  static final List<String> SENDER =
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

  static final List<String> RECEIVER =
      List.of(
          "Receive.before-chunk",
          "Receive.after-chunk",
          "Transfer.before-verify",
          "Transfer.before-place",
          "Transfer.amid-place",
          "Transfer.before-receipt",
          "Transfer.after-receipt");

  private TransferKills() {}

  /** Every edge of the sector, its driver and the job protocol, on the way to long-term storage. */
  static List<String> everySenderPoint() {
    List<String> points = new ArrayList<>(SENDER);
    List<String> edges =
        Stream.of("Transfer", "Release")
            .flatMap(
                kind ->
                    Stream.of("TaskRequested", "TaskAssigned", "TaskSucceeded")
                        .map(event -> kind + "." + event))
            .toList();
    for (String edge :
        Stream.concat(edges.stream(), Stream.of("SectorTransferred", "SourceReleased")).toList()) {
      for (String at :
          List.of("before-persist", "after-persist", "after-effect", "before-acknowledgement")) {
        points.add(edge + "." + at);
      }
    }
    for (String kind : List.of("Transfer", "Release")) {
      for (String at :
          List.of(
              "start.before-effect",
              "start.after-effect",
              "start.before-acknowledgement",
              "report.before-acknowledgement")) {
        points.add(kind + "." + at);
      }
    }
    return points;
  }

  static void killSender(TransferPair pair, List<String> points) throws Exception {
    Map<String, String> held = prepare(pair, points);
    pair.killSender();
    pair.startSender(at(held));
    pair.resume();
    awaitHeld(pair, held);
    pair.killSender();
    pair.startSender(List.of());
    arrive(pair, held);
  }

  static void killReceiver(TransferPair pair, List<String> points) throws Exception {
    Map<String, String> held = prepare(pair, points);
    pair.killReceiver();
    pair.startReceiver(at(held));
    pair.resume();
    awaitHeld(pair, held);
    pair.killReceiver();
    pair.startReceiver(List.of());
    arrive(pair, held);
  }

  private static Map<String, String> prepare(TransferPair pair, List<String> points)
      throws Exception {
    Map<String, String> held = new LinkedHashMap<>();
    for (String point : points) {
      held.put(pair.seal(), point);
    }
    return held;
  }

  private static List<String> at(Map<String, String> held) {
    List<String> points = new ArrayList<>();
    held.forEach((sector, point) -> points.add(point + "@" + sector));
    return points;
  }

  private static void awaitHeld(TransferPair pair, Map<String, String> held) throws Exception {
    List<String> points = at(held);
    pair.await(
        points + " to hold",
        () -> points.stream().allMatch(point -> Files.exists(pair.marks.resolve(point))));
  }

  private static void arrive(TransferPair pair, Map<String, String> held) throws Exception {
    for (String sector : held.keySet()) {
      pair.awaitArrived(sector);
    }
  }
}
