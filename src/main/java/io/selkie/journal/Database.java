package io.selkie.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database of a node: the embedded one of its state directory, or the one that a farm shares.
 * What is committed survives kill -9 and a power cut.
 */
public abstract class Database implements AutoCloseable {
  /** Where akka-persistence-jdbc reads which database to use. */
  static final String SLICK = "akka-persistence-jdbc.shared-databases.slick.";

  /** Whoever waits for a connection holds a thread that others need. */
  private static final Duration CONNECTION_WAIT = Duration.ofSeconds(3);

  private final HikariDataSource readModel;
  private final int schemaVersion;
  private final Config access;

  /**
   * A database that is open.
   *
   * @param readModel pooled connections
   * @param access what an actor system needs to reach it
   */
  Database(HikariDataSource readModel, int schemaVersion, Config access) {
    this.readModel = readModel;
    this.schemaVersion = schemaVersion;
    this.access = access;
  }

  /**
   * Opens the embedded database, makes it if it is missing, and brings it to the schema of this
   * program. Blocks until that is done.
   *
   * @throws DatabaseException if another process has it, a later Selkie wrote it, or it is unusable
   */
  public static Database open(StateDirectory state) throws IOException {
    return EmbeddedDatabase.openIn(state);
  }

  /**
   * Opens the database that the settings name, and brings it to the schema of this program. Blocks
   * until that is done.
   *
   * @param state where the embedded one lies
   * @throws DatabaseException if it cannot be reached, another process has it for itself, a later
   *     Selkie wrote it, or it is unusable
   */
  public static Database open(StateDirectory state, DatabaseSettings settings) throws IOException {
    return settings.isShared() ? SharedDatabase.openAt(settings) : EmbeddedDatabase.openIn(state);
  }

  /** Whether the embedded database was moved to a shared one, see {@link #setAside}. */
  public static boolean wasMoved(StateDirectory state) {
    return EmbeddedDatabase.isMoved(state);
  }

  /**
   * Makes sure that a node which is to share a database leaves no journal behind.
   *
   * @param settings of the database that the node is to use
   * @throws DatabaseException if the embedded one is there and was not moved; one line
   */
  public static void requireMoved(StateDirectory state, DatabaseSettings settings)
      throws DatabaseException {
    if (settings.isShared()) {
      EmbeddedDatabase.requireNone(state, settings);
    }
  }

  /**
   * Gives the embedded database another name, so that nobody goes on with it by mistake: its
   * journal was moved. It must be closed.
   */
  public static void setAside(StateDirectory state) throws IOException {
    EmbeddedDatabase.rename(state);
  }

  /** Pooled connections for the read model, and for whatever else is not the journal. */
  public DataSource dataSource() {
    return readModel;
  }

  /** The version of the schema, which is the number of the last script that ran. */
  public int schemaVersion() {
    return schemaVersion;
  }

  /** Whether other nodes may have it open at the same time. */
  public abstract boolean isShared();

  /** By which it has one farm; empty where one process alone can have it open. */
  public abstract Optional<FarmLease> farmLease();

  /**
   * What the hosts of its farm sign with: 32 random bytes, made by the first that asks; empty where
   * one process alone can have it open.
   *
   * @throws DatabaseException if it cannot be read; one line
   */
  public abstract Optional<byte[]> farmSecret() throws IOException;

  /**
   * The same for commands, which bring no database to another schema.
   *
   * @param settings of a shared one
   * @throws DatabaseException if it cannot be reached, or no node has been there yet; one line
   */
  public static byte[] farmSecret(DatabaseSettings settings) throws IOException {
    return SharedDatabase.secretAt(settings);
  }

  /**
   * Makes sure that no node has it open, as far as can be seen.
   *
   * @throws IOException if one has; one line
   */
  public abstract void requireNoNode() throws IOException;

  /**
   * Makes sure that a journal which was to be moved here is here as a whole.
   *
   * @throws IOException if it is not; one line
   */
  public abstract void requireWhole() throws IOException;

  /** What an actor system must be given over all its other settings to keep its journal here. */
  public Config config() {
    return access.withFallback(
        ConfigFactory.parseResources(
            Database.class.getClassLoader(), "io/selkie/journal/journal.conf"));
  }

  /** Closes the database; the actor system that uses it must have terminated. */
  @Override
  public void close() throws IOException {
    readModel.close();
  }

  /** A pool that nobody waits for long. */
  static HikariConfig pool(String name, int connections) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
    return config;
  }

  static DatabaseException unusable(String name, String why, @Nullable Throwable cause) {
    return new DatabaseException(
        DatabaseException.Reason.UNUSABLE, name + ": the database is unusable: " + why, cause);
  }

  static String firstLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
