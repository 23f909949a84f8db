package io.selkie.view;

import io.selkie.filecoin.SectorId;
import io.selkie.journal.Database;
import java.sql.Connection;
import java.sql.SQLException;

/** Writes to the read model as a projection would. */
public final class TestDatabase {
  private TestDatabase() {}

  /** What is written in one transaction. */
  public interface Write {
    void run(Connection connection) throws SQLException;
  }

  public static void commit(Database database, Write write) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      write.run(connection);
      connection.commit();
    }
  }

  static SectorId sector(long miner, long number) {
    return SectorId.parse("s-t0" + miner + "-" + number);
  }
}
