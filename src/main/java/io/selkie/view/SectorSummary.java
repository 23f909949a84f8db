package io.selkie.view;

import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a sector stands.
 *
 * @param createdAt time of its first event, and {@code updatedAt} of its latest
 * @param proofType empty for a sector that only a driver has spoken of yet
 * @param state what its actor does: {@code waiting}, {@code running}, {@code idle}, {@code failed},
 *     {@code stopping}, {@code aborted}, {@code removed}; {@code unknown} as long as only a driver
 *     has spoken of it
 * @param phase the latest phase that was begun
 * @param phaseNumber the number operators know for it: n0 from its start, n1 from its result
 * @param generation of the sector's files
 * @param tasks how many tasks were asked for
 * @param taskKind the latest of them, which may be no phase
 * @param attempt which attempt at that task is, or was, made; 0 before the first
 * @param attempts at all its tasks together, and {@code failures} how many of them failed
 * @param failureCode of the latest failure, until a task succeeds or is tried by hand
 * @param nextAttemptAt when a task that failed is tried again
 * @param host that has, or last had, a task of the sector
 * @param pieces how many there are in it
 * @param bytes that all its tasks read or wrote
 * @param driverState in the words of the driver, such as Lotus's {@code WaitSeed}
 * @param driverMessage why the driver is there, if it said
 * @param driverFinished whether the driver has nothing more to do
 * @param transfer of the sealed sector to long-term storage: {@code pending}, {@code running},
 *     {@code failed} or {@code done}; empty if it is not to leave
 * @param transferDetail where it is, or why it is not
 */
public record SectorSummary(
    SectorId sector,
    Instant createdAt,
    Instant updatedAt,
    Optional<SealProofType> proofType,
    String state,
    Optional<String> phase,
    Optional<Integer> phaseNumber,
    int generation,
    int tasks,
    Optional<String> taskKind,
    int attempt,
    int attempts,
    int failures,
    Optional<String> failureCode,
    Optional<String> failureMessage,
    Optional<Instant> nextAttemptAt,
    Optional<String> host,
    int pieces,
    Optional<CommR> commR,
    long bytes,
    Optional<String> driverState,
    Optional<String> driverMessage,
    boolean driverFinished,
    Optional<String> transfer,
    Optional<String> transferDetail) {

  /** As it is in the database; empty if no event of the sector was projected yet. */
  static Optional<SectorSummary> of(Connection connection, SectorId sector) throws SQLException {
    return Sql.query(
            connection,
            "SELECT * FROM sector_summary WHERE sector = ?",
            List.of(sector.toString()),
            SectorSummary::read)
        .stream()
        .findFirst();
  }

  static SectorSummary read(ResultSet row) throws SQLException {
    return new SectorSummary(
        SectorId.parse(row.getString("sector")),
        Sql.time(row, "created_at").orElseThrow(),
        Sql.time(row, "updated_at").orElseThrow(),
        Sql.integer(row, "proof_type").map(SealProofType::ofId),
        row.getString("state"),
        Sql.text(row, "phase"),
        Sql.integer(row, "phase_number"),
        row.getInt("generation"),
        row.getInt("tasks"),
        Sql.text(row, "task_kind"),
        row.getInt("attempt"),
        row.getInt("attempts"),
        row.getInt("failures"),
        Sql.text(row, "failure_code"),
        Sql.text(row, "failure_message"),
        Sql.time(row, "next_attempt_at"),
        Sql.text(row, "host"),
        row.getInt("pieces"),
        Sql.text(row, "comm_r").map(CommR::ofHex),
        row.getLong("bytes"),
        Sql.text(row, "driver_state"),
        Sql.text(row, "driver_message"),
        row.getBoolean("driver_finished"),
        Sql.text(row, "transfer"),
        Sql.text(row, "transfer_detail"));
  }
}
