package io.selkie.worker;

import io.selkie.proofs.ProofsFailure;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.Failure.Action;
import io.selkie.scheduler.TaskKind;

/** What is to be done about failures of the proofs. */
final class Failures {
  /** The host itself is unfit: no fault of the task. */
  static final String UNFIT = "unfit";

  private Failures() {}

  /**
   * The failure of a task.
   *
   * <table>
   * <caption>Actions</caption>
   * <tr><td>died, retired</td><td>RETRY</td><td>killed, or out of memory: nothing wrong with the
   * sector</td></tr>
   * <tr><td>no_space</td><td>RETRY</td><td>other sectors leave</td></tr>
   * <tr><td>busy</td><td>RETRY</td><td>whoever works on the sector ends</td></tr>
   * <tr><td>error, panic</td><td>RETRY</td><td>a bad disk or a bug: the sector bounds its
   * tries. Unseal: ABANDON, since somebody waits for the data, and nothing makes a damaged replica
   * good again</td></tr>
   * <tr><td>missing</td><td>REDO</td><td>for PreCommit1 to Commit2, and the proofs of an update: an earlier
   * task makes the file again. Other tasks: ABANDON, since no earlier phase makes a piece's source or a replica that
   * is to be unsealed</td></tr>
   * <tr><td>redo_pre_commit1</td><td>REDO</td><td>the replica cannot be rebuilt</td></tr>
   * <tr><td>bad_request</td><td>ABANDON</td><td>the same request is as bad next time</td></tr>
   * </table>
   *
   * @return its code is the kind as the native side spells it
   */
  static Failure of(TaskKind kind, ProofsFailure failure) {
    String why = failure.describe();
    return switch (failure.kind()) {
      case DIED -> new Failure(Action.RETRY, "died", why);
      case RETIRED -> new Failure(Action.RETRY, "retired", why);
      case NO_SPACE -> new Failure(Action.RETRY, "no_space", why);
      case BUSY -> new Failure(Action.RETRY, "busy", why);
      case ERROR -> new Failure(ofTheWork(kind), "error", why);
      case PANIC -> new Failure(ofTheWork(kind), "panic", why);
      case MISSING -> missing(kind, why);
      case REDO_PRE_COMMIT1 -> new Failure(Action.REDO, "redo_pre_commit1", why);
      case BAD_REQUEST -> new Failure(Action.ABANDON, "bad_request", why);
    };
  }

  private static Action ofTheWork(TaskKind kind) {
    return kind == TaskKind.UNSEAL ? Action.ABANDON : Action.RETRY;
  }

  /** A file that the task needs is not there. */
  static Failure missing(TaskKind kind, String why) {
    Action action =
        switch (kind) {
          case PRE_COMMIT_1,
              PRE_COMMIT_2,
              COMMIT_1,
              COMMIT_2,
              PROVE_REPLICA_UPDATE_1,
              PROVE_REPLICA_UPDATE_2 ->
              Action.REDO;
          case ADD_PIECE,
              FINALIZE,
              UNSEAL,
              REMOVE,
              TRANSFER,
              RELEASE,
              MOVE,
              REPLICA_UPDATE,
              FINALIZE_REPLICA_UPDATE ->
              Action.ABANDON;
        };
    return new Failure(action, "missing", why);
  }
}
