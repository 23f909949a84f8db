package io.selkie.journal;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the journal lies: {@code selkie.database.*}.
 *
 * @param url of a PostgreSQL database, {@code jdbc:postgresql://…}; empty: the embedded one
 * @param connections at most, of this node
 * @param answerWithin longest silence of the database before a connection to it is given up
 */
public record DatabaseSettings(
    Optional<String> url,
    String user,
    String password,
    int connections,
    Duration answerWithin,
    LeaseTimes lease) {
  private static final String POSTGRESQL = "jdbc:postgresql://";
  private static final int FEWEST_CONNECTIONS = 4;
  private static final int MOST_CONNECTIONS = 1000;

  /**
   * The lease that one side of a divided farm needs to go on.
   *
   * @param timeout a lease that was not renewed for so long is free
   * @param renewal how often it is
   */
  public record LeaseTimes(Duration timeout, Duration renewal) {}

  /**
   * Reads the settings.
   *
   * @param config all settings
   * @throws IllegalArgumentException if one is wrong; one line that names it
   * @throws IOException if the password cannot be read; one line
   */
  public static DatabaseSettings of(Config config) throws IOException {
    Config database = config.getConfig("selkie.database");
    String url = database.getString("url");
    if (!url.isEmpty() && !url.startsWith(POSTGRESQL)) {
      throw new IllegalArgumentException(
          "selkie.database.url is '" + url + "': use " + POSTGRESQL + "HOST:PORT/NAME, or nothing");
    }
    if (url.contains("password=")) {
      throw new IllegalArgumentException(
          "selkie.database.url holds a password: give it by selkie.database.password-file");
    }
    int connections = database.getInt("connections");
    if (connections < FEWEST_CONNECTIONS || connections > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "selkie.database.connections is "
              + connections
              + ": use "
              + FEWEST_CONNECTIONS
              + " to "
              + MOST_CONNECTIONS);
    }
    Duration answerWithin = database.getDuration("answer-within");
    if (answerWithin.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "selkie.database.answer-within is " + answerWithin.toMillis() + " ms: use 1 s or more");
    }
    LeaseTimes lease =
        new LeaseTimes(
            database.getDuration("lease.timeout"), database.getDuration("lease.renewal"));
    if (lease.renewal().multipliedBy(2).compareTo(lease.timeout()) > 0) {
      throw new IllegalArgumentException(
          "selkie.database.lease.renewal is more than half of selkie.database.lease.timeout");
    }
    return new DatabaseSettings(
        Optional.of(url).filter(text -> !text.isEmpty()),
        database.getString("user"),
        password(database),
        connections,
        answerWithin,
        lease);
  }

  private static String password(Config database) throws IOException {
    String file = database.getString("password-file");
    if (file.isEmpty()) {
      return database.getString("password");
    }
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw new IOException("selkie.database.password-file " + file + " cannot be read: " + e, e);
    }
  }

  /** Whether several nodes may use it at once. */
  public boolean isShared() {
    return url.isPresent();
  }

  /** Nothing that is printed by accident holds the password. */
  @Override
  public String toString() {
    return url.orElse("embedded");
  }
}
