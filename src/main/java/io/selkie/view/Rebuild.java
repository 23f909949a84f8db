package io.selkie.view;

import io.selkie.journal.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Empties the read model; the next start of the node makes it again from the journal. The node must
 * not run, which having its database open proves.
 */
public final class Rebuild {
  private static final List<String> TABLES =
      List.of("sector_summary", "sector_history", "projection_offset");

  private Rebuild() {}

  /**
   * Empties the read model, or leaves it as it was if anything goes wrong or this process is
   * killed.
   *
   * @return how many events will be projected again
   */
  public static long run(Database database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      long events =
          Sql.query(
                  connection,
                  "SELECT COUNT(*) AS events FROM sector_history",
                  List.of(),
                  row -> row.getLong("events"))
              .get(0);
      for (String table : TABLES) {
        // Not TRUNCATE, which H2 commits at once.
        Sql.update(connection, "DELETE FROM " + table, List.of());
      }
      connection.commit();
      return events;
    }
  }
}
