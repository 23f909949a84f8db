package io.selkie.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Leases, each with one owner at a time. What the time is, the database says: clocks of hosts may
 * differ. Calls block.
 */
final class LeaseTable {
  private static final String UNIQUE_VIOLATION = "23505";

  private final DataSource database;

  LeaseTable(DataSource database) {
    this.database = database;
  }

  /**
   * Takes the lease, or keeps it for longer.
   *
   * @return whether it is the owner's now, until {@code duration} is over
   */
  boolean take(String name, String owner, Duration duration) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(true);
      return give(
              connection,
              name,
              owner,
              duration,
              "(owner = ? OR expires_at < CURRENT_TIMESTAMP)",
              owner)
          || insert(connection, name, owner, duration);
    }
  }

  /**
   * Gives a lease that is there to somebody, for a new duration.
   *
   * @param condition on the row, with one question mark, which is {@code from}
   * @return whether it was met
   */
  private static boolean give(
      Connection connection,
      String name,
      String to,
      Duration duration,
      String condition,
      String from)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE cluster_lease SET owner = ?,"
                + " expires_at = CURRENT_TIMESTAMP + ? * INTERVAL '0.001' SECOND"
                + " WHERE name = ? AND "
                + condition)) {
      statement.setString(1, to);
      statement.setLong(2, duration.toMillis());
      statement.setString(3, name);
      statement.setString(4, from);
      return statement.executeUpdate() == 1;
    }
  }

  private static boolean insert(Connection connection, String name, String owner, Duration duration)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO cluster_lease (name, owner, expires_at)"
                + " VALUES (?, ?, CURRENT_TIMESTAMP + ? * INTERVAL '0.001' SECOND)")) {
      statement.setString(1, name);
      statement.setString(2, owner);
      statement.setLong(3, duration.toMillis());
      return statement.executeUpdate() == 1;
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return false; // somebody has it
      }
      throw e;
    }
  }

  /**
   * A row, whether it has run out or not.
   *
   * @param leftMillis until it runs out; below 0: it has
   */
  record Row(String owner, long leftMillis) {}

  /** What there is; empty if nobody ever took it, or it was released. */
  Optional<Row> look(String name) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT owner, EXTRACT(EPOCH FROM expires_at - CURRENT_TIMESTAMP) * 1000"
                    + " FROM cluster_lease WHERE name = ?")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Row(row.getString(1), (long) Math.floor(row.getDouble(2))))
            : Optional.empty();
      }
    }
  }

  /**
   * Passes the lease on, for a new duration.
   *
   * @param from who must have had it last
   * @param over whether it must have run out besides
   * @return whether that was so
   */
  boolean pass(String name, String from, boolean over, String to, Duration duration)
      throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(true);
      String condition = "owner = ?" + (over ? " AND expires_at < CURRENT_TIMESTAMP" : "");
      return give(connection, name, to, duration, condition, from);
    }
  }

  /**
   * Takes a lease that nobody has.
   *
   * @return whether that was so
   */
  boolean add(String name, String owner, Duration duration) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(true);
      return insert(connection, name, owner, duration);
    }
  }

  /** Gives the lease back, if it is the owner's. */
  void release(String name, String owner) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("DELETE FROM cluster_lease WHERE name = ? AND owner = ?")) {
      connection.setAutoCommit(true);
      statement.setString(1, name);
      statement.setString(2, owner);
      statement.executeUpdate();
    }
  }
}
