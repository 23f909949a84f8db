package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SectorId;
import io.selkie.selftest.EndsProvers;
import io.selkie.storage.SectorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts seal as one farm. */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class ThreeNodesIT {
  @TempDir Path directory;

  @Test
  void sealsOnAnyHostAndGoesOnWhenTheFirstIsKilled() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).secured().startAll()) {
      List<String> sectors = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        sectors.add(farm.pledge(i % TestFarm.HOSTS));
      }
      for (String sector : sectors) {
        for (int host = 0; host < TestFarm.HOSTS; host++) {
          farm.awaitProving(host, sector);
        }
      }
      Set<String> used = new TreeSet<>();
      for (String sector : sectors) {
        Set<String> hosts = hostsOf(farm, sector);
        assertEquals(1, hosts.size(), sector + " is where its files are: " + hosts);
        used.addAll(hosts);
        assertFilesAreOn(farm, sector, hosts.iterator().next());
      }
      assertTrue(used.size() > 1, "several hosts seal: " + used);

      farm.node(0).kill();
      List<String> later = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        later.add(farm.pledge(1 + i % 2));
      }

      for (String sector : later) {
        farm.awaitProving(1, sector);
        farm.awaitProving(2, sector);
      }
      farm.start(0);
      farm.awaitReady(0);
      String last = farm.pledge(0);
      farm.awaitProving(0, last);
    }
  }

  private static Set<String> hostsOf(TestFarm farm, String sector) throws Exception {
    Set<String> hosts = new TreeSet<>();
    for (JsonNode event :
        farm.calls(0).get("/sectors/" + sector + "/history?limit=200").path("history")) {
      String phase = event.path("phase").asText();
      if (!event.path("host").asText().isEmpty() && !phase.equals("Commit2")) {
        hosts.add(event.path("host").asText());
      }
    }
    return hosts;
  }

  private static void assertFilesAreOn(TestFarm farm, String sector, String owner)
      throws Exception {
    for (int host = 0; host < TestFarm.HOSTS; host++) {
      SectorFiles files = new SectorFiles(farm.repo(host), SectorId.parse(sector));
      boolean here = farm.id(host).equals(owner);
      assertEquals(here, Files.exists(files.sealed()), sector + ", replica, host " + host);
      assertEquals(here, Files.exists(files.seal()), sector + ", record, host " + host);
    }
  }
}
