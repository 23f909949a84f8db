package io.selkie.selftest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Holds one sector at each of many cells, kills the node (and the provers whose cell says so) with
 * -9, starts it again, and looks whether every sector still comes to its end, with each phase
 * completed exactly once.
 */
public final class KillMatrix implements Trial {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final int CLEAN_END = 128 + 15;

  private final Map<String, KillCell> cells = new LinkedHashMap<>();

  /** One kill for all these cells. */
  public KillMatrix(List<KillCell> wanted) {
    wanted.forEach(cell -> cells.put("s-t01000-" + (cells.size() + 1), cell));
  }

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String description() {
    return "kill -9 of the node, or of provers, at each edge of the tables of sector and driver";
  }

  @Override
  public List<Verdict> run(Path directory) throws IOException, InterruptedException {
    return new Run(directory).verdicts();
  }

  private final class Run {
    private final Path directory;
    private final Path state;
    private final Path marks;
    private final Provers provers;
    private final Map<String, UUID> requests = new HashMap<>();
    private final Map<String, String> problems = new TreeMap<>();

    Run(Path directory) throws IOException {
      this.directory = directory;
      this.state = directory.resolve("state");
      this.marks = Files.createDirectories(directory.resolve("marks"));
      this.provers = new Provers(state);
    }

    List<Verdict> verdicts() throws IOException, InterruptedException {
      try (NodeProcess node = NodeProcess.start(directory, armed().asMap())) {
        holdAll(node);
        node.kill();
      }
      for (Map.Entry<String, KillCell> cell : cells.entrySet()) {
        if (cell.getValue().victim() == KillCell.Victim.PROVER) {
          provers.kill(cell.getKey());
        }
      }
      releaseProvers();
      try (NodeProcess node =
          NodeProcess.start(directory, TrialSettings.standIn(marks, cells.size()).asMap())) {
        bringToTheEnd(node);
        checkProvers();
        int status = node.terminate();
        if (status != 0 && status != CLEAN_END) {
          cells.keySet().forEach(sector -> problem(sector, "the node ended with " + status));
        }
      }
      return cells.entrySet().stream()
          .map(
              cell -> {
                String problem = problems.get(cell.getKey());
                return problem == null
                    ? Verdict.passed(cell.getValue().toString())
                    : Verdict.failed(cell.getValue().toString(), cell.getKey() + " " + problem);
              })
          .toList();
    }

    private void problem(String sector, String problem) {
      problems.putIfAbsent(sector, problem);
    }

    private TrialSettings armed() {
      List<String> ofNode = new ArrayList<>();
      List<String> ofProvers = new ArrayList<>();
      cells.forEach(
          (sector, cell) -> {
            boolean node = cell.victim() == KillCell.Victim.NODE;
            (node ? ofNode : ofProvers).add(cell.at(sector));
            cell.proverHold(sector).ifPresent(ofProvers::add);
          });
      return TrialSettings.standIn(marks, cells.size()).holdNode(ofNode).holdProvers(ofProvers);
    }

    private void releaseProvers() throws IOException {
      try (Stream<Path> files = Files.list(marks)) {
        for (Path mark : files.toList()) {
          Files.delete(mark);
        }
      }
    }

    private void holdAll(NodeProcess node) throws IOException, InterruptedException {
      NodeCalls calls = NodeCalls.to(state);
      for (String sector : cells.keySet()) {
        CompletableFuture<HttpResponse<String>> answer = calls.pledge(request(sector));
        // A number is given at once; the answer may be held.
        Awaited.await(
            node, PATIENCE, () -> answer.isDone() || isHeld(sector) ? Set.of() : Set.of(sector));
        if (answer.isDone()) {
          expectAnswer(sector, answer.join().body());
        }
      }
      Set<String> troubled = new HashSet<>();
      Set<String> retried = new HashSet<>();
      Set<String> open =
          Awaited.await(
              node,
              PATIENCE,
              () -> {
                Map<String, String> states = calls.driverStates();
                Set<String> notHeld = new HashSet<>();
                for (String sector : cells.keySet()) {
                  if (!isHeld(sector)) {
                    notHeld.add(sector);
                    trouble(calls, sector, states.getOrDefault(sector, ""), troubled, retried);
                  }
                }
                return notHeld;
              });
      open.forEach(sector -> problem(sector, "never came to the point"));
    }

    private void expectAnswer(String sector, String answer) {
      if (!answer.equals("{\"sector\":\"" + sector + "\"}")) {
        problem(sector, "was begun with the answer " + answer);
      }
    }

    private boolean isHeld(String sector) {
      return Files.exists(marks.resolve(cell(sector).at(sector)));
    }

    private UUID request(String sector) {
      return requests.computeIfAbsent(sector, none -> UUID.randomUUID());
    }

    private KillCell cell(String sector) {
      return Objects.requireNonNull(cells.get(sector));
    }

    /** Does to the sector what its life has in store before it comes to its point. */
    private void trouble(
        NodeCalls calls, String sector, String driver, Set<String> troubled, Set<String> retried)
        throws IOException {
      KillCell cell = cell(sector);
      boolean proverHeld =
          cell.proverHold(sector).map(hold -> Files.exists(marks.resolve(hold))).orElse(false);
      if (cell.life() == KillCell.Life.PROVER_DIES && proverHeld && troubled.add(sector)) {
        provers.kill(sector);
      } else if (cell.life() == KillCell.Life.ABORTED && proverHeld && troubled.add(sector)) {
        var unused = calls.send("POST", "/sectors/" + sector + "/abort", "{\"cause\":\"a trial\"}");
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

    private void bringToTheEnd(NodeProcess node) throws IOException, InterruptedException {
      NodeCalls calls = NodeCalls.to(state);
      for (String sector : cells.keySet()) {
        // What a client does that got no answer: the same again.
        String answer = calls.pledge(request(sector)).join().body();
        boolean removed =
            cell(sector).life() == KillCell.Life.REMOVED && answer.contains("was removed");
        if (!removed) {
          expectAnswer(sector, answer);
        }
      }
      Map<String, String> last = new HashMap<>();
      Set<String> open =
          Awaited.await(
              node,
              PATIENCE,
              () -> {
                last.putAll(calls.driverStates());
                Set<String> notEnded = new HashSet<>();
                for (String sector : cells.keySet()) {
                  if (!hasEnded(calls, sector, last.getOrDefault(sector, ""))) {
                    notEnded.add(sector);
                  }
                }
                return notEnded;
              });
      for (String sector : open) {
        problem(sector, "stays in " + last.get(sector) + "; log: " + node.output());
      }
      for (JsonNode sector : calls.get("/sectors?limit=1000").path("sectors")) {
        if (sector.path("generation").asInt() != 1) {
          problem(sector.path("sector").asText(), "went back to an earlier phase");
        }
      }
    }

    private boolean hasEnded(NodeCalls calls, String sector, String driver) {
      boolean removed = cell(sector).life() == KillCell.Life.REMOVED;
      if (driver.endsWith("Failed")) {
        calls.send("POST", "/sectors/" + sector + "/retry", "").join();
      } else if (removed && driver.equals("Proving")) {
        calls.send("DELETE", "/sectors/" + sector, "").join();
      }
      return driver.equals(removed ? "Removed" : "Proving");
    }

    /** Exactly one completed start for each sector, phase and generation. */
    private void checkProvers() throws IOException {
      Map<String, Long> completed = provers.completed();
      for (String sector : cells.keySet()) {
        for (String phase : Phases.NAMES) {
          long count = completed.getOrDefault(sector + " " + phase + " g1", 0L);
          KillCell cell = cell(sector);
          // What was aborted may have completed while the node was dead; that result is given up.
          boolean givenUp =
              cell.life() == KillCell.Life.ABORTED
                  && cell.phase().toString().equals(phase)
                  && count == 2;
          if (count != 1 && !givenUp) {
            problem(sector, "has completed " + phase + " " + count + " times");
          }
        }
      }
    }
  }
}
