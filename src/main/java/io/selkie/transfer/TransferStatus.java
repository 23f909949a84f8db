package io.selkie.transfer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskKind;
import java.time.Instant;
import java.util.Optional;

/**
 * How a transfer stands that this node has under way.
 *
 * @param task Transfer, or Release of the source after it
 * @param step what is done now: {@code digest}, {@code copy}, {@code send}, {@code verify}, {@code
 *     release}; empty before the first
 * @param bytesDone of the step, and {@code bytesTotal} of all it has to do
 * @param percent of the step
 * @param destination as the operator named it, once it is chosen
 * @param reason why it does not go on, or not where it began to go
 * @param nextAttemptAt when it is tried again by itself
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record TransferStatus(
    SectorId sector,
    TaskKind task,
    State state,
    String step,
    long bytesDone,
    long bytesTotal,
    int percent,
    Optional<String> destination,
    Optional<String> reason,
    Optional<Instant> nextAttemptAt) {
  private static final int WHOLE = 100;

  /** What a transfer is doing. */
  public enum State {
    /** It waits for its turn, or for the time of its next attempt. */
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("running")
    RUNNING,
    /** An operator holds it. */
    @JsonProperty("paused")
    PAUSED
  }

  static TransferStatus of(
      TaskKind task,
      State state,
      Control control,
      Optional<String> reason,
      Optional<Instant> nextAttemptAt) {
    long done = control.done();
    long total = control.total();
    return new TransferStatus(
        control.sector(),
        task,
        state,
        control.step(),
        done,
        total,
        total == 0 ? 0 : (int) Math.min(WHOLE, done * WHOLE / total),
        Optional.of(control.destination()).filter(place -> !place.isEmpty()),
        reason.or(() -> Optional.of(control.note()).filter(note -> !note.isEmpty())),
        nextAttemptAt);
  }
}
