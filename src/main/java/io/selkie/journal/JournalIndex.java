package io.selkie.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Which journals there are. Asking makes none, as asking an actor would. */
public final class JournalIndex {
  private final DataSource database;

  /** Of the database that has the journal. */
  public JournalIndex(DataSource database) {
    this.database = database;
  }

  /**
   * Whether an actor with this id ever persisted something.
   *
   * @throws SQLException if the database does not answer
   */
  public boolean has(String persistenceId) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT sequence_number FROM event_journal WHERE persistence_id = ?"
                    + " ORDER BY sequence_number LIMIT 1")) {
      statement.setString(1, persistenceId);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }
}
