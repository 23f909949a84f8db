package io.selkie.chain;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The state in the table {@code dev_chain}, whose one row all nodes of a farm share. Each change
 * has a number one higher, so that of two who change the same state one is told to look again.
 */
final class DevChainTable implements DevChainStore {
  private static final String UNIQUE_VIOLATION = "23505";
  private static final String NAME = "the development chain of the database";

  private final DataSource database;
  private long revision;
  private @Nullable DevChainState known;

  DevChainTable(DataSource database) {
    this.database = database;
  }

  @Override
  public Optional<DevChainState> read() throws IOException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(true);
      if (known == null || revision(connection) != revision) {
        load(connection);
      }
      return Optional.ofNullable(known);
    } catch (SQLException e) {
      throw unreachable(e);
    }
  }

  private static long revision(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT revision FROM dev_chain WHERE id = 1");
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private void load(Connection connection) throws SQLException, IOException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT revision, state FROM dev_chain WHERE id = 1");
        ResultSet row = statement.executeQuery()) {
      if (row.next()) {
        known = DevChainState.parse(row.getBytes(2), NAME);
        revision = row.getLong(1);
      }
    }
  }

  @Override
  public boolean replace(DevChainState state) throws IOException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(true);
      boolean written = known == null ? insert(connection, state) : update(connection, state);
      if (written) {
        revision++;
        known = state;
      }
      return written;
    } catch (SQLException e) {
      throw unreachable(e);
    }
  }

  private static boolean insert(Connection connection, DevChainState state)
      throws SQLException, IOException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO dev_chain (id, revision, state) VALUES (1, 1, ?)")) {
      statement.setBytes(1, state.bytes());
      statement.executeUpdate();
      return true;
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  private boolean update(Connection connection, DevChainState state)
      throws SQLException, IOException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE dev_chain SET revision = ?, state = ? WHERE id = 1 AND revision = ?")) {
      statement.setLong(1, revision + 1);
      statement.setBytes(2, state.bytes());
      statement.setLong(3, revision);
      return statement.executeUpdate() == 1;
    }
  }

  private static IOException unreachable(SQLException e) {
    String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new IOException(NAME + " cannot be reached: " + why, e);
  }
}
