package io.selkie.lotus.remote;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files that a cache directory may bring, and how large each may be: what Lotus's receiver
 * takes (lib/tarutil). Any other name fails a fetch, with Lotus and here.
 */
final class CacheNames {
  private static final long GIB = 1L << 30;
  private static final long MOST_P_AUX = 64;
  private static final long MOST_T_AUX = 10_240;
  private static final long MOST_TREE_R_LAST = 10_000_000;
  private static final long MOST_LAYER = 65 * GIB;
  private static final long MOST_TREE_C = 5 * GIB;
  private static final long MOST_TREE_D = 130 * GIB;
  private static final int LAYERS = 11;
  private static final int TREES = 16;
  private static final Map<String, Long> MOST = most();

  private CacheNames() {}

  private static Map<String, Long> most() {
    Map<String, Long> most = new HashMap<>();
    most.put("p_aux", MOST_P_AUX);
    most.put("t_aux", MOST_T_AUX);
    most.put("sc-02-data-tree-d.dat", MOST_TREE_D);
    most.put("sc-02-data-tree-r-last.dat", MOST_TREE_R_LAST);
    for (int tree = 0; tree < TREES; tree++) {
      most.put("sc-02-data-tree-r-last-" + tree + ".dat", MOST_TREE_R_LAST);
      most.put("sc-02-data-tree-c-" + tree + ".dat", MOST_TREE_C);
    }
    for (int layer = 1; layer <= LAYERS; layer++) {
      most.put("sc-02-data-layer-" + layer + ".dat", MOST_LAYER);
    }
    return Map.copyOf(most);
  }

  /** The most bytes that a file of this name may have; empty if there may be none. */
  static Optional<Long> most(String name) {
    return Optional.ofNullable(MOST.get(name));
  }
}
