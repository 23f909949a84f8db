package io.selkie.cli;

import io.selkie.scheduler.TaskKind;
import java.util.Arrays;
import java.util.Optional;

/** The phases of sealing, in order. */
enum Phase {
  ADD_PIECE(TaskKind.ADD_PIECE, "addPiece"),
  PRE_COMMIT1(TaskKind.PRE_COMMIT_1, "preCommit1"),
  PRE_COMMIT2(TaskKind.PRE_COMMIT_2, "preCommit2"),
  COMMIT1(TaskKind.COMMIT_1, "commit1"),
  COMMIT2(TaskKind.COMMIT_2, "commit2"),
  FINALIZE(TaskKind.FINALIZE, "clearCache");

  private final TaskKind kind;
  private final String operation;

  Phase(TaskKind kind, String operation) {
    this.kind = kind;
    this.operation = operation;
  }

  /** The phase that the task is; empty if it is none. */
  static Optional<Phase> of(TaskKind kind) {
    return Arrays.stream(values()).filter(phase -> phase.kind == kind).findFirst();
  }

  /** What the native side calls it in its progress. */
  String operation() {
    return operation;
  }

  @Override
  public String toString() {
    return kind.toString();
  }
}
