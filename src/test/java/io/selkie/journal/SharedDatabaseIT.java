package io.selkie.journal;

import static io.selkie.journal.TestJournal.insertEvent;
import static io.selkie.journal.TestJournal.number;
import static io.selkie.journal.TestJournal.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is of PostgreSQL alone, with one that runs. */
class SharedDatabaseIT {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static PostgresServer postgres;

  @TempDir Path temp;
  private StateDirectory state;
  private DatabaseSettings settings;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = PostgresServer.start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void newDatabase() throws SQLException {
    state = new StateDirectory(temp.resolve("state"));
    settings = settings(postgres.create("d" + NUMBER.incrementAndGet()));
  }

  private static DatabaseSettings settings(String url) {
    return new DatabaseSettings(
        Optional.of(url),
        postgres.user(),
        "",
        4,
        Duration.ofSeconds(2),
        new DatabaseSettings.LeaseTimes(Duration.ofSeconds(30), Duration.ofSeconds(5)));
  }

  @Test
  void bringsAnEmptyDatabaseToTheSchemaOfTheEmbeddedOne() throws Exception {
    try (Database shared = Database.open(state, settings);
        Database embedded = Database.open(state)) {
      assertEquals(embedded.schemaVersion(), shared.schemaVersion());
      assertEquals(columns(embedded), columns(shared));
    }
    Database.open(state, settings).close();
  }

  private static List<String> columns(Database database) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Connection connection = database.dataSource().getConnection();
        ResultSet rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT table_name, column_name, is_nullable"
                        + " FROM information_schema.columns WHERE table_schema = 'public'"
                        + " AND table_name <> 'flyway_schema_history'"
                        + " ORDER BY table_name, column_name")) {
      while (rows.next()) {
        columns.add(rows.getString(1) + "." + rows.getString(2) + " " + rows.getString(3));
      }
    }
    return columns;
  }

  /** As when all hosts of a farm are upgraded. */
  @Test
  void nodesThatStartAtOnceDoNotMigrateTwice() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> versions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      versions.add(
          threads.submit(
              () -> {
                try (Database database = Database.open(state, settings)) {
                  return database.schemaVersion();
                }
              }));
    }

    for (Future<Integer> version : versions) {
      assertEquals(versions.get(0).get(), version.get());
    }
    threads.shutdown();
  }

  @Test
  void hostsThatStartAtOnceHaveOneSecret() throws Exception {
    try (Database database = Database.open(state, settings)) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<byte[]>> secrets = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        secrets.add(
            threads.submit(
                () -> {
                  try (Database host = Database.open(state, settings)) {
                    return host.farmSecret().orElseThrow();
                  }
                }));
      }

      byte[] first = database.farmSecret().orElseThrow();
      assertEquals(32, first.length);
      for (Future<byte[]> secret : secrets) {
        assertArrayEquals(first, secret.get());
      }
      assertArrayEquals(first, Database.farmSecret(settings));
      threads.shutdown();
    }
    try (Database database = Database.open(state, settings(postgres.create("another")))) {
      assertFalse(
          Arrays.equals(Database.farmSecret(settings), database.farmSecret().orElseThrow()));
    }
    try (Database embedded = Database.open(state)) {
      assertEquals(Optional.empty(), embedded.farmSecret());
    }
  }

  @Test
  void aCommandBringsNoDatabaseToAnotherSchema() {
    DatabaseException refusal =
        assertThrows(DatabaseException.class, () -> Database.farmSecret(settings));

    assertTrue(
        refusal.getMessage().endsWith("it has no farm yet: start a node there first"),
        refusal.getMessage());
  }

  @Test
  void aLaterSchemaIsRefused() throws Exception {
    try (Database database = Database.open(state, settings)) {
      run(
          database,
          "INSERT INTO flyway_schema_history VALUES"
              + " (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'sa', now(), 1, TRUE)");
    }

    DatabaseException refusal =
        assertThrows(DatabaseException.class, () -> Database.open(state, settings));

    assertEquals(DatabaseException.Reason.TOO_NEW, refusal.reason());
  }

  @Test
  void oneThatDoesNotAnswerIsRefusedInOneLine() {
    String url = postgres.url("nowhere");

    DatabaseException refusal =
        assertThrows(DatabaseException.class, () -> Database.open(state, settings(url)));

    assertEquals(DatabaseException.Reason.UNREACHABLE, refusal.reason());
    assertTrue(
        refusal.getMessage().startsWith(url + ": the database cannot be reached: "),
        refusal.getMessage());
    assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
  }

  @Test
  void aLeaseHasOneOwnerUntilItIsReleasedOrRunsOut() throws Exception {
    try (Database database = Database.open(state, settings)) {
      LeaseTable leases = new LeaseTable(database.dataSource());

      assertTrue(leases.take("farm", "left", Duration.ofMinutes(1)));
      assertFalse(leases.take("farm", "right", Duration.ofMinutes(1)));
      assertTrue(leases.take("farm", "left", Duration.ofMinutes(1)));
      assertEquals(Optional.of("left"), ownerOfFarm(leases));
      leases.release("farm", "right");
      assertEquals(Optional.of("left"), ownerOfFarm(leases));

      leases.release("farm", "left");
      assertTrue(leases.take("farm", "right", Duration.ofMillis(-1)));
      assertEquals(Optional.empty(), ownerOfFarm(leases));
      assertTrue(leases.take("farm", "left", Duration.ofMinutes(1)));
      assertTrue(leases.take("other", "right", Duration.ofMinutes(1)));
    }
  }

  @Test
  void aJournalIsMovedWholeAlsoWhenTheMoveIsKilled() throws Exception {
    try (Database from = Database.open(state);
        Database to = Database.open(state, settings)) {
      fill(from, 1200);
      JournalMove move = new JournalMove(from, to, "host-1");

      assertThrows(
          IllegalStateException.class,
          () ->
              move.run(
                  rest -> {},
                  events -> {
                    throw new IllegalStateException("killed");
                  }));
      assertThrows(DatabaseException.class, to::requireWhole);
      assertThrows(
          IOException.class,
          () ->
              move.run(
                  rest -> {
                    throw new IOException("killed");
                  },
                  events -> {}));
      JournalMove.Moved moved = move.run(rest -> {}, events -> {});

      assertEquals(new JournalMove.Moved(1200, 600, 1, 1), moved);
      to.requireWhole();
      assertEquals(moved, move.run(rest -> {}, events -> {}));
      // What comes next has the next place.
      insertEvent(to, 1201);
      assertEquals(
          number(from, "SELECT MAX(ordering) FROM event_journal") + 1,
          number(to, "SELECT MAX(ordering) FROM event_journal"));
      assertEquals(
          number(from, "SELECT SUM(ordering) FROM event_journal"),
          number(to, "SELECT SUM(ordering) FROM event_journal WHERE sequence_number <= 1200"));
    }
  }

  /** As when the command is killed right before it sets the old files aside. */
  @Test
  void whatWasMovedIsKnownToBeAlsoAfterNodesRanThere() throws Exception {
    try (Database from = Database.open(state);
        Database to = Database.open(state, settings)) {
      fill(from, 10);
      JournalMove move = new JournalMove(from, to, "host-1");
      assertFalse(move.isFinished());
      JournalMove.Moved moved = move.run(rest -> {}, events -> {});
      insertEvent(to, 11);
      run(to, "INSERT INTO sector_number VALUES (1000, 2, 'b')");
      run(to, "DELETE FROM snapshot");

      assertTrue(move.isFinished());
      assertEquals(moved, move.run(rest -> {}, events -> {}));

      run(from, "INSERT INTO sector_number VALUES (1000, 2, 'c')");
      IOException refusal =
          assertThrows(IOException.class, () -> move.run(rest -> {}, events -> {}));
      assertTrue(refusal.getMessage().contains("went on with it after that"));
      run(from, "DELETE FROM sector_number WHERE number = 2");
      insertEvent(from, 12);
      assertThrows(IOException.class, () -> move.run(rest -> {}, events -> {}));
    }
  }

  @Test
  void aJournalIsNotMovedWhereThereIsOne() throws Exception {
    try (Database from = Database.open(state);
        Database to = Database.open(state, settings)) {
      fill(from, 1);
      insertEvent(to, 1);

      IOException refusal =
          assertThrows(
              IOException.class,
              () -> new JournalMove(from, to, "host-1").run(rest -> {}, events -> {}));

      assertEquals(
          "it is not empty (event_journal): name a new database, nodes may only start on it after"
              + " the move",
          refusal.getMessage());
      run(to, "DELETE FROM event_journal");
      new JournalMove(from, to, "host-1").run(rest -> {}, events -> {});
      IOException other =
          assertThrows(
              IOException.class,
              () -> new JournalMove(from, to, "host-2").run(rest -> {}, events -> {}));
      assertEquals(
          "the journal of another host was moved there: a farm has one journal",
          other.getMessage());
    }
  }

  private static void fill(Database database, int events) throws SQLException {
    for (int sequence = 1; sequence <= events; sequence++) {
      insertEvent(database, sequence);
    }
    run(
        database,
        "INSERT INTO event_tag SELECT ordering, 'sector' FROM event_journal"
            + " WHERE MOD(sequence_number, 2) = 0");
    run(database, "INSERT INTO sector_number VALUES (1000, 1, 'a')");
    run(
        database,
        "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id,"
            + " snapshot_ser_manifest, snapshot_payload) VALUES ('a', 1, 0, 1, '', X'01')");
  }

  private static Optional<String> ownerOfFarm(LeaseTable leases) throws SQLException {
    return leases.look("farm").filter(row -> row.leftMillis() >= 0).map(LeaseTable.Row::owner);
  }
}
