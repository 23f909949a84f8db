package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorSpace;
import java.util.Map;

/**
 * A sector that a host has, or works on.
 *
 * @param unsealing whether space for unsealing it is kept
 * @param rest of one that is parked: bytes that it may still write once somebody goes on with it
 */
public record HostSector(
    SectorId sector,
    SealProofType proofType,
    Presence presence,
    boolean unsealing,
    @JsonSetter(nulls = Nulls.AS_EMPTY) Map<SectorSpace.Part, Long> rest) {
  /** The map is copied; hosts of earlier versions tell of none. */
  public HostSector {
    rest = Map.copyOf(rest);
  }

  /** One that is not parked. */
  public HostSector(
      SectorId sector, SealProofType proofType, Presence presence, boolean unsealing) {
    this(sector, proofType, presence, unsealing, Map.of());
  }

  /**
   * Whether the sector counts for the disk of the host: from its admission until its files left.
   */
  public enum Presence {
    /** It does not: only a task of it is here. */
    VISITING,
    /** It does. */
    SEALING,
    /** It does; it is finalized and only waits to leave. */
    SEALED,
    /**
     * It does not: it has files here, but its task was called off, and nothing more is written
     * until somebody goes on with it. Then it is admitted like a new one, for what is still to
     * come.
     */
    PARKED
  }

  /** Whether it counts for the disk. */
  public boolean counts() {
    return presence == Presence.SEALING || presence == Presence.SEALED;
  }
}
