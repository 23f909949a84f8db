package io.selkie.node;

import static org.junit.jupiter.api.Assertions.fail;

import io.selkie.selftest.NodeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What tests of one node share. */
final class TrialNode {
  private static final Duration PATIENCE = Duration.ofSeconds(200);

  private TrialNode() {}

  /** Whether what is awaited is so. */
  @FunctionalInterface
  interface Look {
    boolean isSo() throws Exception;
  }

  /** A node with an interface at any port, on whose chain no epoch is long. */
  static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.api.port", "0");
    settings.put("selkie.api.answer-timeout", "60 s");
    settings.put("selkie.memory", "100 GiB");
    settings.put("selkie.dev-chain.block-time", "100 ms");
    settings.put("selkie.dev-chain.precommit-challenge-delay", "2");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    settings.put("selkie.sealing.seed-confidence", "1");
    settings.put("selkie.sector.repeat", "1 s");
    return settings;
  }

  /** Waits, and shows the log of the node if it takes too long. */
  static void await(NodeProcess node, String what, Look look) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!look.isSo()) {
      if (Instant.now().isAfter(end)) {
        fail("still open: " + what + "\n" + node.log());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** What is still open. */
  @FunctionalInterface
  interface Open {
    List<String> now() throws Exception;
  }

  /**
   * Waits until nothing is open any more. While that becomes less it is worth waiting, however slow
   * the machine is.
   *
   * @param trouble for the reader of a failure
   */
  static void awaitNone(NodeProcess node, String what, Open open, Supplier<List<String>> trouble)
      throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    List<String> left = open.now();
    while (!left.isEmpty()) {
      if (!node.isAlive() || Instant.now().isAfter(end)) {
        fail("still open: " + what + ' ' + left + "\n" + trouble.get() + "\n" + node.log());
      }
      TimeUnit.MILLISECONDS.sleep(50);
      List<String> now = open.now();
      if (now.size() < left.size()) {
        end = Instant.now().plus(PATIENCE);
      }
      left = now;
    }
  }

  /** The same where the test says by itself what is awaited. */
  static void await(NodeProcess node, Look look) throws Exception {
    await(node, "what the test waits for", look);
  }
}
