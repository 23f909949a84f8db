package io.selkie.journal;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Copies a journal from the database of a single host into an empty one that hosts share: events
 * with their tags and their order, snapshots, numbers of sectors. The read model is not copied; it
 * is made again from the events. Killed anywhere, it goes on where it was when it is run again.
 */
public final class JournalMove {
  private static final int BATCH = 500;

  private static final Table EVENTS =
      new Table(
          "event_journal",
          "ordering, persistence_id, sequence_number, deleted, writer, write_timestamp,"
              + " adapter_manifest, event_ser_id, event_ser_manifest, event_payload, meta_ser_id,"
              + " meta_ser_manifest, meta_payload",
          "ordering");
  private static final Table TAGS = new Table("event_tag", "event_id, tag", "event_id, tag");
  private static final Table SNAPSHOTS =
      new Table(
          "snapshot",
          "persistence_id, sequence_number, created, snapshot_ser_id, snapshot_ser_manifest,"
              + " snapshot_payload, meta_ser_id, meta_ser_manifest, meta_payload",
          "persistence_id, sequence_number");
  private static final Table NUMBERS =
      new Table("sector_number", "miner, number, request", "miner, number");

  /** What tells an event from any other that could have its place in the order. */
  private static final Table LAST =
      new Table(
          "event_journal",
          "ordering, persistence_id, sequence_number, writer, write_timestamp",
          "ordering");

  /** What nobody but a node makes: where one of these has a row, somebody worked already. */
  private static final List<String> OWN =
      List.of("event_journal", "snapshot", "sector_number", "dev_chain");

  private final DataSource from;
  private final DataSource to;
  private final String source;

  /**
   * A move.
   *
   * @param source names the journal that is moved, so that its own half-done work is known
   */
  public JournalMove(Database from, Database to, String source) {
    this.from = from.dataSource();
    this.to = to.dataSource();
    this.source = source;
  }

  private record Table(String name, String columns, String order) {
    String select(String where) {
      return "SELECT " + columns + " FROM " + name + where + " ORDER BY " + order;
    }

    String insert() {
      String marks = columns.replaceAll("[a-z_]+", "?");
      return "INSERT INTO " + name + " (" + columns + ") VALUES (" + marks + ")";
    }
  }

  /** How much was moved, by this run and those before it. */
  public record Moved(long events, long tags, long snapshots, long numbers) {}

  /**
   * Copies what is not there yet, and compares. What was moved to its end before, by one that was
   * killed right after that, is only looked at.
   *
   * @param rest done in the end, before the move counts as finished; may be done again
   * @param events is told how many events are there
   * @throws IOException if the target has something else, or is not the same in the end; one line
   */
  public Moved run(Rest rest, LongConsumer events) throws IOException, SQLException {
    try (Connection reader = from.getConnection();
        Connection writer = to.getConnection()) {
      reader.setAutoCommit(false);
      writer.setAutoCommit(false);
      if (begin(writer)) {
        // Nodes may have run there since: there is more than was moved.
        requireMoved(reader, writer);
        return counted(reader);
      }
      copyEvents(reader, writer, events);
      copyAnew(reader, writer, SNAPSHOTS);
      copyAnew(reader, writer, NUMBERS);
      continueNumbers(writer);
      writer.commit();
      rest.run(to);
      Moved moved = compare(reader, writer);
      update(writer, "UPDATE journal_import SET finished = TRUE WHERE source = ?", source);
      writer.commit();
      return moved;
    }
  }

  /** Whether the journal was moved to its end before: nodes may run there by now. */
  public boolean isFinished() throws SQLException {
    try (Connection writer = to.getConnection()) {
      return finished(writer, " WHERE source = ?", source).orElse(false);
    }
  }

  /** What else belongs to the journal. */
  @FunctionalInterface
  public interface Rest {
    /** Copies it. */
    void run(DataSource target) throws IOException, SQLException;
  }

  /** Whether it is finished already. */
  private boolean begin(Connection writer) throws IOException, SQLException {
    // Two who move at once: the second waits here, and then sees what the first did.
    update(writer, "LOCK TABLE journal_import IN EXCLUSIVE MODE");
    Optional<Boolean> ours = finished(writer, " WHERE source = ?", source);
    if (ours.isPresent()) {
      writer.commit();
      return ours.get();
    }
    if (finished(writer, "").isPresent()) {
      throw new IOException("the journal of another host was moved there: a farm has one journal");
    }
    for (String table : OWN) {
      if (count(writer, table) > 0) {
        throw new IOException(
            "it is not empty ("
                + table
                + "): name a new database, nodes may only start on it after the move");
      }
    }
    update(writer, "INSERT INTO journal_import (source, finished) VALUES (?, FALSE)", source);
    writer.commit();
    return false;
  }

  private static Optional<Boolean> finished(Connection connection, String where, String... values)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT finished FROM journal_import" + where)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getBoolean(1)) : Optional.empty();
      }
    }
  }

  /** In their order, each batch with its tags in one transaction. */
  private static void copyEvents(Connection reader, Connection writer, LongConsumer events)
      throws SQLException {
    long copied = count(writer, EVENTS.name());
    long last = number(writer, "SELECT COALESCE(MAX(ordering), 0) FROM event_journal");
    while (true) {
      List<Object[]> batch = rows(reader, EVENTS, " WHERE ordering > " + last, BATCH);
      if (batch.isEmpty()) {
        return;
      }
      long next = ((Number) batch.get(batch.size() - 1)[0]).longValue();
      insert(writer, EVENTS, batch);
      String tagged = " WHERE event_id > " + last + " AND event_id <= " + next;
      insert(writer, TAGS, rows(reader, TAGS, tagged, Integer.MAX_VALUE));
      writer.commit();
      last = next;
      copied += batch.size();
      events.accept(copied);
    }
  }

  private static void copyAnew(Connection reader, Connection writer, Table table)
      throws SQLException {
    update(writer, "DELETE FROM " + table.name());
    try (PreparedStatement statement = reader.prepareStatement(table.select(""));
        ResultSet result = statement.executeQuery()) {
      List<Object[]> batch = new ArrayList<>();
      while (result.next()) {
        batch.add(row(result));
        if (batch.size() == BATCH) {
          insert(writer, table, batch);
          batch.clear();
        }
      }
      insert(writer, table, batch);
    }
  }

  private static List<Object[]> rows(Connection reader, Table table, String where, int most)
      throws SQLException {
    try (PreparedStatement statement = reader.prepareStatement(table.select(where))) {
      statement.setMaxRows(most == Integer.MAX_VALUE ? 0 : most);
      try (ResultSet result = statement.executeQuery()) {
        List<Object[]> rows = new ArrayList<>();
        while (result.next()) {
          rows.add(row(result));
        }
        return rows;
      }
    }
  }

  private static Object[] row(ResultSet result) throws SQLException {
    Object[] values = new Object[result.getMetaData().getColumnCount()];
    for (int i = 0; i < values.length; i++) {
      String name = result.getMetaData().getColumnName(i + 1);
      values[i] = name.endsWith("payload") ? result.getBytes(i + 1) : result.getObject(i + 1);
    }
    return values;
  }

  private static void insert(Connection writer, Table table, List<Object[]> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = writer.prepareStatement(table.insert())) {
      for (Object[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          statement.setObject(i + 1, row[i]);
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Events to come are numbered after those that were moved. */
  private static void continueNumbers(Connection writer) throws SQLException {
    long next = number(writer, "SELECT COALESCE(MAX(ordering), 0) + 1 FROM event_journal");
    update(writer, "ALTER TABLE event_journal ALTER COLUMN ordering RESTART WITH " + next);
  }

  private static Moved compare(Connection reader, Connection writer)
      throws IOException, SQLException {
    for (Table table : List.of(EVENTS, TAGS, SNAPSHOTS, NUMBERS)) {
      long there = count(reader, table.name());
      long here = count(writer, table.name());
      if (there != here) {
        throw new IOException(
            table.name()
                + " has "
                + here
                + " rows there and "
                + there
                + " here: empty it, and move"
                + " again");
      }
    }
    String bytes = "SELECT COALESCE(SUM(OCTET_LENGTH(event_payload)), 0) FROM event_journal";
    if (number(reader, bytes) != number(writer, bytes)) {
      throw new IOException("the events there are not as long as here: empty it, and move again");
    }
    return counted(writer);
  }

  private static Moved counted(Connection connection) throws SQLException {
    return new Moved(
        count(connection, EVENTS.name()),
        count(connection, TAGS.name()),
        count(connection, SNAPSHOTS.name()),
        count(connection, NUMBERS.name()));
  }

  /** A node may have gone on here after the move, as long as the old files had their name. */
  private static void requireMoved(Connection reader, Connection writer)
      throws IOException, SQLException {
    long last = number(reader, "SELECT COALESCE(MAX(ordering), 0) FROM event_journal");
    Set<List<String>> numbers = texts(writer, NUMBERS, "");
    String newest = " WHERE ordering = " + last;
    if (!texts(writer, LAST, newest).equals(texts(reader, LAST, newest))
        || !numbers.containsAll(texts(reader, NUMBERS, ""))) {
      throw new IOException(
          "this journal was moved there, and a node of this host went on with it after that: keep"
              + " both, and start no node until you know which has what");
    }
  }

  private static Set<List<String>> texts(Connection connection, Table table, String where)
      throws SQLException {
    Set<List<String>> all = new HashSet<>();
    for (Object[] row : rows(connection, table, where, Integer.MAX_VALUE)) {
      all.add(Stream.of(row).map(String::valueOf).toList());
    }
    return all;
  }

  private static long count(Connection connection, String table) throws SQLException {
    return number(connection, "SELECT COUNT(*) FROM " + table);
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void update(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.execute();
    }
  }
}
