package io.selkie.sealing;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * Gives sectors their numbers, from 1. A number is durable before anything is done with it, and is
 * never given twice; the same request gets the same one. Calls block.
 */
final class SectorNumbers {
  private static final String UNIQUE_VIOLATION = "23505";
  private static final int MOST_RACES = 100;

  private final DataSource database;

  SectorNumbers(DataSource database) {
    this.database = database;
  }

  /**
   * The sector for a request.
   *
   * @param taken tells of sectors that got their numbers elsewhere
   * @throws SQLException if the database does not answer; nothing was given then, or the same
   *     request will get it
   */
  SectorId assign(MinerId miner, UUID request, Predicate<SectorId> taken) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(true);
      for (int race = 0; ; race++) {
        OptionalLong known =
            number(
                connection,
                "SELECT number FROM sector_number WHERE miner = ? AND request = ?",
                miner,
                request.toString());
        if (known.isPresent()) {
          return new SectorId(miner, known.getAsLong());
        }
        SectorId next = next(connection, miner, taken);
        try {
          insert(connection, next, request);
          return next;
        } catch (SQLException e) {
          if (!UNIQUE_VIOLATION.equals(e.getSQLState()) || race == MOST_RACES) {
            throw e;
          }
        }
      }
    }
  }

  /**
   * Whether the sector has its number from here.
   *
   * @throws SQLException if the database does not answer
   */
  boolean has(SectorId sector) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT number FROM sector_number WHERE miner = ? AND number = ?")) {
      statement.setLong(1, sector.miner().id());
      statement.setLong(2, sector.number());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /**
   * All that were given, to whatever miner: a node may have had another before.
   *
   * @throws SQLException if the database does not answer
   */
  List<SectorId> all() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT miner, number FROM sector_number ORDER BY miner, number")) {
      List<SectorId> all = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          all.add(new SectorId(new MinerId(rows.getLong(1)), rows.getLong(2)));
        }
      }
      return all;
    }
  }

  private static SectorId next(Connection connection, MinerId miner, Predicate<SectorId> taken)
      throws SQLException {
    OptionalLong last =
        number(
            connection,
            "SELECT number FROM sector_number WHERE miner = ? ORDER BY number DESC LIMIT 1",
            miner);
    SectorId next = new SectorId(miner, last.orElse(0) + 1);
    while (taken.test(next)) {
      next = new SectorId(miner, next.number() + 1);
    }
    return next;
  }

  private static OptionalLong number(
      Connection connection, String sql, MinerId miner, String... texts) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, miner.id());
      for (int i = 0; i < texts.length; i++) {
        statement.setString(i + 2, texts[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  private static void insert(Connection connection, SectorId sector, UUID request)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO sector_number (miner, number, request) VALUES (?, ?, ?)")) {
      statement.setLong(1, sector.miner().id());
      statement.setLong(2, sector.number());
      statement.setString(3, request.toString());
      statement.executeUpdate();
    }
  }
}
