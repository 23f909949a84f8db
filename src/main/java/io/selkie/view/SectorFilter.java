package io.selkie.view;

import io.selkie.filecoin.SectorId;
import java.util.Optional;

/**
 * Which sectors to list. They come by miner and number.
 *
 * @param state of the sector's actor, such as {@code failed}
 * @param phase the latest one begun, such as {@code PreCommit1}
 * @param driverState such as {@code WaitSeed}
 * @param unfinished only those for which there is something left to do
 * @param after only those after this one, the last of the page before
 * @param limit of how many, 1 to {@value #MOST}
 */
public record SectorFilter(
    Optional<String> state,
    Optional<String> phase,
    Optional<String> driverState,
    boolean unfinished,
    Optional<SectorId> after,
    int limit) {
  /** The longest page. */
  public static final int MOST = 1000;

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public SectorFilter {
    checked(limit);
  }

  /**
   * The length of a page.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  static int checked(int limit) {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit must be 1 to " + MOST + ", got " + limit);
    }
    return limit;
  }

  /** The first page of all sectors. */
  public static SectorFilter all() {
    return new SectorFilter(
        Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.empty(), MOST);
  }

  /** The page after this sector. */
  public SectorFilter after(SectorId last) {
    return new SectorFilter(state, phase, driverState, unfinished, Optional.of(last), limit);
  }
}
