package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.selftest.EndsProvers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that the others do not reach, and that reaches the database: the lease there decides that
 * one side goes on.
 */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class PartitionIT {
  @TempDir Path directory;

  @BeforeEach
  void needsNamespaces() throws Exception {
    Assumptions.assumeTrue(
        TestNetwork.isPossible(), "needs to make network namespaces: run as root");
  }

  @Test
  void theSideOfTwoGoesOnAndTheHostAloneEndsUntilItIsBack() throws Exception {
    try (TestNetwork network = TestNetwork.make();
        TestFarm farm = TestFarm.in(directory, network, network.postgres()).startAll()) {
      List<String> sectors = new ArrayList<>();
      for (int host = 0; host < TestFarm.HOSTS; host++) {
        sectors.add(farm.pledge(host));
      }

      network.cut(0);
      farm.await("the host alone to end", () -> !farm.node(0).isAlive());
      assertTrue(farm.node(1).isAlive() && farm.node(2).isAlive(), "the side of two ended");
      String meanwhile = farm.pledge(1);
      sectors.add(meanwhile);
      farm.awaitProving(2, meanwhile);

      network.mend(0);
      farm.start(0);
      farm.awaitReady(0);
      for (String sector : sectors) {
        farm.awaitProving(0, sector);
      }
      FarmInvariants.check(farm, sectors);
    }
  }

  @Test
  void aFirstSeedThatRestartsWhileItIsCutOffBeginsNoFarmOfItsOwn() throws Exception {
    try (TestNetwork network = TestNetwork.make();
        TestFarm farm = TestFarm.in(directory, network, network.postgres()).startAll()) {
      List<String> sectors = new ArrayList<>();
      for (int host = 0; host < TestFarm.HOSTS; host++) {
        sectors.add(farm.pledge(host));
      }

      network.cut(0);
      farm.node(0).kill();
      farm.start(0);
      String meanwhile = farm.pledge(1);
      sectors.add(meanwhile);
      farm.awaitProving(2, meanwhile);
      assertEquals(503, farm.calls(0).send("GET", "/ready", "").join().statusCode());
      assertTrue(farm.node(0).isAlive(), "the host alone ended");

      network.mend(0);
      farm.awaitReady(0);
      for (String sector : sectors) {
        farm.awaitProving(0, sector);
      }
      FarmInvariants.check(farm, sectors);
    }
  }
}
