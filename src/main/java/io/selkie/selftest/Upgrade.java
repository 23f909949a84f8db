package io.selkie.selftest;

import io.selkie.scheduler.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The node is stopped in the middle of phases, and started again as after an upgrade: the very
 * provers that ran go on to their ends.
 */
public final class Upgrade implements Trial {
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  /** Where the provers of three sectors are when the node is stopped. */
  private static final Map<String, TaskKind> AT_WORK =
      new TreeMap<>(
          Map.of(
              "s-t01000-1", TaskKind.PRE_COMMIT_1,
              "s-t01000-2", TaskKind.PRE_COMMIT_1,
              "s-t01000-3", TaskKind.COMMIT_2));

  private final boolean killed;

  /**
   * An upgrade.
   *
   * @param killed by -9 rather than by TERM
   */
  public Upgrade(boolean killed) {
    this.killed = killed;
  }

  @Override
  public String name() {
    return killed ? "restart-kill" : "restart-term";
  }

  @Override
  public String description() {
    return "the node stopped by "
        + (killed ? "-9" : "TERM")
        + " in the middle of PreCommit1 and Commit2: the same provers finish";
  }

  @Override
  public List<Verdict> run(Path directory) throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    Path marks = Files.createDirectories(directory.resolve("marks"));
    Provers provers = new Provers(state);
    Map<String, Set<Long>> before = new LinkedHashMap<>();
    TrialSettings held =
        TrialSettings.standIn(marks, points().size()).holdProvers(points().values());
    try (NodeProcess node = NodeProcess.start(directory, held.asMap())) {
      NodeCalls calls = NodeCalls.to(state);
      for (int i = 0; i < AT_WORK.size(); i++) {
        calls.pledge(UUID.randomUUID()).join();
      }
      Set<String> open = Awaited.await(node, PATIENCE, () -> notHeld(marks));
      if (!open.isEmpty()) {
        throw new IOException(open + " never came to their phases; log: " + node.output());
      }
      for (String sector : AT_WORK.keySet()) {
        before.put(sector, provers.alive(sector));
      }
      if (killed) {
        node.kill();
      } else {
        node.terminate();
      }
    }
    try (NodeProcess node =
        NodeProcess.start(directory, TrialSettings.standIn(marks, points().size()).asMap())) {
      for (String point : points().values()) {
        Files.delete(marks.resolve(point));
      }
      NodeCalls calls = NodeCalls.to(state);
      Set<String> open = Awaited.await(node, PATIENCE, () -> notProving(calls));
      List<Verdict> verdicts = new ArrayList<>();
      for (String sector : AT_WORK.keySet()) {
        verdicts.add(verdict(sector, open, provers, before.getOrDefault(sector, Set.of()), node));
      }
      node.terminate();
      return verdicts;
    }
  }

  private static Map<String, String> points() {
    Map<String, String> points = new TreeMap<>();
    AT_WORK.forEach((sector, phase) -> points.put(sector, phase + ".before-work@" + sector));
    return points;
  }

  private static Set<String> notHeld(Path marks) {
    Map<String, String> open = points();
    open.values().removeIf(point -> Files.exists(marks.resolve(point)));
    return open.keySet();
  }

  private static Set<String> notProving(NodeCalls calls) throws IOException, InterruptedException {
    Set<String> open = points().keySet();
    calls.driverStates().entrySet().stream()
        .filter(state -> state.getValue().equals("Proving"))
        .forEach(state -> open.remove(state.getKey()));
    return open;
  }

  private static Verdict verdict(
      String sector, Set<String> open, Provers provers, Set<Long> before, NodeProcess node)
      throws IOException {
    String phase = String.valueOf(AT_WORK.get(sector));
    String cell = sector + " in " + phase;
    if (open.contains(sector)) {
      return Verdict.failed(cell, "does not come to its end; log: " + node.output());
    }
    List<Long> pids =
        provers.notes().stream()
            .filter(note -> note.sector().equals(sector) && note.phase().equals(phase))
            .map(Provers.Note::pid)
            .toList();
    return before.size() == 1 && pids.equals(List.copyOf(twice(before)))
        ? Verdict.passed(cell)
        : Verdict.failed(
            cell, "prover " + before + " ran before; started and completed by " + pids);
  }

  private static List<Long> twice(Set<Long> pid) {
    List<Long> twice = new ArrayList<>(pid);
    twice.addAll(pid);
    return twice;
  }
}
