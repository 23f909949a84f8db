package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;

/** A sector in a shared directory is another host's. */
public final class ForeignClaimException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String holder;

  ForeignClaimException(SectorId sector, SectorClaim claim) {
    super(
        sector
            + " is sealed by host "
            + claim.holder()
            + ", which shares this directory: use that host, or another number");
    this.holder = claim.holder();
  }

  /** The host whose sector it is. */
  public String holder() {
    return holder;
  }
}
