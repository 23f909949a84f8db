package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.SealedSector;
import io.selkie.selftest.EndsProvers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Pieces that a miner pushes to a farm of two hosts. */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class PushedPiecesIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final Duration REGISTERED = Duration.ofSeconds(90);

  @TempDir Path directory;

  private static byte[] piece() {
    byte[] piece = new byte[1016];
    new Random().nextBytes(piece);
    return piece;
  }

  @Test
  void theBytesGoToTheHostThatAddsThem() throws Exception {
    Random random = new Random();
    MinerId id = new MinerId(1000 + random.nextInt(1000));
    try (LotusMinerStandIn miner = LotusMinerStandIn.start(id, SectorSize.KIB_2);
        TestFarm farm = TestFarm.in(directory)) {
      miner.writeRepo(directory.resolve("miner"));
      farm.set("selkie.lotus.enabled", "on");
      farm.set("selkie.lotus.address", "127.0.0.1:0");
      farm.set("selkie.storage-repo", directory.resolve("miner").toString());
      farm.set("selkie.chain", "none");
      farm.start(0);
      farm.awaitReady(0);
      miner.awaitWorkers(1, REGISTERED); // so that the first host has the link
      farm.start(1);
      farm.awaitReady(1);
      farm.await(
          "the cordon",
          () ->
              farm.calls(1).send("POST", "/hosts/" + farm.id(0) + "/cordon", "").join().statusCode()
                  == 200);

      CompletableFuture<SealedSector> first =
          miner.seal(10L * random.nextInt(100_000), TYPE, piece());
      CompletableFuture<SealedSector> second =
          miner.seal(10L * random.nextInt(100_000) + 1, TYPE, piece());

      farm.await("sealed sectors", () -> first.isDone() && second.isDone());
      assertEquals(List.of(), miner.violations());
      assertEquals(List.of(), miner.failures());
      for (SealedSector sealed : List.of(first.get(), second.get())) {
        String told = "a piece of " + sealed.sector().id() + " goes to host " + farm.id(1);
        assertTrue(farm.node(0).log().contains(told), farm.node(0).log());
      }
    }
  }
}
