package io.selkie.node;

import com.typesafe.config.ConfigFactory;
import io.selkie.files.FileTree;
import io.selkie.selftest.NodeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/**
 * PreCommit1 of many real sectors on a whole node, each on its own or two on a core. Printed is how
 * long it took from the first one that began to the last one that ended.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Timeout(time = 1, timeUnit = TimeUnit.HOURS)
public class PairsBench {
  @Param({"8MiB"})
  private String size;

  @Param({"20"})
  private int sectors;

  @Param({"library", "auto"})
  private String labeller;

  @Param({"never", "auto"})
  private String pairs;

  /** At once; cores are what the machine has. */
  @Param({"4"})
  private int slots;

  /** The pieces are added before anything is labelled, and count for nothing. */
  @Benchmark
  public void label() throws Exception {
    Path root = Files.createTempDirectory("selkie-bench");
    Path state = root.resolve("state");
    Path history = state.resolve("provers.log");
    Files.createDirectories(root.resolve("repo"));
    try (Node node = Node.start(settings(root, 0))) {
      NodeCalls calls = NodeCalls.to(state);
      for (int i = 0; i < sectors; i++) {
        var answer =
            calls
                .send(
                    "POST",
                    "/sectors/pledge",
                    "{\"sectorSize\":\"" + size + "\",\"request\":\"" + UUID.randomUUID() + "\"}")
                .join();
        if (answer.statusCode() / 100 != 2) {
          throw new IOException(answer.body());
        }
      }
      await(history, "AddPiece");
    }
    try (Node node = Node.start(settings(root, slots))) {
      await(history, "PreCommit1");
    }
    Instant begun = times(history, "PreCommit1", "started").get(0);
    Instant ended = times(history, "PreCommit1", "completed").get(sectors - 1);
    double seconds = Duration.between(begun, ended).toMillis() / 1000.0;
    System.out.printf(
        "%n%d sectors of %s, %d at once, labels of %s, pairs %s: %.1f s, %.2f s a sector%n",
        sectors,
        size,
        slots,
        labeller.equals("auto") ? "ours" : "the library",
        pairs,
        seconds,
        seconds / sectors);
    FileTree.delete(root);
  }

  private NodeSettings settings(Path root, int preCommit1) throws IOException {
    String text =
        """
        selkie.api.port = 0
        selkie.transfer.port = 0
        selkie.transfer.data-port = 0
        selkie.max-tasks = %d
        selkie.parallel { addpiece = 2, precommit1 = %d, precommit2 = 0, commit1 = 0, commit2 = 0 }
        selkie.prover { labeller = %s, precommit1.pairs = %s }
        selkie.dev-chain.block-time = 50 ms
        selkie.sealing.chain-poll = 50 ms
        """
            .formatted(sectors, preCommit1, labeller, pairs);
    return NodeSettings.of(
        root.resolve("repo"),
        Map.of("SELKIE_STATE_DIR", root.resolve("state").toString()),
        ConfigFactory.parseString(text).withFallback(ConfigFactory.load()));
  }

  private void await(Path history, String phase) throws Exception {
    while (times(history, phase, "completed").size() < sectors) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** In their order in the history. */
  private static List<Instant> times(Path history, String phase, String what) throws IOException {
    return !Files.exists(history)
        ? List.of()
        : Files.readAllLines(history).stream()
            .map(line -> line.split(" "))
            .filter(words -> words[2].contains("." + phase + ".") && words[3].equals(what))
            .map(words -> Instant.parse(words[0]))
            .toList();
  }
}
