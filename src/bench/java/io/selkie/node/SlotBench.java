package io.selkie.node;

import com.typesafe.config.ConfigFactory;
import io.selkie.selftest.NodeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a slot that comes free to the next prover on it, <b>simulated</b>: a whole node with its
 * journal, whose one PreCommit1 slot is wanted by many sectors; provers stand in for proofs and take
 * 200 ms. What lies between is the prover's end, the journal of one sector, the scheduler, the
 * journal of the next, and its job. Printed are median and 95 %.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class SlotBench {
  private static final int SECTORS = 80;

  /** Before, the program warms up; after, fewer than that may wait. */
  private static final int FIRST = 20;

  private static final int LAST = 70;

  @Benchmark
  public void handOver() throws Exception {
    run();
  }

  /** Without JMH: {@code java -cp … io.selkie.node.SlotBench}. */
  public static void main(String[] arguments) throws Exception {
    run();
  }

  private static void run() throws Exception {
    Path root = Files.createTempDirectory("selkie-bench");
    Files.createDirectories(root.resolve("repo"));
    Path state = root.resolve("state");
    NodeSettings settings =
        NodeSettings.of(
            root.resolve("repo"),
            Map.of("SELKIE_STATE_DIR", state.toString()),
            ConfigFactory.parseString(
                    """
                    selkie.test { stand-in-proofs = on, phase-times = ["PreCommit1=200"] }
                    selkie.api.port = 0
                    selkie.memory = "100 TiB"
                    selkie.max-tasks = 1000
                    selkie.parallel { addpiece = 4, precommit1 = 1, precommit2 = 4, commit1 = 4, commit2 = 4 }
                    selkie.gpu.cpu-leases = 8
                    """)
                .withFallback(ConfigFactory.load()));
    try (Node node = Node.start(settings)) {
      NodeCalls calls = NodeCalls.to(state);
      for (int i = 0; i < SECTORS; i++) {
        calls.pledge(UUID.randomUUID()).join();
      }
      Path history = state.resolve("provers.log");
      while (times(history, "completed").size() < SECTORS) {
        Thread.sleep(500);
      }
      report(times(history, "started"), times(history, "completed"));
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static List<Instant> times(Path history, String what) throws IOException {
    return Files.exists(history)
        ? Files.readAllLines(history).stream()
            .filter(line -> line.contains(".PreCommit1.") && line.endsWith(what))
            .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
            .toList()
        : List.of();
  }

  private static void report(List<Instant> started, List<Instant> completed) {
    List<Long> pauses = new ArrayList<>();
    for (int i = FIRST; i < LAST; i++) {
      pauses.add(Duration.between(completed.get(i - 1), started.get(i)).toMillis());
    }
    pauses.sort(null);
    System.out.printf(
        "%nfrom a free slot to the next prover on it: median %d ms, 95 %% %d ms, longest %d ms%n",
        pauses.get(pauses.size() / 2),
        pauses.get(pauses.size() * 95 / 100),
        pauses.get(pauses.size() - 1));
  }
}
