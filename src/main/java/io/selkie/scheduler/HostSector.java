package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;

/**
 * A sector that a host has, or works on.
 *
 * @param unsealing whether space for unsealing it is kept
 */
public record HostSector(
    SectorId sector, SealProofType proofType, Presence presence, boolean unsealing) {
  /**
   * Whether the sector counts for the disk of the host: from its admission until its files left.
   */
  public enum Presence {
    /** It does not: only a task of it is here. */
    VISITING,
    /** It does. */
    SEALING,
    /** It does; it is finalized and only waits to leave. */
    SEALED
  }

  /** Whether it counts for the disk. */
  boolean counts() {
    return presence != Presence.VISITING;
  }
}
