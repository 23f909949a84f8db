package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real phases in the node itself, up to Commit2, which takes minutes. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class InProcessIT {
  @TempDir Path temp;

  private static Map<String, String> settings() {
    Map<String, String> settings = TrialNode.settings();
    settings.put("selkie.prover.executor", "in-process");
    settings.put("selkie.parallel.commit2", "0");
    return settings;
  }

  private static void reachesCommit2(NodeProcess node, NodeCalls calls) throws Exception {
    await(
        node,
        "Commit2",
        () -> calls.get("/waiting").toString().contains("which does not offer Commit2"));
  }

  private List<String> provers() throws IOException {
    Path history = temp.resolve("state/provers.log");
    return Files.exists(history) ? Files.readAllLines(history) : List.of();
  }

  @Test
  void phasesRunInTheNodeAndAKilledOneDoesThemAgain() throws Exception {
    try (NodeProcess node = NodeProcess.start(temp, settings())) {
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      assertEquals(2, calls.pledge(UUID.randomUUID()).join().statusCode() / 100);
      await(node, "a ticket", () -> !calls.driverStates().toString().contains("Packing"));
      node.kill();
    }
    try (NodeProcess node = NodeProcess.start(temp, settings())) {
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      reachesCommit2(node, calls);
      assertFalse(node.log().contains("panicked"), node.log());
      node.terminate();
    }
    assertEquals(List.of(), provers());
  }
}
