package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a host is gone. */
public enum HostLoss {
  /** It says nothing; it may be restarting. */
  @JsonProperty("silent")
  SILENT,
  /** It was silent beyond the time of grace. Its disks may come back, and its provers may run. */
  @JsonProperty("lost")
  LOST,
  /** The operator's word: nothing writes there any more, and its files are gone. */
  @JsonProperty("removed")
  REMOVED
}
