package io.selkie.lotus.wire;

import io.selkie.filecoin.SectorId;
import java.util.List;

/** Who holds files of sectors now. */
public record SectorLocks(@NilIfEmpty List<Lock> locks) {
  /**
   * The locks of a sector.
   *
   * @param write how many, by type of file
   * @param read how many, by type of file
   */
  public record Lock(SectorId sector, List<Integer> write, List<Integer> read) {}
}
