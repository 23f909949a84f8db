package io.selkie.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.files.FileTree;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorState;
import io.selkie.selftest.NodeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the node itself costs: provers are stand-ins, so that little but our own work is measured.
 * Figures that are no times are printed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class NodeBench {
  private static final int SECTORS = 10_000;

  private Path root;
  private Node node;
  private NodeCalls calls;

  @Setup
  public void start() throws IOException {
    root = Files.createTempDirectory("selkie-bench");
    Files.createDirectories(root.resolve("repo"));
    node = Node.start(settings());
    calls = NodeCalls.to(root.resolve("state"));
  }

  private NodeSettings settings() throws IOException {
    Config config =
        ConfigFactory.parseString(
                """
                selkie.test.stand-in-proofs = on
                selkie.api.port = 0
                selkie.dev-chain { block-time = 10 ms, precommit-challenge-delay = 1 }
                selkie.sealing { chain-poll = 10 ms, seed-confidence = 0 }
                """)
            .withFallback(ConfigFactory.load());
    return NodeSettings.of(
        root.resolve("repo"), Map.of("SELKIE_STATE_DIR", root.resolve("state").toString()), config);
  }

  @TearDown
  public void stop() throws IOException {
    node.close();
    FileTree.delete(root);
  }

  /** A node that is there already is closed and started again. */
  @Benchmark
  public void restart() throws IOException {
    node.close();
    node = Node.start(settings());
    calls = NodeCalls.to(root.resolve("state"));
  }

  /** One sector from the call to Proving, with what lies between its phases. */
  @Benchmark
  public void seal() throws Exception {
    Instant asked = Instant.now();
    String sector = sealOne();
    List<Instant> times = new ArrayList<>();
    for (String line : Files.readAllLines(root.resolve("state/provers.log"))) {
      if (line.contains(" " + sector + ".")) {
        times.add(Instant.parse(line.substring(0, line.indexOf(' '))));
      }
    }
    long between = 0;
    for (int i = 1; i + 1 < times.size(); i += 2) {
      between += Duration.between(times.get(i), times.get(i + 1)).toMillis();
    }
    int events = calls.get("/sectors/" + sector + "/history?limit=1000").path("history").size();
    System.out.printf(
        "%n%s: first phase after %d ms, %d ms between two phases on average, %d events%n",
        sector,
        Duration.between(asked, times.get(0)).toMillis(),
        between / (times.size() / 2 - 1),
        events);
  }

  private String sealOne() throws Exception {
    UUID request = UUID.randomUUID();
    String body = calls.pledge(request).get().body();
    String sector = body.replaceAll(".*\"(s-[^\"]*)\".*", "$1");
    JsonNode status = calls.get("/sectors/" + sector);
    while (!status.path("sealing").path("state").asText().equals("Proving")) {
      Thread.sleep(20); // whoever asks without a pause takes the processor from the node
      status = calls.get("/sectors/" + sector);
    }
    return sector;
  }

  /** Memory of sectors that are held in memory. */
  @Benchmark
  @Warmup(iterations = 0)
  @Measurement(iterations = 1)
  public void tenThousandSectors() throws Exception {
    long before = usedAfterCollection();
    ActorSystem<?> system = node.system();
    ClusterSharding sharding = ClusterSharding.get(system);
    List<CompletionStage<SectorState>> answers = new ArrayList<>();
    for (int i = 1; i <= SECTORS; i++) {
      String sector = "s-t01001-" + i;
      answers.add(
          AskPattern.ask(
              sharding.entityRefFor(Sector.KEY, sector),
              (ActorRef<SectorState> replyTo) -> new Sector.Get(replyTo),
              Duration.ofMinutes(5),
              system.scheduler()));
    }
    for (CompletionStage<SectorState> answer : answers) {
      answer.toCompletableFuture().get();
    }
    answers.clear();
    long each = (usedAfterCollection() - before) / SECTORS;
    System.out.printf(
        "%n%d sectors in memory: %d bytes each; resident %s%n", SECTORS, each, resident());
  }

  private static long usedAfterCollection() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200);
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static String resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .findFirst()
        .orElse("")
        .replaceAll("\\s+", " ");
  }
}
