package io.selkie.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.selkie.files.Durable;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The embedded H2 of a state directory, {@code db/selkie.mv.db}, open in this process and in no
 * other. What is committed survives kill -9 and a power cut.
 */
final class EmbeddedDatabase extends Database {
  private static final String USER = "sa";
  private static final String FILE = "selkie";
  private static final String FILE_SUFFIX = ".mv.db";

  /**
   * Each with its reason: acknowledged commits are lost by kill -9 unless they are written at once;
   * identifiers fold as in PostgreSQL, so that the SQL is the same; H2's own shutdown hook would
   * pull the database away while actors still stop; a second process is refused, not served; an
   * event is stored in its row, not beside it, which is faster and takes less room.
   */
  private static final String OPTIONS =
      ";WRITE_DELAY=0;DATABASE_TO_LOWER=TRUE;DB_CLOSE_ON_EXIT=FALSE;AUTO_SERVER=FALSE"
          + ";MAX_LENGTH_INPLACE_LOB=16384";

  private static final int READ_MODEL_CONNECTIONS = 8;

  private final Connection keeper;

  private EmbeddedDatabase(String url, Connection keeper, HikariDataSource pool, int version) {
    super(pool, version, config(url));
    this.keeper = keeper;
  }

  /**
   * Opens the database, makes it if it is missing, and brings it to the schema of this program.
   * Blocks until that is done.
   *
   * @throws DatabaseException if another process has it, a later Selkie wrote it, or it is unusable
   */
  static Database openIn(StateDirectory state) throws IOException {
    Path directory = state.path().resolve("db");
    String file = directory.resolve(FILE).toAbsolutePath().toString();
    if (file.contains(";")) {
      throw unusable(file, "the path of a database cannot have a semicolon", null);
    }
    if (isMoved(state)) {
      throw unusable(
          file + FILE_SUFFIX,
          "its journal was moved to a shared database: start with selkie.database.url",
          null);
    }
    SyncedFiles.register();
    state.create();
    new StateDirectory(directory).create();
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:" + SyncedFiles.SCHEME + ":" + file + OPTIONS);
    source.setUser(USER);
    source.setPassword("");
    String name = file + FILE_SUFFIX;
    Connection keeper = connect(source, name);
    @Nullable HikariDataSource readModel = null;
    try {
      int version = new Migrations(source, name, "BLOB").run();
      closeGaps(keeper);
      readModel = pool(source);
      return new EmbeddedDatabase(source.getURL(), keeper, readModel, version);
    } catch (SQLException e) {
      throw unusable(name, firstLine(e), e);
    } finally {
      if (readModel == null) {
        closeQuietly(keeper);
      }
    }
  }

  static boolean isMoved(StateDirectory state) {
    return Files.exists(moved(state));
  }

  static void requireNone(StateDirectory state, DatabaseSettings shared) throws DatabaseException {
    Path file = state.path().resolve("db").resolve(FILE + FILE_SUFFIX);
    if (Files.exists(file)) {
      throw new DatabaseException(
          DatabaseException.Reason.UNUSABLE,
          file
              + ": this journal was not moved to "
              + shared
              + ": run selkie db migrate, or give the file another name if nothing of it is needed",
          null);
    }
  }

  static void rename(StateDirectory state) throws IOException {
    Path directory = state.path().resolve("db");
    Files.move(directory.resolve(FILE + FILE_SUFFIX), moved(state), StandardCopyOption.ATOMIC_MOVE);
    Durable.syncDirectory(directory);
  }

  private static Path moved(StateDirectory state) {
    return state.path().resolve("db").resolve(FILE + FILE_SUFFIX + ".moved");
  }

  private static Connection connect(DataSource source, String name) throws IOException {
    try {
      return source.getConnection();
    } catch (SQLException e) {
      if (e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1) {
        throw new DatabaseException(
            DatabaseException.Reason.IN_USE,
            name + ": another process has it open: stop the node that runs on this state directory",
            e);
      }
      throw unusable(name, firstLine(e), e);
    }
  }

  /**
   * Takes the numbers back that H2 had set aside for events and lost when it was killed. The query
   * for events by tag waits ten seconds for each number that is missing, at every start again.
   * Nobody else writes yet.
   */
  private static void closeGaps(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long last;
      try (ResultSet result =
          statement.executeQuery(
              "SELECT GREATEST("
                  + "(SELECT COALESCE(MAX(ordering), 0) FROM event_journal),"
                  + "(SELECT COALESCE(MAX(event_offset), 0) FROM projection_offset))")) {
        result.next();
        last = result.getLong(1);
      }
      statement.execute(
          "ALTER TABLE event_journal ALTER COLUMN ordering RESTART WITH " + (last + 1));
    }
  }

  private static HikariDataSource pool(DataSource source) {
    HikariConfig config = pool("read-model", READ_MODEL_CONNECTIONS);
    config.setDataSource(source);
    return new HikariDataSource(config);
  }

  private static Config config(String url) {
    return ConfigFactory.parseMap(
        Map.of(
            SLICK + "profile", "slick.jdbc.H2Profile$",
            SLICK + "db.url", url,
            SLICK + "db.driver", "org.h2.Driver",
            SLICK + "db.user", USER,
            SLICK + "db.password", ""));
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public Optional<FarmLease> farmLease() {
    return Optional.empty();
  }

  @Override
  public Optional<byte[]> farmSecret() {
    return Optional.empty();
  }

  /** Having it open proves it. */
  @Override
  public void requireNoNode() {}

  /** Nothing is moved here. */
  @Override
  public void requireWhole() {}

  @Override
  public void close() throws IOException {
    super.close();
    try (Statement statement = keeper.createStatement()) {
      statement.execute("SHUTDOWN");
    } catch (SQLException e) {
      throw new IOException("cannot close the database: " + firstLine(e), e);
    }
  }

  /** Something else failed before, and is what the caller hears of. */
  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LoggerFactory.getLogger(EmbeddedDatabase.class)
          .debug("closing a database that did not open", e);
    }
  }
}
