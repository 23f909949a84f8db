package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds one sector at each of many cells, kills the node (and the provers whose cell says so) with
 * -9, starts it again, and looks whether every sector still comes to its end, with each phase
 * completed exactly once.
 */
final class KillMatrix {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern COMPLETED =
      Pattern.compile("\\S+ \\d+ (s-t01000-\\d+)\\.g(\\d+)\\.t\\d+\\.(\\w+)\\.a\\d+ completed");

  private final Path directory;
  private final Path state;
  private final Path marks;
  private final Map<String, KillCell> cells = new LinkedHashMap<>();
  private final Map<String, UUID> requests = new HashMap<>();

  KillMatrix(Path directory, List<KillCell> wanted) throws IOException {
    this.directory = directory;
    this.state = directory.resolve("state");
    this.marks = Files.createDirectories(directory.resolve("marks"));
    for (KillCell cell : wanted) {
      String sector = "s-t01000-" + (cells.size() + 1);
      cells.put(sector, cell);
      requests.put(sector, UUID.randomUUID());
    }
  }

  void run() throws Exception {
    try (NodeProcess node = NodeProcess.start(directory, settings(true))) {
      holdAll(node);
      node.kill();
    }
    cells.forEach(this::killProverIfWanted);
    try (Stream<Path> files = Files.list(marks)) {
      for (Path mark : files.toList()) {
        Files.delete(mark); // held provers go on
      }
    }
    try (NodeProcess node = NodeProcess.start(directory, settings(false))) {
      bringToTheEnd(node);
      checkProvers();
      assertEquals(0, node.terminate() & ~(128 + 15), "the exit status of a clean end");
    }
  }

  private Map<String, String> settings(boolean armed) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.test.failpoint-dir", marks.toString());
    settings.put("selkie.api.port", "0");
    settings.put("selkie.api.answer-timeout", "60 s");
    settings.put("selkie.dev-chain.block-time", "50 ms");
    settings.put("selkie.dev-chain.precommit-challenge-delay", "2");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    settings.put("selkie.sealing.task-repeat", "5 s");
    settings.put("selkie.sealing.seed-confidence", "1");
    settings.put("selkie.sector.first-retry", "200 ms");
    settings.put("selkie.sector.repeat", "1 s");
    settings.put("selkie.max-tasks", "1000");
    settings.put("selkie.memory", "100 TiB");
    settings.put("selkie.gpu.cpu-leases", "1000");
    for (String phase : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + phase, "1000");
    }
    if (armed) {
      // A point holds the thread that comes by.
      settings.put("akka.actor.default-dispatcher.executor", "thread-pool-executor");
      settings.put(
          "akka.actor.default-dispatcher.thread-pool-executor.fixed-pool-size",
          String.valueOf(cells.size() + 64));
      list(settings, "selkie.test.failpoints", points(KillCell.Victim.NODE));
      list(settings, "selkie.test.prover-failpoints", points(KillCell.Victim.PROVER));
    }
    return settings;
  }

  private List<String> points(KillCell.Victim victim) {
    List<String> points = new ArrayList<>();
    cells.forEach(
        (sector, cell) -> {
          if (cell.victim() == victim) {
            points.add(cell.at(sector));
          }
          if (victim == KillCell.Victim.PROVER) {
            cell.proverHold(sector).ifPresent(points::add);
          }
        });
    return points;
  }

  private static void list(Map<String, String> settings, String key, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      settings.put(key + "." + i, values.get(i));
    }
  }

  private void holdAll(NodeProcess node) throws Exception {
    NodeCalls calls = NodeCalls.to(state);
    for (String sector : cells.keySet()) {
      var answer = calls.pledge(requests.get(sector));
      // A number is given at once; the answer may be held.
      await(node, () -> answer.isDone() || isHeld(sector) ? Optional.empty() : Optional.of(sector));
      if (answer.isDone()) {
        assertEquals("{\"sector\":\"" + sector + "\"}", answer.join().body());
      }
    }
    Set<String> troubled = new HashSet<>();
    Set<String> retried = new HashSet<>();
    await(
        node,
        () -> {
          Map<String, String> states = calls.driverStates();
          List<String> open = new ArrayList<>();
          cells.forEach(
              (sector, cell) -> {
                if (!isHeld(sector)) {
                  open.add(sector + " " + cell + " in " + states.get(sector));
                  trouble(calls, sector, cell, states, troubled, retried);
                }
              });
          return open.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", open));
        });
  }

  private boolean isHeld(String sector) {
    return Files.exists(marks.resolve(cells.get(sector).at(sector)));
  }

  /** Does to the sector what its life has in store before it comes to its point. */
  private void trouble(
      NodeCalls calls,
      String sector,
      KillCell cell,
      Map<String, String> states,
      Set<String> troubled,
      Set<String> retried) {
    String driver = states.getOrDefault(sector, "");
    boolean proverHeld =
        cell.proverHold(sector).map(hold -> Files.exists(marks.resolve(hold))).orElse(false);
    if (cell.life() == KillCell.Life.PROVER_DIES && proverHeld && troubled.add(sector)) {
      killProvers(sector);
    } else if (cell.life() == KillCell.Life.ABORTED && proverHeld && troubled.add(sector)) {
      var unused = calls.send("POST", "/sectors/" + sector + "/abort", "{\"cause\":\"a test\"}");
    } else if (cell.life() == KillCell.Life.ABORTED
        && driver.endsWith("Failed")
        && retried.add(sector)) {
      var unused = calls.send("POST", "/sectors/" + sector + "/retry", "");
    } else if (cell.life() == KillCell.Life.REMOVED
        && driver.equals("Proving")
        && troubled.add(sector)) {
      var unused = calls.send("DELETE", "/sectors/" + sector, "");
    }
  }

  private void killProverIfWanted(String sector, KillCell cell) {
    if (cell.victim() == KillCell.Victim.PROVER) {
      killProvers(sector);
    }
  }

  /** kill -9 of every prover of the sector, by the identity in its job directory. */
  private void killProvers(String sector) {
    Path jobs = state.resolve("jobs");
    try (Stream<Path> directories = Files.list(jobs)) {
      for (Path job : directories.toList()) {
        Path identity = job.resolve("prover.json");
        if (job.getFileName().toString().startsWith(sector + ".") && Files.exists(identity)) {
          long pid = JSON.readTree(Files.readAllBytes(identity)).path("pid").asLong();
          ProcessHandle.of(pid)
              .filter(KillMatrix::isProver)
              .ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot look for provers of " + sector, e);
    }
  }

  private static boolean isProver(ProcessHandle process) {
    return process.info().command().filter(name -> name.endsWith("selkie-prover")).isPresent();
  }

  private void bringToTheEnd(NodeProcess node) throws Exception {
    NodeCalls calls = NodeCalls.to(state);
    for (Map.Entry<String, KillCell> cell : cells.entrySet()) {
      String sector = cell.getKey();
      // What a client does that got no answer: the same again.
      String answer = calls.pledge(requests.get(sector)).get().body();
      boolean removed =
          cell.getValue().life() == KillCell.Life.REMOVED && answer.contains("was removed");
      if (!removed) {
        assertEquals("{\"sector\":\"" + sector + "\"}", answer);
      }
    }
    await(
        node,
        () -> {
          Map<String, String> states = calls.driverStates();
          List<String> open = new ArrayList<>();
          cells.forEach(
              (sector, cell) -> {
                String driver = states.getOrDefault(sector, "");
                boolean removed = cell.life() == KillCell.Life.REMOVED;
                if (!driver.equals(removed ? "Removed" : "Proving")) {
                  open.add(sector + " " + cell + " in " + driver);
                }
                if (driver.endsWith("Failed")) {
                  calls.send("POST", "/sectors/" + sector + "/retry", "").join();
                } else if (removed && driver.equals("Proving")) {
                  calls.send("DELETE", "/sectors/" + sector, "").join();
                }
              });
          return open.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", open));
        });
    for (JsonNode sector : calls.get("/sectors?limit=1000").path("sectors")) {
      assertEquals(1, sector.path("generation").asInt(), sector.toString());
    }
  }

  /** Exactly one completed start for each sector, phase and generation. */
  private void checkProvers() throws IOException {
    Map<String, Long> completed =
        Files.readAllLines(state.resolve("provers.log")).stream()
            .map(COMPLETED::matcher)
            .filter(Matcher::matches)
            .collect(
                Collectors.groupingBy(
                    line -> line.group(1) + " " + line.group(3) + " g" + line.group(2),
                    TreeMap::new,
                    Collectors.counting()));
    Map<String, Long> expected = new TreeMap<>();
    for (String sector : cells.keySet()) {
      for (String phase :
          List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize")) {
        expected.put(sector + " " + phase + " g1", 1L);
      }
    }
    // What was aborted may have completed while the node was dead; that result is given up.
    cells.forEach(
        (sector, cell) -> {
          if (cell.life() == KillCell.Life.ABORTED) {
            completed.computeIfPresent(
                sector + " " + cell.phase() + " g1", (key, count) -> count == 2 ? 1L : count);
          }
        });
    assertEquals(expected, completed);
  }

  /** What is still awaited; empty: nothing. */
  @FunctionalInterface
  private interface Awaited {
    Optional<String> look() throws Exception;
  }

  private static void await(NodeProcess node, Awaited awaited) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    Optional<String> open = awaited.look();
    while (open.isPresent()) {
      if (Instant.now().isAfter(end)) {
        fail("still open: " + open.get() + "\n" + node.log());
      }
      Thread.sleep(20);
      open = awaited.look();
    }
  }
}
