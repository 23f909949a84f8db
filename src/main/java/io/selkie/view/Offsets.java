package io.selkie.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** How far projections have come. */
final class Offsets {
  private Offsets() {}

  /** The offset of the last event whose rows are written; 0 if there is none. */
  static long read(Connection connection, String name) throws SQLException {
    return Sql.query(
            connection,
            "SELECT event_offset FROM projection_offset WHERE name = ? FOR UPDATE",
            List.of(name),
            row -> row.getLong("event_offset"))
        .stream()
        .findFirst()
        .orElse(0L);
  }

  static void write(Connection connection, String name, long offset) throws SQLException {
    int rows =
        Sql.update(
            connection,
            "UPDATE projection_offset SET event_offset = ? WHERE name = ?",
            List.of(offset, name));
    if (rows == 0) {
      Sql.update(
          connection,
          "INSERT INTO projection_offset (name, event_offset) VALUES (?, ?)",
          List.of(name, offset));
    }
  }
}
