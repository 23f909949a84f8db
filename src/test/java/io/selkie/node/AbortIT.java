package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An operator's abort, with everything real but the proofs. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class AbortIT {
  private static final String SECTOR = "s-t01000-1";
  private static final String LABELLED = "PreCommit1.after-work@" + SECTOR;

  @TempDir Path temp;

  private Map<String, String> settings() throws IOException {
    Map<String, String> settings = TrialNode.settings();
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.test.failpoint-dir", Files.createDirectories(marks()).toString());
    settings.put("selkie.test.prover-failpoints.0", LABELLED);
    return settings;
  }

  private Path marks() {
    return temp.resolve("marks");
  }

  private List<String> cache() throws IOException {
    Path cache = temp.resolve("repo/cache").resolve(SECTOR);
    try (Stream<Path> files = Files.list(cache)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void anAbortedPreCommit1FreesItsDiskAndIsDoneAgainFromItsBeginning() throws Exception {
    Files.createDirectories(temp.resolve("repo"));
    try (NodeProcess node = NodeProcess.start(temp, settings())) {
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      assertEquals(2, calls.pledge(UUID.randomUUID()).join().statusCode() / 100);
      await(node, "labels", () -> Files.exists(marks().resolve(LABELLED)));
      assertTrue(cache().contains("sc-02-data-layer-1.dat"), cache().toString());

      var aborted = calls.send("POST", "/sectors/" + SECTOR + "/abort", "{\"cause\":\"no\"}");

      assertEquals(2, aborted.join().statusCode() / 100, aborted.join().body());
      assertEquals(List.of(), cache());
      assertFalse(Files.exists(temp.resolve("repo/sealed").resolve(SECTOR)));
      assertTrue(Files.exists(temp.resolve("repo/unsealed").resolve(SECTOR)));
      await(
          node,
          "its history",
          () ->
              calls
                  .get("/sectors/" + SECTOR + "/history")
                  .toString()
                  .contains("what it has written is removed"));

      var retried = calls.send("POST", "/sectors/" + SECTOR + "/retry", "");
      assertEquals(2, retried.join().statusCode() / 100, retried.join().body());
      await(node, "a proof", () -> calls.driverStates().toString().contains("Proving"));
      node.terminate();
    }
  }
}
