package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SectorId;
import io.selkie.selftest.EndsProvers;
import io.selkie.storage.SectorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sectors move between two hosts before they are sealed. */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class MovingNodesIT {
  private static final int SECTORS = 3;
  private static final List<String> BEGINS = List.of("addpiece", "precommit1");
  private static final List<String> REST = List.of("precommit2", "commit1", "commit2");

  @TempDir Path directory;

  private static void offer(TestFarm farm, List<String> phases, int slots) {
    phases.forEach(phase -> farm.set("selkie.parallel." + phase, String.valueOf(slots)));
  }

  private static List<JsonNode> events(TestFarm farm, String sector, String name) throws Exception {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode event :
        farm.calls(0).get("/sectors/" + sector + "/history?limit=200").path("history")) {
      if (event.path("event").asText().equals(name)) {
        found.add(event);
      }
    }
    return found;
  }

  private static void assertMovedOnce(TestFarm farm, String sector) throws Exception {
    assertEquals(1, events(farm, sector, "SectorMoved").size(), sector + " moves once");
    SectorFiles left = new SectorFiles(farm.repo(0), SectorId.parse(sector));
    SectorFiles there = new SectorFiles(farm.repo(1), SectorId.parse(sector));
    for (Path file : List.of(left.sealed(), left.cache(), left.manifest(), left.claim())) {
      assertFalse(Files.exists(file), file + " has left");
    }
    for (Path file : List.of(there.sealed(), there.cache(), there.manifest(), there.seal())) {
      assertTrue(Files.exists(file), file + " is there");
    }
  }

  @Test
  void aSectorGoesOnWhereItsNextPhaseIsOffered() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).secured()) {
      offer(farm, REST, 0);
      farm.start(0);
      offer(farm, BEGINS, 0);
      offer(farm, REST, 4);
      farm.start(1);
      farm.awaitReady(0);
      farm.awaitReady(1);

      List<String> sectors = new ArrayList<>();
      for (int i = 0; i < SECTORS; i++) {
        sectors.add(farm.pledge(i % 2));
      }

      for (String sector : sectors) {
        farm.awaitProving(0, sector);
        assertMovedOnce(farm, sector);
      }
    }
  }

  @Test
  void theSectorsOfAnEvacuatedHostMove() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).secured()) {
      farm.set("selkie.dev-chain.precommit-challenge-delay", "400");
      farm.start(0);
      farm.start(1);
      farm.awaitReady(0);
      farm.awaitReady(1);
      order(farm, 1, "cordon");
      List<String> sectors = new ArrayList<>();
      for (int i = 0; i < SECTORS; i++) {
        sectors.add(farm.pledge(0));
      }
      for (String sector : sectors) {
        farm.await(sector + " to be begun", () -> !events(farm, sector, "TaskAssigned").isEmpty());
      }

      order(farm, 1, "uncordon");
      order(farm, 0, "drain?until=evacuate");

      for (String sector : sectors) {
        farm.awaitProving(1, sector);
        assertMovedOnce(farm, sector);
      }
      farm.await(
          "the host to be empty",
          () -> farm.calls(1).get("/hosts/" + farm.id(0)).path("sectors").isEmpty());
    }
  }

  private static void order(TestFarm farm, int host, String order) throws Exception {
    farm.await(
        order,
        () ->
            farm.calls(1)
                    .send("POST", "/hosts/" + farm.id(host) + "/" + order, "")
                    .join()
                    .statusCode()
                == 200);
  }
}
