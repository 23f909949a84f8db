package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import java.util.UUID;

/**
 * Names a task that a worker has accepted.
 *
 * @param sector that of the call
 * @param id never used twice
 */
public record CallId(SectorId sector, @JsonProperty("ID") UUID id) {
  private static final SectorId NONE = new SectorId(new MinerId(0), 0);

  /** A fresh one for a task of a sector. */
  public static CallId random(SectorId sector) {
    return new CallId(sector, UUID.randomUUID());
  }

  /** A fresh one for a task without a sector, which is DataCid: Lotus writes zeros. */
  public static CallId randomWithoutSector() {
    return random(NONE);
  }
}
