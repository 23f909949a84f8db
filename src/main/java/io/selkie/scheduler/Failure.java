package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why a task failed, and what is to be done about it. The step that failed chooses, one place
 * obeys.
 *
 * @param code a word for programs, such as {@code no_space} or {@code died}
 * @param message one sentence for the operator
 */
public record Failure(Action action, String code, String message) {
  /** A host had no room after all: others were quicker. */
  public static final String NO_ROOM = "no_room";

  /** A host had no slot of the phase after all. */
  public static final String NO_SLOT = "no_slot";

  /** The host of the sector's files was removed, and they are gone with it. */
  public static final String HOST_REMOVED = "host_removed";

  /** The host does not answer, and the task needs nothing that is there. */
  public static final String HOST_AWAY = "host_away";

  /**
   * Whether the host tried at all. What it refused before it began, or gave back since it cannot
   * work itself, says nothing about the task: it is tried again, and never too often.
   */
  @JsonIgnore
  public boolean wasTried() {
    return action != Action.HALT
        && !code.equals(NO_ROOM)
        && !code.equals(NO_SLOT)
        && !code.equals(HOST_AWAY);
  }

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
    /** The same task again, elsewhere or later: this host takes no work until it is fit again. */
    @JsonProperty("halt")
    HALT
  }
}
