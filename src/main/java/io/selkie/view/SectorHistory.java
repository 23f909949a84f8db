package io.selkie.view;

import io.selkie.filecoin.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * An event of a sector.
 *
 * @param id its place in the journal: it grows from event to event over all sectors, and stays the
 *     same when the read model is made again
 * @param source the kind of actor that persisted it, such as {@code Sector}
 * @param sequence its place among the events of that actor
 * @param event its name, such as {@code TaskSucceeded}
 * @param phase the task it is about, such as {@code PreCommit1} or {@code Unseal}
 * @param durationMillis how long the task ran, in milliseconds
 * @param bytes the task read or wrote
 * @param cause one line for people
 * @param detail the event as a JSON object, long texts left out
 */
public record SectorHistory(
    long id,
    SectorId sector,
    String source,
    long sequence,
    Instant at,
    String event,
    Optional<String> phase,
    Optional<Integer> generation,
    Optional<Integer> task,
    Optional<Integer> attempt,
    Optional<String> host,
    Optional<Long> durationMillis,
    Optional<Long> bytes,
    Optional<String> cause,
    String detail) {

  static SectorHistory read(ResultSet row) throws SQLException {
    return new SectorHistory(
        row.getLong("id"),
        SectorId.parse(row.getString("sector")),
        row.getString("source"),
        row.getLong("sequence"),
        Sql.time(row, "at").orElseThrow(),
        row.getString("event"),
        Sql.text(row, "phase"),
        Sql.integer(row, "generation"),
        Sql.integer(row, "task"),
        Sql.integer(row, "attempt"),
        Sql.text(row, "host"),
        Sql.number(row, "duration_ms"),
        Sql.number(row, "bytes"),
        Sql.text(row, "cause"),
        row.getString("detail"));
  }
}
