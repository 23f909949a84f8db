package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /** What a sector and its driver come by before a transfer that is held, and after it. */
  static List<String> edgesOfSender(boolean before) {
    List<String> edges = new ArrayList<>();
    for (String kind : List.of("Transfer", "Release")) {
      boolean early = kind.equals("Transfer");
      for (String event : List.of("TaskRequested", "TaskAssigned", "start")) {
        if (early == before) {
          edges.add(kind + "." + event);
        }
      }
      if (!before) {
        edges.add(kind + ".TaskSucceeded");
        edges.add(kind + ".report");
      }
    }
    if (!before) {
      edges.addAll(List.of("SectorTransferred", "SourceReleased"));
    }
    List<String> points = new ArrayList<>();
    for (String edge : edges) {
      for (String at : ats(edge)) {
        points.add(edge + "." + at);
      }
    }
    return points;
  }

  private static List<String> ats(String edge) {
    if (edge.endsWith(".report")) {
      return List.of("before-acknowledgement");
    }
    return edge.endsWith(".start")
        ? List.of("before-effect", "after-effect", "before-acknowledgement")
        : List.of("before-persist", "after-persist", "after-effect", "before-acknowledgement");
  }

  /** At points that come while all transfers are paused. */
  static void killSenderEarly(TransferPair pair, List<String> points) throws Exception {
    pair.order("pause", Optional.empty());
    Map<String, String> held = new LinkedHashMap<>();
    for (String point : points) {
      held.put(pair.next(held.size()), point);
    }
    pair.killSender();
    pair.startSender(at(held));
    for (String sector : held.keySet()) {
      assertEquals(sector, pair.pledge());
    }
    awaitHeld(pair, held);
    for (String sector : held.keySet()) {
      pair.remember(sector);
    }
    pair.killSender();
    pair.startSender(List.of());
    pair.resume();
    arrive(pair, held);
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
