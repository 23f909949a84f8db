package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.SealedSector;
import io.selkie.lotus.StandInWorker;
import io.selkie.selftest.EndsProvers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts of a farm, each a worker of its own to the miner. */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class OneWorkerPerHostIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final Duration REGISTERED = Duration.ofSeconds(90);

  @TempDir Path directory;

  @Test
  void eachDoesWhatTheMinerAsksOfIt() throws Exception {
    Random random = new Random();
    MinerId id = new MinerId(1000 + random.nextInt(1000));
    try (LotusMinerStandIn miner = LotusMinerStandIn.start(id, SectorSize.KIB_2);
        TestFarm farm = TestFarm.in(directory)) {
      miner.writeRepo(directory.resolve("miner"));
      farm.set("selkie.lotus.enabled", "on");
      farm.set("selkie.lotus.address", "127.0.0.1:0");
      farm.set("selkie.lotus.one-worker-per-host", "on");
      farm.set("selkie.storage-repo", directory.resolve("miner").toString());
      farm.set("selkie.chain", "none");
      for (String phase : List.of("addpiece", "precommit1", "precommit2", "commit1")) {
        farm.set(1, "selkie.parallel." + phase, "0");
      }
      farm.start(0);
      farm.start(1);
      farm.awaitReady(0);
      farm.awaitReady(1);
      List<StandInWorker> workers = miner.awaitWorkers(2, REGISTERED);
      assertNotEquals(workers.get(0).url(), workers.get(1).url());
      assertNotEquals(workers.get(0).firstTasks(), workers.get(1).firstTasks());

      CompletableFuture<SealedSector> sector = miner.seal(random.nextInt(1_000_000), TYPE);
      farm.await("a sealed sector", sector::isDone);

      assertEquals(List.of(), miner.violations());
      assertEquals(List.of(), miner.failures());
      String name = sector.get().sector().id().toString();
      // A miner gives the proof to the worker that takes the fewest kinds of tasks.
      assertTrue(Files.readString(farm.state(1).resolve("provers.log")).contains(name));
      String first = Files.readString(farm.state(0).resolve("provers.log"));
      assertTrue(first.contains(name + ".g1.") && !first.contains(".Commit2."), first);
    }
  }
}
