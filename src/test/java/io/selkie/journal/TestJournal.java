package io.selkie.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Rows of a journal that no actor wrote. */
final class TestJournal {
  private TestJournal() {}

  static void insertEvent(Database database, int sequence) throws SQLException {
    String bytes = database.isShared() ? "'\\x00'" : "X'00'";
    run(
        database,
        "INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp,"
            + " adapter_manifest, event_ser_id, event_ser_manifest, event_payload) VALUES"
            + (" ('Sector|s-t01000-1', " + sequence + ", '', 0, '', 31, '', " + bytes + ")"));
  }

  static void run(Database database, String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The number that a query of one gives. */
  static long number(Database database, String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertTrue(result.next());
      return result.getLong(1);
    }
  }
}
