package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.stream.Stream;

/** The types of tasks that a worker may take (LOTUS_WORKER_PROTOCOL.md 7.9). */
public enum LotusTask {
  DATA_CID("seal/v0/datacid"),
  ADD_PIECE("seal/v0/addpiece"),
  PRE_COMMIT_1("seal/v0/precommit/1"),
  PRE_COMMIT_2("seal/v0/precommit/2"),
  COMMIT_1("seal/v0/commit/1"),
  COMMIT_2("seal/v0/commit/2"),
  FINALIZE("seal/v0/finalize"),
  FINALIZE_UNSEALED("seal/v0/finalizeunsealed"),
  FETCH("seal/v0/fetch"),
  UNSEAL("seal/v0/unseal"),
  REPLICA_UPDATE("seal/v0/replicaupdate"),
  PROVE_REPLICA_UPDATE_1("seal/v0/provereplicaupdate/1"),
  PROVE_REPLICA_UPDATE_2("seal/v0/provereplicaupdate/2"),
  REGEN_SECTOR_KEY("seal/v0/regensectorkey"),
  FINALIZE_REPLICA_UPDATE("seal/v0/finalize/replicaupdate"),
  DOWNLOAD_SECTOR("seal/v0/download/sector"),
  WINDOW_POST("post/v0/windowproof"),
  WINNING_POST("post/v0/winningproof");

  private final String text;

  LotusTask(String text) {
    this.text = text;
  }

  /** The type with this name; empty if there is none. */
  public static Optional<LotusTask> find(String text) {
    return Stream.of(values()).filter(task -> task.text.equals(text)).findFirst();
  }

  /**
   * The type with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static LotusTask of(String text) {
    return find(text).orElseThrow(() -> new IllegalArgumentException("no type of task"));
  }

  /** Whether it is a proof of spacetime: a worker takes these only, or none. */
  public boolean isPost() {
    return this == WINDOW_POST || this == WINNING_POST;
  }

  /** Lotus's name. */
  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
