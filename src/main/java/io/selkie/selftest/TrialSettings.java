package io.selkie.selftest;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The settings of a node that seals 2 KiB sectors in moments. */
final class TrialSettings {
  /** For attempts that a kill left behind. */
  private static final int SPARE = 16;

  private final Map<String, String> settings = new TreeMap<>();

  /**
   * Provers that only stand in for proofs, and room for as many of each phase as there are sectors.
   */
  static TrialSettings standIn(Path marks, int sectors) {
    String slots = String.valueOf(sectors + SPARE);
    TrialSettings made = real(marks);
    made.set("selkie.test.stand-in-proofs", "on");
    made.set("selkie.dev-chain.block-time", "50 ms");
    made.set("selkie.dev-chain.precommit-challenge-delay", "2");
    made.set("selkie.sealing.seed-confidence", "1");
    made.set("selkie.max-tasks", slots);
    made.set("selkie.memory", "100 TiB");
    made.set("selkie.gpu.cpu-leases", slots);
    for (String phase :
        new String[] {"addpiece", "precommit1", "precommit2", "commit1", "commit2"}) {
      made.set("selkie.parallel." + phase, slots);
    }
    return made;
  }

  /**
   * Real proofs, one of each phase at a time.
   *
   * @param marks where whatever holds at a fail point leaves its mark
   */
  static TrialSettings real(Path marks) {
    TrialSettings made = new TrialSettings();
    made.set("selkie.test.failpoint-dir", marks.toString());
    made.set("selkie.api.port", "0");
    made.set("selkie.api.answer-timeout", "60 s");
    made.set("selkie.dev-chain.block-time", "100 ms");
    made.set("selkie.sealing.chain-poll", "100 ms");
    made.set("selkie.sealing.task-repeat", "5 s");
    made.set("selkie.sector.first-retry", "200 ms");
    made.set("selkie.sector.repeat", "1 s");
    return made;
  }

  TrialSettings set(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** The node holds at these points, each of which keeps a thread. */
  TrialSettings holdNode(Collection<String> points) {
    set("akka.actor.default-dispatcher.executor", "thread-pool-executor");
    set(
        "akka.actor.default-dispatcher.thread-pool-executor.fixed-pool-size",
        String.valueOf(points.size() + 64));
    return list("selkie.test.failpoints", points);
  }

  /** Provers hold at these points. */
  TrialSettings holdProvers(Collection<String> points) {
    return list("selkie.test.prover-failpoints", points);
  }

  private TrialSettings list(String key, Collection<String> values) {
    int index = 0;
    for (String value : values) {
      set(key + "." + index++, value);
    }
    return this;
  }

  Map<String, String> asMap() {
    return Map.copyOf(settings);
  }
}
