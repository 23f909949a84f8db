package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.util.Optional;

/** The sectors that a receiving host has itself. Blocks for the disk. */
@FunctionalInterface
public interface OwnSectors {
  /**
   * Why a sector that is offered is another one than this host's of the same number: each node
   * counts from 1. Empty if it has none, or the same.
   *
   * @param sealed digest of the replica that is offered, if the offer has one
   */
  Optional<String> other(SectorId sector, Optional<String> sealed) throws IOException;
}
