package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.selkie.filecoin.SectorId;
import io.selkie.lotus.SealedSector;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
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
    Map<SectorId, Path> held = new LinkedHashMap<>();
    for (int i = 0; i < places.size(); i++) {
      SectorId sector = new SectorId(id, FIRST_CELL + i);
      String point = places.get(i) + "@" + sector;
      held.put(sector, marks.resolve(point));
      settings.put("selkie.test.failpoints." + i, point);
    }
    // A call that is held before its answer is refused after a while. Called once more it would be
    // held again, and before long no thread were left.
    miner.waitAfterFailure(sector -> Files.exists(held.get(sector)));
    miner.pauseAfterFailure(Duration.ofSeconds(10)); // of calls that a slow machine did not take
    Map<SectorId, CompletableFuture<SealedSector>> begun = new LinkedHashMap<>();
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      for (SectorId sector : held.keySet()) {
        begun.put(sector, miner.seal(sector.number(), TYPE));
        TrialNode.await(
            node,
            "the first call of " + sector,
            () -> Files.exists(held.get(sector)) || miner.log().contains("addPiece of " + sector));
      }
      TrialNode.awaitNone(
          node,
          "places that are not held",
          () ->
              held.values().stream()
                  .filter(Files::notExists)
                  .map(mark -> mark.getFileName().toString())
                  .toList(),
          miner::failures);
      node.kill();
    }
    settings = new TreeMap<>(plain);
    room(places.size());
    try (NodeProcess node = start()) {
      miner.goOnAfterFailures();
      TrialNode.awaitNone(
          node,
          "sectors that were held",
          () ->
              begun.entrySet().stream()
                  .filter(one -> !one.getValue().isDone())
                  .map(one -> held.get(one.getKey()).getFileName().toString())
                  .toList(),
          miner::failures);
      List<SealedSector> sealed = await(List.copyOf(begun.values()));

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
