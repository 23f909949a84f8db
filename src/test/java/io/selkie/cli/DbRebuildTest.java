package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.journal.Database;
import io.selkie.storage.RepoLock;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbRebuildTest {
  @TempDir Path temp;
  private SelkieRun selkie;
  private StateDirectory state;

  @BeforeEach
  void setUp() {
    selkie = new SelkieRun(temp);
    state = new StateDirectory(temp.resolve("state"));
  }

  @Test
  void emptiesTheReadModelOfANodeThatDoesNotRun() throws IOException {
    Files.createDirectory(temp.resolve(".selkie"));
    Database.open(state).close();

    assertEquals(0, selkie.run("db", "rebuild"), selkie.err);

    assertEquals("emptied; the next start of the node reads 0 events again\n", selkie.out);
  }

  @Test
  void isRefusedWhileANodeRuns() throws IOException {
    Files.createDirectory(temp.resolve(".selkie"));
    state.create();
    try (RepoLock lock = RepoLock.takeForNode(state).orElseThrow()) {
      assertEquals(1, selkie.run("db", "rebuild"));
    }

    assertEquals(
        "selkie db rebuild: a node runs on %s: stop it first\n".formatted(state.path()),
        selkie.err);
  }

  @Test
  void makesNeitherRepoNorDatabase() throws IOException {
    assertEquals(1, selkie.run("db", "rebuild"));
    assertEquals(
        "selkie db rebuild: there is no repo " + temp.resolve(".selkie") + "\n", selkie.err);

    Files.createDirectory(temp.resolve(".selkie"));
    assertEquals(1, selkie.run("db", "rebuild"));
    assertTrue(selkie.err.startsWith("selkie db rebuild: no node has worked on "), selkie.err);
    assertFalse(Files.exists(state.path()));
  }
}
