package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorFiles;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must hold of a farm whatever happened to it, from what it left behind: the journal in its
 * database, the disks, and what provers wrote down themselves.
 */
final class FarmInvariants {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LINE =
      Pattern.compile(
          "\\S+ (?<pid>\\d+) (?<sector>s-t\\d+-\\d+)\\.g(?<generation>\\d+)\\.t(?<task>\\d+)"
              + "\\.(?<kind>\\w+)\\.a(?<attempt>\\d+) (?<what>started|completed)");

  private final TestFarm farm;
  private final List<String> violations = new ArrayList<>();

  private FarmInvariants(TestFarm farm) {
    this.farm = farm;
  }

  /** Checks the sectors, of which each is at its end. */
  static void check(TestFarm farm, List<String> sectors) throws Exception {
    FarmInvariants invariants = new FarmInvariants(farm);
    for (String sector : sectors) {
      invariants.journal(sector);
      invariants.disks(sector);
    }
    invariants.provers(new HashSet<>(sectors));
    assertEquals(List.of(), invariants.violations);
  }

  /** No phase gives two results in a generation, and no attempt is on two hosts. */
  private void journal(String sector) throws Exception {
    Set<String> succeeded = new HashSet<>();
    Map<String, String> hosts = new HashMap<>();
    Map<Integer, String> kinds = new HashMap<>();
    for (JsonNode event : events(sector)) {
      String generation = "generation " + event.path("generation").asInt();
      int task = event.path("task").asInt();
      switch (event.path("event").asText()) {
        case "TaskRequested" -> kinds.put(task, event.path("request").path("task").asText());
        case "TaskSucceeded" -> {
          if (!succeeded.add(generation + " task " + task)) {
            violations.add(sector + ": " + generation + " task " + task + " succeeded twice");
          }
          String kind = kinds.get(task);
          if (!"AddPiece".equals(kind) && !succeeded.add(generation + " " + kind)) {
            violations.add(sector + ": " + generation + " did " + kind + " twice");
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
  }

  private List<JsonNode> events(String sector) throws Exception {
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

  /** A replica is on one host, with its record. */
  private void disks(String sector) {
    int replicas = 0;
    for (int host = 0; host < TestFarm.HOSTS; host++) {
      SectorFiles files = new SectorFiles(farm.repo(host), SectorId.parse(sector));
      if (Files.exists(files.sealed())) {
        replicas++;
        if (!Files.exists(files.seal())) {
          violations.add(sector + ": its record is not beside its replica on host " + host);
        }
      }
    }
    if (replicas != 1) {
      violations.add(sector + ": " + replicas + " replicas");
    }
  }

  /** No attempt completes twice anywhere; a sector's files have provers on one host alone. */
  private void provers(Set<String> sectors) throws Exception {
    Set<String> completed = new HashSet<>();
    Map<String, Set<Integer>> hosts = new HashMap<>();
    for (int host = 0; host < TestFarm.HOSTS; host++) {
      Path log = farm.state(host).resolve("provers.log");
      if (!Files.exists(log)) {
        continue;
      }
      for (String line : Files.readAllLines(log)) {
        Matcher note = LINE.matcher(line);
        if (!note.matches() || !sectors.contains(note.group("sector"))) {
          continue;
        }
        String task =
            note.group("sector") + " g" + note.group("generation") + " t" + note.group("task");
        if (note.group("what").equals("completed") && !completed.add(task)) {
          violations.add(task + " " + note.group("kind") + " completed twice");
        }
        if (!note.group("kind").equals("Commit2")) {
          hosts.computeIfAbsent(note.group("sector"), none -> new TreeSet<>()).add(host);
        }
      }
    }
    hosts.forEach(
        (sector, used) -> {
          if (used.size() > 1) {
            violations.add(sector + ": provers wrote its files on hosts " + used);
          }
        });
  }
}
