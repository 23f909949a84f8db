package io.selkie.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.journal.Database;
import io.selkie.journal.DatabaseException;
import io.selkie.storage.StateDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there after kill -9, and is projected once. */
class KilledNodeIT {
  private static final int ROUNDS = 2;
  private static final int ENOUGH = 240;

  @TempDir Path temp;
  private final Map<SectorId, Long> acknowledged = new HashMap<>();

  @Test
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void losesNothingThatWasAcknowledged() throws Exception {
    Path state = temp.resolve("state");
    for (int round = 0; round < ROUNDS; round++) {
      runUntilKilled(state);
      assertNothingIsLost(state);
    }
  }

  private void runUntilKilled(Path state) throws IOException, InterruptedException {
    Process process = CounterProcess.start(state);
    try (BufferedReader numbers = process.inputReader()) {
      for (int i = 0; i < ENOUGH; i++) {
        note(numbers.readLine());
      }
      assertIsInUse(state);
      process.toHandle().destroyForcibly(); // unlike the process's own, it leaves the output open
      for (String line = numbers.readLine(); line != null; line = numbers.readLine()) {
        note(line);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** The last line may have been cut off by the kill; no number is taken for a smaller one. */
  private void note(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length == 2 && !parts[1].isEmpty()) {
      acknowledged.merge(SectorId.parse(parts[0]), Long.valueOf(parts[1]), Math::max);
    }
  }

  private static void assertIsInUse(Path state) {
    DatabaseException refusal =
        assertThrows(DatabaseException.class, () -> Database.open(new StateDirectory(state)));

    assertEquals(DatabaseException.Reason.IN_USE, refusal.reason());
    assertEquals(
        state.resolve("db/selkie.mv.db")
            + ": another process has it open: stop the node that runs on this state directory",
        refusal.getMessage());
  }

  private void assertNothingIsLost(Path state) throws Exception {
    try (CounterNode node = new CounterNode(state)) {
      node.project(CounterNode::handle, offset -> {});
      for (SectorId sector : CounterProcess.SECTORS) {
        long events = events(node.database, sector);
        assertTrue(acknowledged.get(sector) <= events, sector + " lost events");
        node.actors
            .createTestProbe()
            .awaitAssert(
                () -> {
                  assertEquals(events, node.projected(sector));
                  return null;
                });
        assertEquals(LongStream.rangeClosed(1, events).boxed().toList(), rows(node, sector));
        assertTrue(events < 40 || snapshots(node.database, sector) > 0, "no snapshot was taken");
      }
      assertFalse(acknowledged.isEmpty());
    }
  }

  private static long events(Database database, SectorId sector) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      return Sql.query(
              connection,
              "SELECT COUNT(*) AS events, MAX(sequence_number) AS last FROM event_journal"
                  + " WHERE persistence_id = ?",
              List.of("Counter|" + sector),
              row -> {
                assertEquals(row.getLong("last"), row.getLong("events"));
                return row.getLong("events");
              })
          .get(0);
    }
  }

  private static long snapshots(Database database, SectorId sector) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      return Sql.query(
              connection,
              "SELECT COUNT(*) AS snapshots FROM snapshot WHERE persistence_id = ?",
              List.of("Counter|" + sector),
              row -> row.getLong("snapshots"))
          .get(0);
    }
  }

  private static List<Long> rows(CounterNode node, SectorId sector) throws SQLException {
    try (Connection connection = node.database.dataSource().getConnection()) {
      return Sql.query(
          connection,
          "SELECT bytes FROM sector_history WHERE sector = ? ORDER BY id",
          List.of(sector.toString()),
          row -> row.getLong("bytes"));
    }
  }
}
