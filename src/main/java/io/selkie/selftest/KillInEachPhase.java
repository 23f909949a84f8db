package io.selkie.selftest;

import io.selkie.scheduler.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Real proofs: the node is killed with -9 in every phase of one sector, right after its prover was
 * started. Takes the parameters of 2 KiB proofs, 2.8 GB of memory, and minutes.
 */
public final class KillInEachPhase implements Trial {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String SECTOR = "s-t01000-1";

  @Override
  public String name() {
    return "real";
  }

  @Override
  public String description() {
    return "one sector with real proofs, the node killed with -9 in each of its phases";
  }

  @Override
  public List<Verdict> run(Path directory) throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    Path marks = Files.createDirectories(directory.resolve("marks"));
    UUID request = UUID.randomUUID();
    for (TaskKind phase : Phases.ALL) {
      String point = phase + ".start.after-effect@" + SECTOR;
      TrialSettings settings = TrialSettings.real(marks).holdNode(List.of(point));
      try (NodeProcess node = NodeProcess.start(directory, settings.asMap())) {
        var unused = NodeCalls.to(state).pledge(request);
        Set<String> open =
            Awaited.await(
                node,
                PATIENCE,
                () -> Files.exists(marks.resolve(point)) ? Set.of() : Set.of(SECTOR));
        if (!open.isEmpty()) {
          return List.of(Verdict.failed(phase.toString(), "never began; log: " + node.output()));
        }
        node.kill();
      }
    }
    try (NodeProcess node = NodeProcess.start(directory, TrialSettings.real(marks).asMap())) {
      NodeCalls calls = NodeCalls.to(state);
      Set<String> open =
          Awaited.await(
              node,
              PATIENCE,
              () -> "Proving".equals(calls.driverStates().get(SECTOR)) ? Set.of() : Set.of(SECTOR));
      List<Verdict> verdicts = new ArrayList<>();
      for (TaskKind phase : Phases.ALL) {
        verdicts.add(
            open.isEmpty()
                ? startedOnce(new Provers(state), phase)
                : Verdict.failed(
                    phase.toString(),
                    SECTOR
                        + " stays in "
                        + calls.driverStates().get(SECTOR)
                        + "; log: "
                        + node.output()));
      }
      node.terminate();
      return verdicts;
    }
  }

  private static Verdict startedOnce(Provers provers, TaskKind phase) throws IOException {
    List<Boolean> ends =
        provers.notes().stream()
            .filter(note -> note.phase().equals(phase.toString()))
            .map(Provers.Note::completed)
            .toList();
    return ends.equals(List.of(false, true))
        ? Verdict.passed(phase.toString())
        : Verdict.failed(
            phase.toString(), "its prover was not started and completed once: " + ends);
  }
}
