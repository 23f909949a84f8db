package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.selkie.lotus.SealedSector;
import io.selkie.lotus.StandInFaults;
import io.selkie.selftest.NodeProcess;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A node that seals for a miner, and what may happen to both meanwhile. */
class MinerIT extends MinerTrial {
  @Test
  void sectorsAreSealedFromAddPieceToThePullOfTheMiner() throws Exception {
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      byte[] data = new byte[1016];
      new Random().nextBytes(data);

      List<CompletableFuture<SealedSector>> begun = sealAll();
      SealedSector withPiece = miner.seal(77, TYPE, data).get(SEALED_SECONDS, TimeUnit.SECONDS);
      List<SealedSector> sealed = await(begun);

      assertEquals(2, withPiece.pieces().size());
      assertEquals(2048, withPiece.replica().size());
      assertFalse(withPiece.cache().isEmpty());
      assertEquals(List.of(), sealed.stream().filter(one -> one.replica().size() != 2048).toList());
      assertMinerIsContent();
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void aNodeThatIsKilledAgainAndAgainLosesNoCallAndRepeatsNoPhase() throws Exception {
    slowPhases();
    List<CompletableFuture<SealedSector>> begun = List.of();
    for (int life = 0; life < 4; life++) {
      try (NodeProcess node = start()) {
        miner.awaitWorkers(1, REGISTERED);
        if (life == 0) {
          begun = sealAll();
          awaitStarted("sealPreCommit1");
        } else {
          TimeUnit.MILLISECONDS.sleep(new Random().nextInt(2500));
        }
        node.kill();
      }
    }
    try (NodeProcess node = start()) {
      List<SealedSector> sealed = await(begun);

      assertEachPhaseOnce(sealed);
      assertEquals(List.of(), miner.violations());
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void aMinerThatRestartsIsWorkedForAgainAndGetsWhatRan() throws Exception {
    slowPhases();
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      List<CompletableFuture<SealedSector>> begun = sealAll();
      awaitStarted("sealPreCommit1");
      miner.restart(Duration.ofSeconds(1));
      awaitStarted("sealCommit2");
      miner.restart(Duration.ofSeconds(3));

      List<SealedSector> sealed = await(begun);

      assertEachPhaseOnce(sealed);
      assertMinerIsContent();
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void whatIsLostOnTheWireIsSaidAgain() throws Exception {
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      miner.startTwice(true);
      for (String method :
          List.of("ReturnSealPreCommit1", "ReturnSealCommit1", "StorageDeclareSector")) {
        miner.faults().loseNextAnswer(method, StandInFaults.Loss.CUT);
        miner.faults().loseNextAnswer(method, StandInFaults.Loss.BAD_GATEWAY);
      }
      miner.faults().delayAnswers(Duration.ofMillis(50));

      List<SealedSector> sealed = await(sealAll());

      assertEachPhaseOnce(sealed);
      assertMinerIsContent();
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  private void awaitStarted(String method) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(SEALED_SECONDS).toNanos();
    while (miner.log().stream().noneMatch(line -> line.startsWith(method))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nobody was asked for " + method + ": " + miner.log());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
