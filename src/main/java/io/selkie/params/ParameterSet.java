package io.selkie.params;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What a set of parameter files is for; each set of a sector size serves one circuit. */
public enum ParameterSet {
  /** Proof of replication: Commit2 and its verification. */
  POREP("porep"),
  /** Window PoSt. */
  WINDOW_POST("window-post"),
  /** Winning PoSt. */
  WINNING_POST("winning-post"),
  /** Empty sector update: SnapDeals. */
  UPDATE("update"),
  /** The key for aggregated seal proofs; one file for all sector sizes. */
  SRS("srs");

  private final String id;

  ParameterSet(String id) {
    this.id = id;
  }

  /** The sets that sealing and proving need, which is all but {@link #SRS}. */
  public static Set<ParameterSet> usual() {
    return Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(SRS)));
  }

  /**
   * The set of that name, such as {@code window-post}.
   *
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static ParameterSet parse(String id) {
    return Arrays.stream(values())
        .filter(set -> set.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no parameter set is named '" + id + "'; the sets are " + names()));
  }

  private static String names() {
    return Arrays.stream(values()).map(set -> set.id).collect(Collectors.joining(", "));
  }

  /** The name on the command line and in JSON, such as {@code window-post}. */
  @Override
  public String toString() {
    return id;
  }
}
