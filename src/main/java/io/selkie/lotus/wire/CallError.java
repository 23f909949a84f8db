package io.selkie.lotus.wire;

/**
 * Why a task failed. Only {@link #WORKER_RESTARTED} and {@link #NO_SPACE} make the miner try again
 * at once, and only for PreCommit1 and PreCommit2.
 *
 * @param message comes into the sector's log at the miner: nothing secret
 */
public record CallError(int code, String message) {
  /** Whatever went wrong, for good. */
  public static final int UNKNOWN = 0;

  /** Whatever went wrong, for now. */
  public static final int TEMPORARY = 100;

  /** The worker lost the task. */
  public static final int WORKER_RESTARTED = 101;

  /** No path has room. */
  public static final int NO_SPACE = 102;
}
