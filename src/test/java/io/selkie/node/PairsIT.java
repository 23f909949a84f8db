package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sectors of a node that share a core in a real PreCommit1 of 8 MiB. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class PairsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int MOST_SECTORS = 40;

  /** More than cores, so that some prover finds none free. */
  private static final int AT_ONCE = 3 * Runtime.getRuntime().availableProcessors();

  @TempDir Path temp;

  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.api.port", "0");
    settings.put("selkie.api.answer-timeout", "60 s");
    settings.put("selkie.dev-chain.block-time", "100 ms");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    settings.put("selkie.max-tasks", "1000"); // those that are labelled stay, and count
    settings.put("selkie.parallel.addpiece", Integer.toString(AT_ONCE));
    settings.put("selkie.parallel.precommit1", Integer.toString(AT_ONCE));
    for (String phase : List.of("precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + phase, "0");
    }
    return settings;
  }

  private long completed(String phase) throws Exception {
    Path history = temp.resolve("state/provers.log");
    return !Files.exists(history)
        ? 0
        : Files.readAllLines(history).stream()
            .filter(line -> line.contains("." + phase + ".") && line.endsWith(" completed"))
            .count();
  }

  /** Whether a sector says that it shares a core. */
  private static boolean somePair(NodeCalls calls) throws Exception {
    for (String sector : calls.driverStates().keySet()) {
      if (calls.get("/explain/" + sector).toString().contains("in lock step with")) {
        return true;
      }
    }
    return false;
  }

  /** How the layers of two come to meet is left to chance: there are more until some do. */
  @Test
  void sectorsShareACoreWhenThereAreMoreThanCores() throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    try (NodeProcess node = NodeProcess.start(temp, settings())) {
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      int sectors = 0;
      while (!somePair(calls)) {
        if (sectors < MOST_SECTORS && sectors < completed("PreCommit1") + AT_ONCE) {
          var answer =
              calls
                  .send(
                      "POST",
                      "/sectors/pledge",
                      "{\"sectorSize\":\"8MiB\",\"request\":\"" + UUID.randomUUID() + "\"}")
                  .join();
          assertEquals(2, answer.statusCode() / 100, answer.body());
          sectors++;
        }
        if (Instant.now().isAfter(end)) {
          fail(completed("PreCommit1") + " sectors, and none shared a core\n" + node.log());
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      while (completed("PreCommit1") < sectors) {
        assertTrue(Instant.now().isBefore(end), sectors + " sectors are not all labelled");
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }
}
