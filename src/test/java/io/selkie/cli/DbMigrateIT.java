package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.journal.Database;
import io.selkie.journal.DatabaseException;
import io.selkie.journal.PostgresServer;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbMigrateIT {
  @TempDir Path temp;
  private SelkieRun selkie;
  private StateDirectory state;

  @BeforeEach
  void aHostThatWorkedAlone() throws Exception {
    selkie = new SelkieRun(temp);
    state = new StateDirectory(temp.resolve("state"));
    Files.createDirectory(temp.resolve(".selkie"));
    try (Database database = Database.open(state);
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      Files.writeString(state.path().resolve("host-id"), "host-1\n");
      statement.execute("INSERT INTO sector_number VALUES (1000, 1, 'a')");
    }
  }

  @Test
  void movesTheJournalOnceAndKeepsTheNodeFromTheOldOne() throws Exception {
    try (PostgresServer postgres = PostgresServer.start()) {
      String url = postgres.create("farm");
      selkie.environment.put("SELKIE_DATABASE_URL", url);
      selkie.environment.put("SELKIE_DATABASE_USER", postgres.user());

      assertEquals(0, selkie.run("db", "migrate"), selkie.err);

      assertEquals(
          "moved 0 events, 0 tags, 0 snapshots and 1 sector numbers to "
              + url
              + "; start the node with selkie.database.url from now on\n",
          selkie.out);
      assertFalse(Files.exists(state.path().resolve("db/selkie.mv.db")));
      assertTrue(Files.exists(state.path().resolve("db/selkie.mv.db.moved")));
      DatabaseException refusal = assertThrows(DatabaseException.class, () -> Database.open(state));
      assertTrue(refusal.getMessage().endsWith("start with selkie.database.url"));
      // As when it is killed right before it sets the old file aside, and other hosts go on.
      Files.move(
          state.path().resolve("db/selkie.mv.db.moved"), state.path().resolve("db/selkie.mv.db"));
      try (Connection farm = DriverManager.getConnection(url, postgres.user(), "");
          Statement statement = farm.createStatement()) {
        statement.execute("INSERT INTO sector_number VALUES (1000, 2, 'b')");
      }
      assertEquals(0, selkie.run("db", "migrate"), selkie.err);
      assertTrue(selkie.out.startsWith("moved 0 events, 0 tags, 0 snapshots and 1 sector numbers"));
      assertFalse(Files.exists(state.path().resolve("db/selkie.mv.db")));
      assertEquals(1, selkie.run("db", "migrate"));
      assertEquals(
          "selkie db migrate: the journal of " + state.path() + " was moved before\n", selkie.err);
    }
  }

  @Test
  void needsToKnowWhere() throws IOException {
    assertEquals(1, selkie.run("db", "migrate"));

    assertEquals(
        "selkie db migrate: selkie.database.url is not set: name the PostgreSQL to move the journal"
            + " to\n",
        selkie.err);
  }
}
