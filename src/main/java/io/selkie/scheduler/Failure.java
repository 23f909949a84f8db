package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why a task failed, and what is to be done about it. The step that failed chooses, one place
 * obeys.
 *
 * @param code a word for programs, such as {@code no_space} or {@code died}
 * @param message one sentence for the operator
 */
public record Failure(Action action, String code, String message) {
  /** What to do next. */
  public enum Action {
    /** The same task again, later. */
    @JsonProperty("retry")
    RETRY,
    /** Not this task again before an earlier one was done again. */
    @JsonProperty("redo")
    REDO,
    /** Nothing: the request or the sector is beyond help. */
    @JsonProperty("abandon")
    ABANDON,
    /** Nothing, and the host needs its operator first: no more work until then. */
    @JsonProperty("halt")
    HALT
  }
}
