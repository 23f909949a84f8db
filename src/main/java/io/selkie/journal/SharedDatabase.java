package io.selkie.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

/**
 * A PostgreSQL that the nodes of a farm share. Which side of a divided farm goes on, a lease in it
 * decides.
 */
final class SharedDatabase extends Database {
  private static final String DRIVER = "org.postgresql.Driver";
  private static final String RESOLVER = "akka.cluster.split-brain-resolver.";
  private static final String LEASE = "selkie-lease";

  /** What a node's connections for its journal are called: commands have none. */
  private static final String JOURNAL = "selkie-journal";

  /** The journal's share of the connections; the read model and the rest have the other. */
  private static final int JOURNAL_SHARE = 2;

  private final String name;
  private final FarmLease farmLease;

  private SharedDatabase(
      String name, HikariDataSource pool, FarmLease farmLease, int schemaVersion, Config access) {
    super(pool, schemaVersion, access);
    this.name = name;
    this.farmLease = farmLease;
  }

  static Database openAt(DatabaseSettings settings) throws IOException {
    String url = settings.url().orElseThrow();
    String name = url.replaceFirst("\\?.*", "");
    HikariDataSource pool = null;
    boolean opened = false;
    try {
      pool = new HikariDataSource(pool(settings, "shared", settings.connections() / JOURNAL_SHARE));
      reach(pool, name);
      int version = new Migrations(pool, name, "BYTEA").run();
      opened = true;
      return new SharedDatabase(
          name, pool, new FarmLease(leasePool(settings)), version, access(settings, url));
    } finally {
      if (!opened && pool != null) {
        pool.close();
      }
    }
  }

  /** Renewals must not wait for whoever reads long lists; it connects when it is used. */
  private static HikariDataSource leasePool(DatabaseSettings settings) {
    HikariConfig config = pool(settings, "farm-lease", 1);
    config.setMinimumIdle(0);
    config.addDataSourceProperty("ApplicationName", "selkie-lease");
    return new HikariDataSource(config);
  }

  private static HikariConfig pool(DatabaseSettings settings, String name, int connections) {
    HikariConfig config = pool(name, connections);
    config.setJdbcUrl(settings.url().orElseThrow());
    config.setDriverClassName(DRIVER);
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    networking(settings).forEach(config::addDataSourceProperty);
    config.setInitializationFailTimeout(-1); // the first use says it in our words
    return config;
  }

  private static void reach(DataSource pool, String name) throws IOException {
    try (Connection connection = pool.getConnection()) {
      connection.setReadOnly(false);
    } catch (SQLException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      throw new DatabaseException(
          DatabaseException.Reason.UNREACHABLE,
          name
              + ": the database cannot be reached: "
              + why
              + ": start it, or mend selkie.database.*",
          e);
    }
  }

  /** A database that is cut off is known by its silence; a firewall may hide its end. */
  private static Map<String, String> networking(DatabaseSettings settings) {
    String seconds = String.valueOf(settings.answerWithin().toSeconds());
    return Map.of(
        "socketTimeout", seconds,
        "connectTimeout", seconds,
        "loginTimeout", seconds,
        "tcpKeepAlive", "true");
  }

  private static Config access(DatabaseSettings settings, String url) {
    Map<String, Object> access = new HashMap<>();
    access.put(SLICK + "profile", "slick.jdbc.PostgresProfile$");
    access.put(SLICK + "db.url", url);
    access.put(SLICK + "db.driver", DRIVER);
    access.put(SLICK + "db.user", settings.user());
    access.put(SLICK + "db.password", settings.password());
    int journal = settings.connections() - settings.connections() / JOURNAL_SHARE;
    access.put(SLICK + "db.numThreads", journal);
    access.put(SLICK + "db.maxConnections", journal);
    access.put(SLICK + "db.properties.ApplicationName", JOURNAL);
    networking(settings).forEach((key, value) -> access.put(SLICK + "db.properties." + key, value));
    access.put(RESOLVER + "active-strategy", "lease-majority");
    access.put(RESOLVER + "lease-majority.lease-implementation", LEASE);
    access.put(LEASE + ".lease-class", JdbcLease.class.getName());
    access.put(LEASE + ".url", url);
    access.put(LEASE + ".user", settings.user());
    access.put(LEASE + ".password", settings.password());
    access.put(LEASE + ".answer-within", settings.answerWithin());
    access.put(LEASE + ".heartbeat-timeout", settings.lease().timeout());
    access.put(LEASE + ".heartbeat-interval", settings.lease().renewal());
    access.put(LEASE + ".lease-operation-timeout", settings.answerWithin());
    return ConfigFactory.parseMap(access, "selkie.database");
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Optional<FarmLease> farmLease() {
    return Optional.of(farmLease);
  }

  @Override
  public Optional<byte[]> farmSecret() throws IOException {
    try (Connection connection = dataSource().getConnection()) {
      return Optional.of(FarmSecretTable.secret(connection));
    } catch (SQLException e) {
      throw unusable(name, firstLine(e), e);
    }
  }

  static byte[] secretAt(DatabaseSettings settings) throws IOException {
    String url = settings.url().orElseThrow();
    Properties properties = new Properties();
    properties.putAll(networking(settings));
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      return FarmSecretTable.known(connection);
    } catch (SQLException e) {
      if (FarmSecretTable.NO_TABLE.equals(e.getSQLState())) {
        throw unusable(settings.toString(), "it has no farm yet: start a node there first", e);
      }
      throw new DatabaseException(
          DatabaseException.Reason.UNREACHABLE,
          settings + ": the secret of the farm cannot be read: " + firstLine(e),
          e);
    }
  }

  /** The actors that renew the lease have ended. */
  @Override
  public void close() throws IOException {
    farmLease.close();
    super.close();
  }

  @Override
  public void requireNoNode() throws IOException {
    if (has(
        "SELECT 1 FROM pg_stat_activity"
            + " WHERE datname = current_database() AND application_name = '"
            + JOURNAL
            + "'")) {
      throw new IOException(name + ": nodes have it open: stop them all first");
    }
  }

  @Override
  public void requireWhole() throws IOException {
    if (has("SELECT 1 FROM journal_import WHERE NOT finished")) {
      throw new DatabaseException(
          DatabaseException.Reason.UNUSABLE,
          name + ": a journal was moved there in part: run selkie db migrate to its end",
          null);
    }
  }

  private boolean has(String query) throws IOException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    } catch (SQLException e) {
      throw unusable(name, firstLine(e), e);
    }
  }
}
