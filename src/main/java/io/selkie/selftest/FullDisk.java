package io.selkie.selftest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * More sectors than fit on a disk that really fills, and a kill while they wait: each is sealed,
 * and none of its tasks meets a full disk.
 */
public final class FullDisk implements Trial {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SECTORS = 4;
  private static final long MIB = 1L << 20;

  /**
   * What a sector of 8 MiB leaves in its cache, and a disk that has room for one and not for two.
   */
  private static final long BALLAST = 41 * MIB;

  private static final long DISK = 110 * MIB;

  @Override
  public String name() {
    return "disk";
  }

  @Override
  public String description() {
    return "more sectors than fit on a disk that really fills, and a kill while they wait";
  }

  @Override
  public List<Verdict> run(Path directory) throws IOException, InterruptedException {
    Path repo = Files.createDirectories(directory.resolve("repo"));
    Optional<String> why = SmallDisk.mount(repo, DISK);
    if (why.isPresent()) {
      return cells().stream().map(cell -> Verdict.skipped(cell, why.get())).toList();
    }
    try {
      return seal(directory, repo);
    } finally {
      Provers.killBelow(directory);
      SmallDisk.unmount(repo);
    }
  }

  private static List<String> cells() {
    List<String> cells = new ArrayList<>(List.of("the wait has its reason"));
    for (int sector = 1; sector <= SECTORS; sector++) {
      cells.add("s-t01000-" + sector + " is sealed without a full disk");
    }
    return cells;
  }

  private static List<Verdict> seal(Path directory, Path repo)
      throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    TrialSettings settings =
        TrialSettings.standIn(Files.createDirectories(directory.resolve("marks")), SECTORS)
            .set("selkie.native.dir", HeavyProvers.in(directory, repo, BALLAST).toString());
    Set<String> reasons = new TreeSet<>();
    try (NodeProcess node = NodeProcess.start(directory, settings.asMap())) {
      NodeCalls calls = NodeCalls.to(state);
      for (int sector = 0; sector < SECTORS; sector++) {
        var unused =
            calls
                .send(
                    "POST",
                    "/sectors/pledge",
                    "{\"sectorSize\":\"8MiB\",\"request\":\"" + UUID.randomUUID() + "\"}")
                .join();
      }
      Set<String> open =
          Awaited.await(
              node,
              PATIENCE,
              () -> {
                reasons.addAll(reasons(calls));
                return isTold(reasons) ? Set.of() : Set.of("a reason");
              });
      if (!open.isEmpty()) {
        return List.of(
            Verdict.failed(cells().get(0), "told only " + reasons + "; log: " + node.output()));
      }
      node.kill();
    }
    try (NodeProcess node = NodeProcess.start(directory, settings.asMap())) {
      NodeCalls calls = NodeCalls.to(state);
      Set<String> open =
          Awaited.await(
              node,
              PATIENCE,
              () -> {
                Map<String, String> states = new TreeMap<>(calls.driverStates());
                states.values().removeIf("Proving"::equals);
                return states.keySet();
              });
      node.terminate();
      List<Verdict> verdicts = new ArrayList<>(List.of(Verdict.passed(cells().get(0))));
      for (int sector = 1; sector <= SECTORS; sector++) {
        verdicts.add(verdict("s-t01000-" + sector, cells().get(sector), open, state, node));
      }
      return verdicts;
    }
  }

  private static List<String> reasons(NodeCalls calls) throws IOException, InterruptedException {
    List<String> reasons = new ArrayList<>();
    for (JsonNode task : calls.get("/waiting").path("waiting")) {
      reasons.add(task.path("reason").asText());
    }
    return reasons;
  }

  private static boolean isTold(Set<String> reasons) {
    return reasons.stream().anyMatch(reason -> reason.startsWith("waits for disk space on host "));
  }

  private static Verdict verdict(
      String sector, String cell, Set<String> open, Path state, NodeProcess node)
      throws IOException {
    if (open.contains(sector)) {
      return Verdict.failed(cell, "it does not come to its end; log: " + node.output());
    }
    for (String phase : Phases.NAMES) {
      // One start and one end: an attempt that met a full disk would have been another start.
      List<Boolean> ends =
          new Provers(state)
              .notes().stream()
                  .filter(note -> note.sector().equals(sector) && note.phase().equals(phase))
                  .map(Provers.Note::completed)
                  .toList();
      if (!ends.equals(List.of(false, true))) {
        return Verdict.failed(cell, phase + " was started and completed not once but " + ends);
      }
    }
    return Verdict.passed(cell);
  }
}
