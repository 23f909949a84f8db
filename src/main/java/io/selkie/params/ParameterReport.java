package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.util.List;

/**
 * The result of checking the sets of one sector size.
 *
 * @param directory where the files lie
 * @param size the sector size
 * @param sets each set asked for
 */
public record ParameterReport(ParameterDirectory directory, SectorSize size, List<SetCheck> sets) {
  /** Takes a copy. */
  public ParameterReport {
    sets = List.copyOf(sets);
  }

  /** Whether every set is usable. */
  public boolean usable() {
    return sets.stream().allMatch(SetCheck::usable);
  }

  /** Whether every set is the main network's. */
  public boolean production() {
    return sets.stream().allMatch(set -> set.verdict() == SetVerdict.PRODUCTION);
  }

  /** The sets that are of no use. */
  public List<SetCheck> unusable() {
    return sets.stream().filter(set -> !set.usable()).toList();
  }

  /**
   * Does nothing if every set is usable.
   *
   * @throws ParameterException else, with one line about the first set that is not
   */
  public void requireUsable() throws ParameterException {
    List<SetCheck> unusable = unusable();
    if (!unusable.isEmpty()) {
      throw new ParameterException(unusable.get(0).line() + " (in " + directory + ")");
    }
  }
}
