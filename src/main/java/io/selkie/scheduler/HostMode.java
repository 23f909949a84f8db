package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/** What the operator wants of a host. */
public enum HostMode {
  /** It takes what it has room for. */
  @JsonProperty("open")
  OPEN("is open"),
  /** It takes no more sectors, nor proofs for sectors of others; those that it has go on. */
  @JsonProperty("cordoned")
  CORDONED("is cordoned"),
  /** The same, until the last of its sectors has left. */
  @JsonProperty("draining-sectors")
  DRAINING_SECTORS("is drained of its sectors"),
  /** What runs comes to its end, and nothing begins. */
  @JsonProperty("draining-phases")
  DRAINING_PHASES("is drained and begins nothing"),
  /** What runs comes to its end, and the sectors move to hosts that can go on with them. */
  @JsonProperty("evacuating")
  EVACUATING("is evacuated"),
  /** The operator's word: nothing writes there any more, and what was there is gone. */
  @JsonProperty("off")
  OFF("was removed");

  private final String text;

  HostMode(String text) {
    this.text = text;
  }

  /**
   * Why a task cannot begin on such a host; empty if the mode lets it.
   *
   * @param hasFiles whether the files of its sector are there, and it has to run there
   */
  Optional<String> refusal(HostId host, TaskKind kind, boolean hasFiles) {
    boolean goesOn =
        hasFiles
            && (this == CORDONED
                || this == DRAINING_SECTORS
                || (this == EVACUATING && !kind.isMovedFor()));
    boolean moves = !kind.takesPlace() && this != OFF;
    return this == OPEN || goesOn || moves
        ? Optional.empty()
        : Optional.of(
            "host " + host + " " + text + "; selkie hosts uncordon " + host + " ends that");
  }
}
