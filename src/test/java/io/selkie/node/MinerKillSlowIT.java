package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.selkie.filecoin.SectorId;
import io.selkie.lotus.SealedSector;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that is killed at each place of each call of a miner. */
@Timeout(1800)
class MinerKillSlowIT extends MinerTrial {
  private static final long FIRST_CELL = 100;
  private static final List<String> CALLS =
      List.of(
          "AddPiece",
          "Fetch",
          "PreCommit1",
          "PreCommit2",
          "Commit1",
          "Commit2",
          "ReleaseUnsealed",
          "Finalize");

  /**
   * Each call in each of its changes: one sector is held at each place, and all are killed once.
   */
  @Test
  void aKillAtEveryPlaceOfACallLosesNothing() throws Exception {
    Path marks = Files.createDirectories(temp.resolve("marks"));
    List<String> places = places();
    Map<String, String> plain = Map.copyOf(settings);
    room(places.size());
    settings.put("akka.actor.default-dispatcher.executor", "thread-pool-executor");
    settings.put(
        "akka.actor.default-dispatcher.thread-pool-executor.fixed-pool-size",
        String.valueOf(places.size() + 64)); // each place keeps a thread
    settings.put("selkie.test.failpoint-dir", marks.toString());
    // A call that is held before its answer is refused after a while. Called once more it would be
    // held again, and before long no thread were left.
    miner.waitAfterFailure();
    List<String> points = new ArrayList<>();
    List<CompletableFuture<SealedSector>> begun = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      points.add(places.get(i) + "@" + new SectorId(id, FIRST_CELL + i));
      settings.put("selkie.test.failpoints." + i, points.get(i));
    }
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      for (int i = 0; i < places.size(); i++) {
        begun.add(miner.seal(FIRST_CELL + i, TYPE));
      }
      TrialNode.awaitNone(
          node,
          "places that are not held",
          () -> points.stream().filter(point -> Files.notExists(marks.resolve(point))).toList());
      node.kill();
    }
    settings = new TreeMap<>(plain);
    room(places.size());
    try (NodeProcess node = start()) {
      miner.goOnAfterFailures();
      TrialNode.awaitNone(
          node,
          "sectors that were killed",
          () ->
              IntStream.range(0, points.size())
                  .filter(i -> !begun.get(i).isDone())
                  .mapToObj(points::get)
                  .toList());
      List<SealedSector> sealed = await(begun);

      assertEachPhaseOnce(sealed);
      assertEquals(List.of(), miner.violations());
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  private void room(int sectors) {
    String all = String.valueOf(sectors);
    settings.put("selkie.max-tasks", all);
    settings.put("selkie.memory", "100 TiB");
    settings.put("selkie.gpu.cpu-leases", all);
    for (String kind : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + kind, all);
    }
  }

  private static List<String> places() {
    List<String> places = new ArrayList<>();
    for (String call : CALLS) {
      for (String event : List.of("CallTaken", "CallEnded", "CallReported")) {
        for (String place : List.of("before-persist", "after-persist", "after-effect")) {
          places.add(call + "." + event + "." + place);
        }
      }
    }
    return places;
  }
}
