package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.scheduler.TaskKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real proofs: the node is killed with -9 in every phase of one sector. */
class NodeKilledInEachPhaseIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String SECTOR = "s-t01000-1";

  @TempDir Path temp;

  private final UUID request = UUID.randomUUID();

  @Test
  void theSectorIsProvenWithEachPhaseStartedOnce() throws Exception {
    List<TaskKind> phases = Arrays.stream(TaskKind.values()).filter(TaskKind::isPhase).toList();
    for (TaskKind phase : phases) {
      String point = phase + ".start.after-effect@" + SECTOR;
      try (NodeProcess node = NodeProcess.start(temp, settings(point))) {
        var unused = NodeCalls.to(temp.resolve("state")).pledge(request);
        await(node, path -> Files.exists(path), temp.resolve(point));
        node.kill();
      }
    }
    try (NodeProcess node = NodeProcess.start(temp, settings(""))) {
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      await(node, ignored -> "Proving".equals(state(calls)), temp);
      JsonNode sealing = calls.get("/sectors/" + SECTOR).path("sealing");
      assertEquals(192, sealing.path("proof").asText().length() * 3 / 4);
      assertEquals(
          phases.stream().map(phase -> phase + " started, completed").sorted().toList(), provers());
      assertEquals(0, node.terminate() & ~(128 + 15), "the exit status of a clean end");
    }
  }

  private Map<String, String> settings(String point) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.test.failpoint-dir", temp.toString());
    settings.put("selkie.api.port", "0");
    settings.put("selkie.dev-chain.block-time", "100 ms");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    if (!point.isEmpty()) {
      settings.put("selkie.test.failpoints.0", point);
    }
    return settings;
  }

  private static String state(NodeCalls calls) {
    try {
      return calls.driverStates().getOrDefault(SECTOR, "");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What each phase's provers did, in order. */
  private List<String> provers() throws Exception {
    Map<String, String> deeds = new TreeMap<>();
    for (String line : Files.readAllLines(temp.resolve("state/provers.log"))) {
      String[] words = line.split(" ", -1);
      String phase = words[2].split("\\.", -1)[3];
      deeds.merge(phase, words[3], (before, next) -> before + ", " + next);
    }
    return deeds.entrySet().stream().map(deed -> deed.getKey() + " " + deed.getValue()).toList();
  }

  private static void await(NodeProcess node, Predicate<Path> done, Path path) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!done.test(path)) {
      if (Instant.now().isAfter(end)) {
        fail("the sector does not come to its end\n" + node.log());
      }
      Thread.sleep(50);
    }
  }
}
