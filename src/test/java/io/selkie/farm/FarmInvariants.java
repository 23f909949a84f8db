package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must hold of a farm whatever happened to it, from what it left behind: the journal in its
 * database, the disks, and what provers wrote down themselves.
 */
final class FarmInvariants {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestFarm farm;
  private final List<String> violations = new ArrayList<>();

  /** How often each task failed, as its sector recorded it. */
  private final Map<String, Integer> failures = new HashMap<>();

  private FarmInvariants(TestFarm farm) {
    this.farm = farm;
  }

  /** Checks the sectors, of which each is at its end. */
  static void check(TestFarm farm, List<String> sectors) throws Exception {
    farm.await("all provers to end", () -> ProverHistory.alive(farm, sectors).isEmpty());
    FarmInvariants invariants = new FarmInvariants(farm);
    for (String sector : sectors) {
      invariants.disks(sector, invariants.journal(sector));
    }
    ProverHistory provers = ProverHistory.of(farm);
    invariants.provers(provers);
    invariants.violations.addAll(provers.met());
    invariants.violations.addAll(provers.limitsPassed());
    assertEquals(List.of(), invariants.violations);
  }

  /** Nothing failed on the way, so each task has one prover that was started, and ended, once. */
  static void checkNothingWasRepeated(TestFarm farm, List<String> sectors) throws Exception {
    check(farm, sectors);
    List<String> repeated = new ArrayList<>();
    for (String sector : sectors) {
      for (JsonNode event : events(farm, sector)) {
        if (event.path("event").asText().equals("TaskFailed")) {
          repeated.add(sector + ": " + event);
        }
      }
    }
    Set<String> started = new HashSet<>();
    for (ProverHistory.Run run : ProverHistory.of(farm).runs()) {
      if (!started.add(run.taskName()) || run.completed().isEmpty()) {
        repeated.add(run.toString());
      }
    }
    assertEquals(List.of(), repeated);
  }

  /** Whether the sector's files have left for its store. */
  static boolean isReleased(TestFarm farm, String sector) throws Exception {
    return events(farm, sector).stream()
        .anyMatch(event -> event.path("result").path("result").asText().equals("Released"));
  }

  /**
   * No phase gives two results in a generation without a failure that has it done again; no attempt
   * is on two hosts; files are deleted because of the copy that was verified.
   *
   * @return that copy
   */
  private Optional<JsonNode> journal(String sector) throws Exception {
    Set<String> succeeded = new HashSet<>();
    Map<String, String> hosts = new HashMap<>();
    Map<Integer, String> kinds = new HashMap<>();
    Optional<JsonNode> copy = Optional.empty();
    for (JsonNode event : events(farm, sector)) {
      String generation = "generation " + event.path("generation").asInt();
      int task = event.path("task").asInt();
      switch (event.path("event").asText()) {
        case "TaskRequested" -> kinds.put(task, event.path("request").path("task").asText());
        case "TaskSucceeded" -> {
          String kind = kinds.getOrDefault(task, "");
          String what = kind.equals("AddPiece") ? "task " + task : kind;
          if (!succeeded.add(generation + " " + what)) {
            violations.add(sector + ": " + generation + " did " + what + " twice");
          }
          JsonNode result = event.path("result");
          if (result.path("result").asText().equals("Transferred")) {
            copy = Optional.of(result.path("copy"));
          } else if (result.path("result").asText().equals("Released")
              && !copy.equals(Optional.of(result.path("copy")))) {
            violations.add(sector + ": deleted for " + result + ", verified was " + copy);
          }
        }
        case "TaskFailed" -> {
          failures.merge(name(sector, event), 1, Integer::sum);
          if (!event.path("failure").path("action").asText().equals("retry")) {
            succeeded.removeIf(done -> done.startsWith(generation + " "));
          }
        }
        case "TaskAssigned" -> {
          String attempt = generation + " task " + task + " attempt " + event.path("attempt");
          String before = hosts.put(attempt, event.path("host").asText());
          if (before != null && !before.equals(event.path("host").asText())) {
            violations.add(sector + ": " + attempt + " was given to two hosts");
          }
        }
        default -> {}
      }
    }
    return copy;
  }

  private static String name(String sector, JsonNode event) {
    return sector + " g" + event.path("generation").asInt() + " t" + event.path("task").asInt();
  }

  private static List<JsonNode> events(TestFarm farm, String sector) throws Exception {
    List<JsonNode> events = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(farm.database(), farm.postgres().user(), "");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT event_payload FROM event_journal WHERE persistence_id = ?"
                    + " ORDER BY sequence_number")) {
      statement.setString(1, "Sector|" + sector);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          events.add(JSON.readTree(new String(rows.getBytes(1), StandardCharsets.UTF_8)));
        }
      }
    }
    return events;
  }

  /** A replica is in one place, with its record; a copy is as whole as it was verified. */
  private void disks(String sector, Optional<JsonNode> copy) throws IOException {
    int replicas = 0;
    for (int host = 0; host < TestFarm.HOSTS; host++) {
      for (Path place : List.of(farm.repo(host), farm.store(host))) {
        SectorFiles files = new SectorFiles(place, SectorId.parse(sector));
        if (Files.exists(files.sealed())) {
          replicas++;
          if (!Files.exists(files.seal())) {
            violations.add(sector + ": its record is not beside its replica in " + place);
          }
        }
      }
    }
    if (replicas != 1) {
      violations.add(sector + ": " + replicas + " replicas");
    }
    if (copy.isPresent()) {
      for (JsonNode file : copy.get().path("files")) {
        Path there = Path.of(copy.get().path("path").asText(), file.path("name").asText());
        if (!Files.exists(there) || Files.size(there) != file.path("bytes").asLong()) {
          violations.add(sector + ": its copy lacks " + there);
        }
      }
    }
  }

  /**
   * A task is completed again only after it was recorded as failed; a sector's files have provers
   * on one host alone.
   */
  private void provers(ProverHistory provers) {
    Map<String, List<ProverHistory.Run>> completed = new HashMap<>();
    Map<String, Set<Integer>> hosts = new HashMap<>();
    for (ProverHistory.Run run : provers.runs()) {
      if (run.completed().isPresent()) {
        completed.computeIfAbsent(run.taskName(), none -> new ArrayList<>()).add(run);
      }
      if (!run.kind().equals("Commit2")) {
        hosts.computeIfAbsent(run.sector(), none -> new TreeSet<>()).add(run.host());
      }
    }
    completed.forEach(
        (task, times) -> {
          if (times.size() > 1 + failures.getOrDefault(task, 0)) {
            violations.add(task + " completed " + times.size() + " times: " + times);
          }
        });
    hosts.forEach(
        (sector, used) -> {
          if (used.size() > 1) {
            violations.add(sector + ": provers wrote its files on hosts " + used);
          }
        });
  }
}
