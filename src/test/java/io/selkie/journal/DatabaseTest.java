package io.selkie.journal;

import static io.selkie.journal.TestJournal.insertEvent;
import static io.selkie.journal.TestJournal.number;
import static io.selkie.journal.TestJournal.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private static final Path SCRIPTS = Path.of("src/main/resources/db/migration");

  @TempDir Path temp;
  private StateDirectory state;
  private Path file;

  @BeforeEach
  void choosePlaces() {
    state = new StateDirectory(temp.resolve("state"));
    file = temp.resolve("state/db/selkie.mv.db");
  }

  @Test
  void makesItsFileForTheOwnerAlone() throws Exception {
    try (Database database = Database.open(state)) {
      assertTrue(Files.isRegularFile(file));
      assertEquals(scripts().size(), database.schemaVersion());
    }

    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
  }

  /** Or a power cut takes back what was acknowledged. */
  @Test
  void itsFileIsWrittenThrough() throws Exception {
    try (Database database = Database.open(state)) {
      assertEquals(Optional.of(true), isWrittenThrough());
    }
  }

  /** By the flags of this process's open files, see proc(5); empty if the file is not open. */
  private Optional<Boolean> isWrittenThrough() throws IOException {
    long dsync = 010000;
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : links.toList()) {
        if (Files.exists(link) && Files.isSameFile(link, file)) {
          Path info = Path.of("/proc/self/fdinfo").resolve(link.getFileName().toString());
          String flags = Files.readString(info).lines().toList().get(1).replaceAll("\\D", "");
          return Optional.of((Long.parseLong(flags, 8) & dsync) != 0);
        }
      }
    }
    return Optional.empty();
  }

  @Test
  void opensAgainWithWhatWasWritten() throws Exception {
    try (Database database = Database.open(state)) {
      run(database, "INSERT INTO projection_offset VALUES ('sectors', 7)");
    }

    try (Database database = Database.open(state)) {
      assertEquals(7, number(database, "SELECT event_offset FROM projection_offset"));
    }
  }

  @Test
  void aLaterSchemaIsRefusedInOneLineAndLeftAsItIs() throws Exception {
    int known;
    try (Database database = Database.open(state)) {
      known = database.schemaVersion();
      run(
          database,
          "INSERT INTO \"flyway_schema_history\" VALUES"
              + " (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'sa', CURRENT_TIMESTAMP, 1, TRUE)");
    }

    DatabaseException refusal = assertThrows(DatabaseException.class, () -> Database.open(state));

    assertEquals(DatabaseException.Reason.TOO_NEW, refusal.reason());
    assertEquals(
        file
            + ": it has schema version 99 of a later Selkie, this one knows up to "
            + known
            + ": start that later Selkie, or restore a backup from before the upgrade",
        refusal.getMessage());
  }

  /** Also shows that a refusal lets go of the file. */
  @Test
  void aFileThatIsNoDatabaseIsRefusedInOneLine() throws Exception {
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[8192]);

    for (int time = 0; time < 2; time++) {
      DatabaseException refusal = assertThrows(DatabaseException.class, () -> Database.open(state));

      assertEquals(DatabaseException.Reason.UNUSABLE, refusal.reason());
      assertTrue(refusal.getMessage().startsWith(file + ": the database is unusable: "));
      assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
    }
  }

  @Test
  void aPathThatH2CannotNameIsRefused() {
    StateDirectory odd = new StateDirectory(temp.resolve("a;b"));

    assertThrows(DatabaseException.class, () -> Database.open(odd));
  }

  /** H2 commits after each statement that makes something, so kill -9 may end between any two. */
  @Test
  void aMigrationThatWasKilledAnywhereIsDoneAgain() throws Exception {
    Database.open(state).close();
    // Flyway's own table is there before the first script begins.
    runOnFile(
        state,
        List.of(
            "DELETE FROM \"flyway_schema_history\"",
            "DROP TABLE event_tag, event_journal, snapshot,"
                + " sector_summary, sector_history, projection_offset"));
    List<String> done = new ArrayList<>();
    for (Path script : scripts()) {
      for (String statement : statements(script)) {
        done.add(statement);
        StateDirectory killed = new StateDirectory(temp.resolve("after-" + done.size()));
        Files.createDirectories(killed.path().resolve("db"));
        Files.copy(file, killed.path().resolve("db/selkie.mv.db"));
        runOnFile(killed, done);

        Database.open(killed).close();
      }
    }
    assertTrue(done.size() > 5, "the scripts were not split");
  }

  private static void runOnFile(StateDirectory state, List<String> statements) throws Exception {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:file:" + state.path().resolve("db/selkie") + ";DATABASE_TO_LOWER=TRUE");
    source.setUser("sa");
    source.setPassword("");
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void numbersThatAKilledDatabaseHadSetAsideAreGivenOut() throws Exception {
    try (Database database = Database.open(state)) {
      insertEvent(database, 1);
      run(database, "ALTER TABLE event_journal ALTER COLUMN ordering RESTART WITH 33");
    }

    try (Database database = Database.open(state)) {
      insertEvent(database, 2);

      assertEquals(2, number(database, "SELECT MAX(ordering) FROM event_journal"));
    }
  }

  @Test
  void numbersThatAProjectionHasSeenAreNotGivenOutAgain() throws Exception {
    try (Database database = Database.open(state)) {
      insertEvent(database, 1);
      run(database, "INSERT INTO projection_offset VALUES ('sectors', 5)");
    }

    try (Database database = Database.open(state)) {
      insertEvent(database, 2);

      assertEquals(6, number(database, "SELECT MAX(ordering) FROM event_journal"));
    }
  }

  /** Whoever waits for one holds a thread. */
  @Test
  void aConnectionIsNotAwaitedForLong() throws Exception {
    try (Database database = Database.open(state)) {
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(database.dataSource().getConnection());
      }
      assertTimeout(
          Duration.ofSeconds(10),
          () -> assertThrows(SQLException.class, () -> database.dataSource().getConnection()));
      for (Connection connection : all) {
        connection.close();
      }
    }
  }

  private static List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return files.sorted().toList();
    }
  }

  private static List<String> statements(Path script) throws IOException {
    String text =
        Files.readString(script, StandardCharsets.UTF_8)
            .replaceAll("(?m)^--.*$", "")
            .replace("${binary}", "BLOB");
    return Stream.of(text.split(";", -1)).map(String::strip).filter(sql -> !sql.isEmpty()).toList();
  }
}
