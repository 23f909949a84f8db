package io.selkie.view;

import io.selkie.filecoin.SectorId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the read model, inside the transaction of a {@link Projection}: the one writer, so what it
 * reads is what was last written.
 */
public final class SectorRows {
  private final Connection connection;

  /** Writes over this connection; the projection commits. */
  public SectorRows(Connection connection) {
    this.connection = connection;
  }

  /** The sector's summary as the events so far have left it. */
  public Optional<SectorSummary> summary(SectorId sector) throws SQLException {
    return SectorSummary.of(connection, sector);
  }

  /**
   * Changes the sector's summary, which is made if there is none.
   *
   * @param at time of the event
   */
  public void change(SectorId sector, Instant at, Values<SummaryColumn> values)
      throws SQLException {
    // The databases have no common form of an upsert; with one writer, none is needed.
    if (update(sector, at, values) == 0) {
      Sql.update(
          connection,
          "INSERT INTO sector_summary (sector, miner, number, created_at, updated_at)"
              + " VALUES (?, ?, ?, ?, ?)",
          List.of(
              sector.toString(),
              sector.miner().id(),
              sector.number(),
              Values.timestamp(at),
              Values.timestamp(at)));
      update(sector, at, values);
    }
  }

  private int update(SectorId sector, Instant at, Values<SummaryColumn> values)
      throws SQLException {
    StringBuilder sql = new StringBuilder("UPDATE sector_summary SET updated_at = ?");
    List<@Nullable Object> parameters = new ArrayList<>();
    parameters.add(Values.timestamp(at));
    for (Map.Entry<SummaryColumn, Values.Value> entry : values.columns().entrySet()) {
      String column = Values.name(entry.getKey());
      sql.append(", ").append(column).append(" = ");
      sql.append(entry.getValue().added() ? column + " + ?" : "?");
      parameters.add(entry.getValue().value());
    }
    parameters.add(sector.toString());
    return Sql.update(connection, sql.append(" WHERE sector = ?").toString(), parameters);
  }

  /**
   * Adds the event to the history. An event has one row at most.
   *
   * @param at time of the event
   * @param name of the event
   */
  public void append(
      ProjectedEvent<?> event,
      SectorId sector,
      Instant at,
      String name,
      Values<HistoryColumn> values)
      throws SQLException {
    List<String> columns =
        new ArrayList<>(List.of("id", "sector", "source", "sequence", "at", "event"));
    List<@Nullable Object> parameters =
        new ArrayList<>(
            Arrays.asList(
                event.offset(),
                sector.toString(),
                event.source(),
                event.sequence(),
                Values.timestamp(at),
                name));
    values
        .columns()
        .forEach(
            (column, value) -> {
              columns.add(Values.name(column));
              parameters.add(value.value());
            });
    Sql.update(
        connection,
        columns.stream().collect(Collectors.joining(", ", "INSERT INTO sector_history (", ")"))
            + " VALUES ("
            + String.join(", ", Collections.nCopies(columns.size(), "?"))
            + ")",
        parameters);
  }
}
