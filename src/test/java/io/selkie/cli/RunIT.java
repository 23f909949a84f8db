package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that runs, without a miner. */
@Timeout(240)
class RunIT {
  private static final String WHY = "this node knows no chain: start it with --chain dev";

  @TempDir Path home;
  private CliProcess selkie;

  @BeforeEach
  void setUp() {
    selkie = CliProcess.standIn(home);
  }

  @AfterEach
  void tearDown() throws Exception {
    selkie.killAll();
  }

  private CliProcess.Running run(String... flags) throws Exception {
    List<String> line = new ArrayList<>(List.of("run", "--repo", "r", "--api-port", "0"));
    line.addAll(List.of(flags));
    CliProcess.Running node = selkie.start(line.toArray(String[]::new));
    CliProcess.await(node.process(), () -> Files.exists(selkie.state().resolve("api")));
    return node;
  }

  private String status() throws Exception {
    return selkie.run("sectors", "status", "s-t01000-1", "--repo", "r").succeeded().out();
  }

  /** What waits for a chain is sealed on a development chain only if somebody says so. */
  @Test
  void aSectorWaitsForAChainUntilOneIsGiven() throws Exception {
    CliProcess.Running node = run();
    selkie.run("sectors", "pledge", "--repo", "r").succeeded();
    CliProcess.await(node.process(), () -> status().contains(WHY));
    node.signal("TERM");
    assertEquals(143, node.await().status());

    // A node that a command starts for the occasion, with a chain unless it knew better.
    String meanwhile = status();
    assertTrue(meanwhile.contains("AddPiece (1), done"), meanwhile);
    assertFalse(meanwhile.contains("(10)"), meanwhile);

    CliProcess.Running again = run("--chain", "dev");
    CliProcess.await(again.process(), () -> status().contains("Proving"));
    again.signal("TERM");
    assertEquals(143, again.await().status());
  }

  @Test
  void aWorkerWithoutStorageTakesNoSectors() throws Exception {
    CliProcess.Running node =
        run("--no-local-storage", "--precommit2", "--address", "127.10.9.2:3456");

    CliProcess.Result refused = selkie.run("sectors", "pledge", "--repo", "r");

    assertEquals(1, refused.status());
    assertTrue(
        refused
            .err()
            .contains("this node keeps no sectors: it was started with --no-local-storage"),
        refused.err());
    assertEquals(List.of(), CliProcess.names(home.resolve("r/cache")));
    node.signal("TERM");
    assertEquals(143, node.await().status());
  }
}
