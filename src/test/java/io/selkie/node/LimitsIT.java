package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.HeavyProvers;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The limits of a host with everything real but the proofs: a disk that fills, a lost prover. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class LimitsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(200);
  private static final List<String> PHASES =
      List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize");

  @TempDir Path temp;

  private Map<String, String> settings() throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put(
        "selkie.test.failpoint-dir", Files.createDirectories(temp.resolve("marks")).toString());
    settings.put("selkie.api.port", "0");
    settings.put("selkie.api.answer-timeout", "60 s");
    settings.put("selkie.dev-chain.block-time", "100 ms");
    settings.put("selkie.dev-chain.precommit-challenge-delay", "2");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    settings.put("selkie.sealing.seed-confidence", "1");
    settings.put("selkie.sector.first-retry", "200 ms");
    settings.put("selkie.sector.repeat", "1 s");
    settings.put("selkie.max-tasks", "20");
    settings.put("selkie.memory", "100 GiB");
    settings.put("selkie.gpu.cpu-leases", "10");
    for (String phase : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + phase, "10");
    }
    return settings;
  }

  private NodeCalls calls() throws IOException {
    return NodeCalls.to(temp.resolve("state"));
  }

  private static void pledge(NodeCalls calls, String size) {
    var answer =
        calls
            .send(
                "POST",
                "/sectors/pledge",
                "{\"sectorSize\":\"" + size + "\",\"request\":\"" + UUID.randomUUID() + "\"}")
            .join();
    assertEquals(2, answer.statusCode() / 100, answer.body());
  }

  /** What the scheduler says of each waiting task. */
  private static List<String> waiting(NodeCalls calls) throws Exception {
    List<String> reasons = new ArrayList<>();
    for (JsonNode task : calls.get("/waiting").path("waiting")) {
      reasons.add(task.path("reason").asText());
    }
    return reasons;
  }

  @FunctionalInterface
  private interface Look {
    /** What is still awaited; empty: nothing. */
    Optional<String> look() throws Exception;
  }

  private static void await(NodeProcess node, Look look) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    Optional<String> open = look.look();
    while (open.isPresent()) {
      if (Instant.now().isAfter(end)) {
        fail("still open: " + open.get() + "\n" + node.log());
      }
      TimeUnit.MILLISECONDS.sleep(50);
      open = look.look();
    }
  }

  private static Optional<String> unlessAllProve(NodeCalls calls, int sectors) throws Exception {
    Map<String, String> states = calls.driverStates();
    long proving = states.values().stream().filter("Proving"::equals).count();
    return proving == sectors ? Optional.empty() : Optional.of(states.toString());
  }

  @Test
  void moreSectorsThanFitWaitAndAllEndWithoutAFullDisk() throws Exception {
    Path repo = Files.createDirectories(temp.resolve("repo"));
    int sectors = 5;
    long mib = 1L << 20;
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=110m", "tmpfs", repo.toString()) == 0);
    try {
      Map<String, String> settings = settings();
      // Layers and trees of 8 MiB; two sectors at once would fill the disk.
      settings.put("selkie.native.dir", HeavyProvers.in(temp, repo, 41 * mib).toString());
      Set<String> reasons = new TreeSet<>();
      try (NodeProcess node = NodeProcess.start(temp, settings)) {
        NodeCalls calls = calls();
        for (int sector = 0; sector < sectors; sector++) {
          pledge(calls, "8MiB");
        }
        await(
            node,
            () -> {
              reasons.addAll(waiting(calls));
              return reasons.stream().anyMatch(reason -> reason.contains("disk space"))
                  ? Optional.empty()
                  : Optional.of("a reason: " + reasons);
            });
        node.kill();
      }
      try (NodeProcess node = NodeProcess.start(temp, settings)) {
        NodeCalls calls = calls();
        await(
            node,
            () -> {
              reasons.addAll(waiting(calls));
              return unlessAllProve(calls, sectors);
            });
        assertEquals(0, node.terminate() & ~(128 + 15));
      }
      assertTrue(
          reasons.stream()
              .anyMatch(
                  reason ->
                      reason.startsWith("waits for disk space on host ")
                          && reason.contains("sealing a sector of 8MiB takes up to")
                          && reason.contains(repo.toString())),
          reasons.toString());
      eachPhaseWasStartedAndCompletedOnce(sectors);
    } finally {
      assertEquals(0, run("umount", "-l", repo.toString()));
    }
  }

  private void eachPhaseWasStartedAndCompletedOnce(int sectors) throws IOException {
    List<String> lines = Files.readAllLines(temp.resolve("state/provers.log"));
    for (String phase : PHASES) {
      assertEquals(
          sectors,
          lines.stream()
              .filter(line -> line.contains("." + phase + ".") && line.endsWith(" completed"))
              .count(),
          () -> phase + " in " + lines);
      // None met a full disk: no attempt but the one that completed.
      assertEquals(
          sectors,
          lines.stream()
              .filter(line -> line.contains("." + phase + ".") && line.endsWith(" started"))
              .count(),
          () -> phase + " in " + lines);
    }
  }

  private static int run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor();
  }

  @Test
  void sectorsOfTwoSizesAreSealedSideBySide() throws Exception {
    Map<String, String> settings = settings();
    Path marks = temp.resolve("marks");
    List<String> points =
        List.of("PreCommit1.before-work@s-t01000-1", "PreCommit1.before-work@s-t01000-2");
    for (int i = 0; i < points.size(); i++) {
      settings.put("selkie.test.prover-failpoints." + i, points.get(i));
    }
    try (NodeProcess node = NodeProcess.start(temp, settings)) {
      NodeCalls calls = calls();
      pledge(calls, "2KiB");
      pledge(calls, "8MiB");
      await(
          node,
          () -> points.stream().filter(point -> !Files.exists(marks.resolve(point))).findFirst());
      for (String point : points) {
        Files.delete(marks.resolve(point));
      }
      await(node, () -> unlessAllProve(calls, 2));
      Map<String, String> types = new TreeMap<>();
      for (JsonNode sector : calls.get("/sectors?limit=10").path("sectors")) {
        types.put(sector.path("sector").asText(), sector.path("proofType").asText());
      }
      assertEquals(2, Set.copyOf(types.values()).size(), types.toString());
      assertEquals(0, node.terminate() & ~(128 + 15));
    }
  }

  @Test
  void withoutItsProverTheHostTakesNoWorkAndItsTasksWait() throws Exception {
    Path repo = Files.createDirectories(temp.resolve("repo"));
    Map<String, String> settings = settings();
    Path own = HeavyProvers.in(temp, repo, 1);
    settings.put("selkie.native.dir", own.toString());
    List<Path> programs;
    try (Stream<Path> files = Files.walk(own)) {
      programs = files.filter(file -> file.endsWith("selkie-prover")).toList();
    }
    try (NodeProcess node = NodeProcess.start(temp, settings)) {
      NodeCalls calls = calls();
      for (Path program : programs) {
        assertTrue(program.toFile().setExecutable(false));
        Files.move(program, program.resolveSibling("away"));
      }
      pledge(calls, "2KiB");
      await(
          node,
          () ->
              waiting(calls).stream()
                      .anyMatch(
                          reason ->
                              reason.contains("takes no work: the prover program")
                                  && reason.contains("is not there"))
                  ? Optional.empty()
                  : Optional.of(waiting(calls).toString()));
      assertFalse(calls.driverStates().toString().contains("Failed"));
      node.terminate();
    }
    for (Path program : programs) {
      Files.move(program.resolveSibling("away"), program);
      assertTrue(program.toFile().setExecutable(true));
    }
    try (NodeProcess node = NodeProcess.start(temp, settings)) {
      NodeCalls calls = calls();
      await(node, () -> unlessAllProve(calls, 1));
      node.terminate();
    }
  }
}
