package io.selkie.journal;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** The secret that the hosts of a farm share, in the database that they share. Calls block. */
final class FarmSecretTable {
  /** What PostgreSQL says of a table that no node has made yet. */
  static final String NO_TABLE = "42P01";

  private static final String UNIQUE_VIOLATION = "23505";
  private static final int BYTES = 32;

  private FarmSecretTable() {}

  /**
   * The secret, made if there is none. Whoever asks at the same time gets the same one.
   *
   * @return 32 random bytes
   */
  static byte[] secret(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    Optional<byte[]> known = read(connection);
    if (known.isEmpty()) {
      make(connection);
      known = read(connection);
    }
    return whole(known);
  }

  /**
   * The secret.
   *
   * @throws SQLException if no host has made one
   */
  static byte[] known(Connection connection) throws SQLException {
    return whole(read(connection));
  }

  private static byte[] whole(Optional<byte[]> known) throws SQLException {
    if (known.isEmpty()) {
      throw new SQLException(
          "no host has made one: start a node there first, or set selkie.cluster.secret-file if its"
              + " hosts have it from a file");
    }
    return known
        .filter(secret -> secret.length == BYTES)
        .orElseThrow(
            () ->
                new SQLException(
                    "the row of farm_secret is not "
                        + BYTES
                        + " bytes: delete it, which makes all tokens of the farm void, and start"
                        + " all hosts again"));
  }

  private static Optional<byte[]> read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT secret FROM farm_secret WHERE id = 1")) {
      return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
    }
  }

  private static void make(Connection connection) throws SQLException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO farm_secret (id, secret) VALUES (1, ?)")) {
      statement.setBytes(1, random);
      statement.executeUpdate();
    } catch (SQLException e) {
      if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw e;
      }
      // Another host was first; its secret counts.
    }
  }
}
