package io.selkie.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.selkie.files.FileTree;
import io.selkie.selftest.NodeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
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
 * The flow of 200 sectors through a whole node with <b>simulated phase times</b>: stand-in provers
 * that take a tenth of a second for each minute which 32 GiB take. Printed is how many sectors are
 * done in an hour of the simulated time, and what part that is of what the limits allow at most.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Timeout(time = 1, timeUnit = TimeUnit.HOURS)
public class SteadyStateBench {
  private static final int SECTORS = 200;
  private static final int FIRST = 30;
  private static final int LAST = 170;

  /** Milliseconds that stand for a minute. */
  private static final double MINUTE = 100;

  /** Minutes (FIELD.md 3.1): 32 GiB, PreCommit2 and Commit2 on one RTX 3090. */
  private static final double ADD_PIECE = 3;

  private static final double PRE_COMMIT_1 = 180;
  private static final double PRE_COMMIT_2 = 20;
  private static final double COMMIT_1 = 0.3;
  private static final double COMMIT_2 = 9;

  /** Epochs of 30 seconds, 75 minutes. */
  private static final int SEED_WAIT = 150;

  /** Slots of AddPiece, PreCommit1 and Commit1; PreCommit2 and Commit2 have one each. */
  private static final int SLOTS = 14;

  @Param({"1", "2"})
  private int gpus;

  @Param({"false", "true"})
  private boolean seedWait;

  /** Most tasks at once; the transfer buffer is one where it is 14, and ample else. */
  @Param({"14", "1000"})
  private int maxTasks;

  private int buffer() {
    return maxTasks == SLOTS ? 1 : maxTasks;
  }

  @Benchmark
  public void seal() throws Exception {
    Path root = Files.createTempDirectory("selkie-bench");
    Files.createDirectories(root.resolve("repo"));
    Files.createDirectories(root.resolve("sealed"));
    Path state = root.resolve("state");
    NodeSettings settings =
        NodeSettings.of(
            root.resolve("repo"), Map.of("SELKIE_STATE_DIR", state.toString()), config(root));
    try (Node node = Node.start(settings)) {
      NodeCalls calls = NodeCalls.to(state);
      for (int i = 0; i < SECTORS; i++) {
        calls.pledge(UUID.randomUUID()).join();
      }
      Path history = state.resolve("provers.log");
      while (Line.of(history).filter(line -> line.is("Finalize", "completed")).count() < SECTORS) {
        Thread.sleep(1000);
      }
      report(Line.of(history).toList());
    }
    FileTree.delete(root);
  }

  private Config config(Path root) {
    return ConfigFactory.parseString(
            """
            selkie.test.stand-in-proofs = on
            selkie.api.port = 0
            selkie.transfer.port = 0
            selkie.transfer.data-port = 0
            selkie.memory = "100 TiB"
            selkie.parallel { addpiece = 14, precommit1 = 14, precommit2 = 1, commit1 = 14, commit2 = 1 }
            selkie.dev-chain.block-time = 50 ms
            selkie.sealing { chain-poll = 50 ms, seed-confidence = 0 }
            """)
        .withValue("selkie.transfer.targets", list(root.resolve("sealed").toString()))
        .withValue("selkie.max-tasks", value(maxTasks))
        .withValue("selkie.transfer-buffer", value(buffer()))
        .withValue("selkie.gpu.cpu-leases", value(gpus))
        .withValue("selkie.dev-chain.precommit-challenge-delay", value(seedWait ? SEED_WAIT : 1))
        .withValue(
            "selkie.test.phase-times",
            list(
                time("AddPiece", ADD_PIECE),
                time("PreCommit1", PRE_COMMIT_1),
                time("PreCommit2", PRE_COMMIT_2),
                time("Commit1", COMMIT_1),
                time("Commit2", COMMIT_2)))
        .withFallback(ConfigFactory.load());
  }

  private static String time(String phase, double minutes) {
    return phase + "=" + Math.round(minutes * MINUTE);
  }

  private static ConfigValue value(Object value) {
    return ConfigValueFactory.fromAnyRef(value);
  }

  private static ConfigValue list(String... values) {
    return value(Arrays.asList(values));
  }

  /** The most sectors a minute that the limits allow. */
  private double bound() {
    double all = ADD_PIECE + PRE_COMMIT_1 + PRE_COMMIT_2 + COMMIT_1 + COMMIT_2;
    double seed = seedWait ? SEED_WAIT / 2.0 : 0;
    return DoubleStream.of(
            SLOTS / ADD_PIECE,
            SLOTS / PRE_COMMIT_1,
            1 / PRE_COMMIT_2,
            SLOTS / COMMIT_1,
            1 / COMMIT_2,
            gpus / (PRE_COMMIT_2 + COMMIT_2),
            maxTasks / all,
            (maxTasks + buffer()) / (all + seed))
        .min()
        .getAsDouble();
  }

  private void report(List<Line> lines) {
    List<Instant> done =
        lines.stream().filter(line -> line.is("Finalize", "completed")).map(Line::time).toList();
    double minutes =
        Duration.between(done.get(FIRST - 1), done.get(LAST - 1)).toMillis() / MINUTE;
    double rate = (LAST - FIRST) / minutes;
    List<Line> gpu = lines.stream().filter(Line::isOnGpu).toList();
    List<Long> handOvers = new ArrayList<>();
    for (int i = 1; gpus == 1 && i < gpu.size(); i++) {
      if (gpu.get(i).what().equals("started")) {
        handOvers.add(Duration.between(gpu.get(i - 1).time(), gpu.get(i).time()).toMillis());
      }
    }
    long[] sorted = handOvers.stream().flatMapToLong(LongStream::of).sorted().toArray();
    System.out.printf(
        "%n%d GPU, seed wait %s, max-tasks %d, buffer %d: %.2f sectors an hour, %.1f %% of the bound"
            + " of %.2f; hand-over on the GPU: median %s ms%n",
        gpus,
        seedWait ? "75 min" : "0",
        maxTasks,
        buffer(),
        rate * 60,
        100 * rate / bound(),
        bound() * 60,
        sorted.length == 0 ? "-" : sorted[sorted.length / 2]);
  }

  /** A line of {@code provers.log}. */
  private record Line(Instant time, String job, String what) {
    static Stream<Line> of(Path history) throws IOException {
      return Files.exists(history)
          ? Files.readAllLines(history).stream()
              .map(line -> line.split(" "))
              .map(words -> new Line(Instant.parse(words[0]), words[2], words[3]))
          : Stream.empty();
    }

    boolean is(String phase, String end) {
      return job.contains("." + phase + ".") && what.equals(end);
    }

    boolean isOnGpu() {
      return job.contains(".PreCommit2.") || job.contains(".Commit2.");
    }
  }
}
