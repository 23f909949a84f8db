package io.selkie.view;

import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Queries on the read model. All of them block: call them on a dispatcher for blocking work. Each
 * throws {@link ViewException} if the database fails.
 */
public final class SectorView {
  /** Sealed to the end, or gone; a driver's word counts more than the phase. */
  private static final String UNFINISHED =
      "NOT (state = 'removed' OR driver_finished"
          + " OR (driver_state IS NULL AND state = 'idle' AND phase_number >= 50))";

  private static final int RECENT_TASKS = 20;
  private static final long RECENT_EVENTS = 50_000;

  private final DataSource database;

  /** Reads from this database. */
  public SectorView(DataSource database) {
    this.database = database;
  }

  /** A page of sectors. */
  public List<SectorSummary> list(SectorFilter filter) {
    StringBuilder sql = new StringBuilder("SELECT * FROM sector_summary WHERE TRUE");
    List<Object> values = new ArrayList<>();
    equal(sql, values, "state", filter.state());
    equal(sql, values, "phase", filter.phase());
    equal(sql, values, "driver_state", filter.driverState());
    if (filter.unfinished()) {
      sql.append(" AND ").append(UNFINISHED);
    }
    filter
        .after()
        .ifPresent(
            after -> {
              sql.append(" AND (miner > ? OR (miner = ? AND number > ?))");
              values.addAll(List.of(after.miner().id(), after.miner().id(), after.number()));
            });
    sql.append(" ORDER BY miner, number LIMIT ?");
    values.add(filter.limit());
    return query(sql.toString(), values, SectorSummary::read);
  }

  private static void equal(
      StringBuilder sql, List<Object> values, String column, Optional<String> wanted) {
    wanted.ifPresent(
        value -> {
          sql.append(" AND ").append(column).append(" = ?");
          values.add(value);
        });
  }

  /** One sector; empty if no event of it was projected yet. */
  public Optional<SectorSummary> find(SectorId sector) {
    return query(connection -> SectorSummary.of(connection, sector));
  }

  /**
   * What happened to a sector, oldest first.
   *
   * @param after the id of the last event of the page before, else 0
   * @param limit of how many, 1 to {@value SectorFilter#MOST}
   */
  public List<SectorHistory> history(SectorId sector, long after, int limit) {
    return query(
        "SELECT * FROM sector_history WHERE sector = ? AND id > ? ORDER BY id LIMIT ?",
        List.of(sector.toString(), after, SectorFilter.checked(limit)),
        SectorHistory::read);
  }

  /**
   * What happened to any sector, oldest first. Events appear here in the order of their ids: what
   * is not there yet has a greater id than what is.
   *
   * @param after the id of the last event that is known, else 0
   * @param limit of how many, 1 to {@value SectorFilter#MOST}
   */
  public List<SectorHistory> historyAfter(long after, int limit) {
    return query(
        "SELECT * FROM sector_history WHERE id > ? ORDER BY id LIMIT ?",
        List.of(after, SectorFilter.checked(limit)),
        SectorHistory::read);
  }

  /**
   * How long the latest tasks of a kind took on sectors of a size, newest first, at most {@value
   * #RECENT_TASKS}. Old history is not searched: it may be long, and hosts change.
   *
   * @param kind such as {@code PreCommit1}
   */
  public List<Duration> durations(String kind, SectorSize size) {
    return query(
        "SELECT h.duration_ms FROM sector_history h JOIN sector_summary s ON s.sector = h.sector"
            + " WHERE h.id > ? AND h.event = 'TaskSucceeded' AND h.phase = ?"
            + " AND s.sector_size = ? AND h.duration_ms IS NOT NULL ORDER BY h.id DESC LIMIT ?",
        List.of(lastHistoryId() - RECENT_EVENTS, kind, size.bytes(), RECENT_TASKS),
        row -> Duration.ofMillis(row.getLong("duration_ms")));
  }

  /** The id of the latest event; 0 if there is none. */
  public long lastHistoryId() {
    return query(
            "SELECT COALESCE(MAX(id), 0) AS id FROM sector_history",
            List.of(),
            row -> row.getLong("id"))
        .get(0);
  }

  /** How many sectors are in each state; a state without any is absent. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    query(
            "SELECT state, COUNT(*) AS sectors FROM sector_summary GROUP BY state",
            List.of(),
            row -> Map.entry(row.getString("state"), row.getLong("sectors")))
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }

  private <T> List<T> query(String sql, List<Object> values, Sql.Reader<T> reader) {
    return query(connection -> Sql.query(connection, sql, values, reader));
  }

  private interface Query<T> {
    T run(Connection connection) throws SQLException;
  }

  private <T> T query(Query<T> query) {
    try (Connection connection = database.getConnection()) {
      return query.run(connection);
    } catch (SQLException e) {
      throw new ViewException(e);
    }
  }
}
