package io.selkie.proofs;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How far a running operation is.
 *
 * @param operation the operation, such as {@code preCommit1}
 * @param sector the sector being worked on, such as {@code s-t01000-1}; empty if there is none
 * @param stage the step within, such as {@code layer}, {@code treeC}, {@code synthesis}
 * @param done steps of the stage that are behind
 * @param total steps of the stage; 0 if unknown
 * @param step how much of the step after those is behind, in thousandths
 * @param note what else there is to say, for people; empty if nothing
 */
public record ProofsProgress(
    String operation,
    String sector,
    String stage,
    long done,
    long total,
    long step,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String note) {
  /** Provers that have no note leave it out. */
  public ProofsProgress {
    note = note == null ? "" : note;
  }

  /** Of an operation that has just begun its next step. */
  public ProofsProgress(String operation, String sector, String stage, long done, long total) {
    this(operation, sector, stage, done, total, 0, "");
  }

  /** Told about progress, from another thread than the caller's; returns quickly. */
  @FunctionalInterface
  public interface Listener {
    /** The operation got so far. */
    void onProgress(ProofsProgress progress);
  }
}
