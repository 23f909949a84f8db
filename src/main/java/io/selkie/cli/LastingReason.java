package io.selkie.cli;

import io.selkie.chain.NoChain;
import io.selkie.scheduler.HostLoad;
import io.selkie.scheduler.Placement;
import java.util.List;

/**
 * Why a sector waits that no waiting mends, only an operator. The words are those that a node of
 * this version says; what another one says is waited for.
 */
final class LastingReason {
  private static final List<String> WORDS =
      List.of(
          NoChain.WHY,
          HostLoad.TOO_LITTLE_MEMORY,
          HostLoad.RUNS_NO_TASKS,
          Placement.NOT_OFFERED,
          Placement.NO_HOST_OFFERS);

  private LastingReason() {}

  static boolean is(String reason) {
    return WORDS.stream().anyMatch(reason::contains);
  }
}
