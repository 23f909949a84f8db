package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.SealedSector;
import io.selkie.lotus.StandInFaults.Loss;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole node as the worker of a miner. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class LotusTasksIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;

  @TempDir Path temp;
  private LotusMinerStandIn miner;

  @BeforeEach
  void startMiner() throws Exception {
    miner = LotusMinerStandIn.start(new MinerId(1000), SectorSize.KIB_2);
    miner.writeRepo(temp.resolve("miner"));
  }

  @AfterEach
  void stopMiner() throws Exception {
    miner.close();
  }

  private Map<String, String> settings() {
    Map<String, String> settings = TrialNode.settings();
    settings.put("selkie.lotus.enabled", "on");
    settings.put("selkie.lotus.address", "127.0.0.1:0");
    settings.put("selkie.storage-repo", temp.resolve("miner").toString());
    return settings;
  }

  private Map<String, String> standInProofs() {
    Map<String, String> settings = settings();
    settings.put("selkie.test.stand-in-proofs", "on");
    return settings;
  }

  private NodeProcess start(Map<String, String> settings) throws Exception {
    NodeProcess node = NodeProcess.start(temp, settings);
    await(node, "a worker", () -> !miner.workers().isEmpty());
    return node;
  }

  /** Waits for it, and for no other way that it may end. */
  private SealedSector sealed(NodeProcess node, CompletableFuture<SealedSector> sector)
      throws Exception {
    await(node, "a sealed sector", sector::isDone);
    assertEquals(List.of(), miner.violations(), () -> miner.log() + "\n" + text(node));
    return sector.get();
  }

  private static String text(NodeProcess node) {
    try {
      return node.log();
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  @Test
  void realPhasesUpToCommit2WhichTakesMinutes() throws Exception {
    Map<String, String> settings = settings();
    settings.put("selkie.prover.executor", "in-process");
    settings.put("selkie.parallel.commit2", "0");
    try (NodeProcess node = start(settings)) {
      CompletableFuture<SealedSector> sector = miner.seal(7, TYPE);
      await(
          node,
          "Commit1",
          () -> miner.faults().calls("ReturnSealCommit1") > 0 || !miner.failures().isEmpty());

      assertEquals(List.of(), miner.failures(), () -> text(node));
      assertEquals(List.of(), miner.violations(), () -> text(node));
      sector.cancel(true);
    }
  }

  @Test
  void sectorsGoAllTheWayAndTheMinerPullsThem() throws Exception {
    byte[] piece = new byte[1016];
    new Random().nextBytes(piece);
    try (NodeProcess node = start(standInProofs())) {
      CompletableFuture<SealedSector> first = miner.seal(1, TYPE);
      CompletableFuture<SealedSector> second = miner.seal(2, TYPE, piece);

      assertEquals(2048, sealed(node, first).replica().size());
      assertEquals(2, sealed(node, second).pieces().size());
      assertEquals(List.of(), miner.failures(), () -> text(node));
    }
  }

  @Test
  void callsThatComeTwiceLostAnswersAndARestartOfTheMinerDoNoHarm() throws Exception {
    miner.startTwice(true);
    for (String method : List.of("AddPiece", "SealPreCommit1", "SealCommit1", "FinalizeSector")) {
      miner.faults().loseNextAnswer("Return" + method, Loss.CUT);
      miner.faults().loseNextAnswer("Return" + method, Loss.BAD_GATEWAY);
    }
    try (NodeProcess node = start(standInProofs())) {
      CompletableFuture<SealedSector> sector = miner.seal(3, TYPE);
      await(node, "PreCommit1", () -> miner.faults().calls("ReturnSealPreCommit1") > 0);

      miner.restart(Duration.ofSeconds(1));

      sealed(node, sector);
      await(node, "a result that is told again", () -> miner.calls().repeated() > 0);
    }
  }

  @Test
  void aNodeThatIsKilledGoesOnAtAnotherPort() throws Exception {
    CompletableFuture<SealedSector> sector;
    Map<String, String> settings = standInProofs();
    settings.put("selkie.test.phase-times.0", "PreCommit1=3000");
    try (NodeProcess node = start(settings)) {
      sector = miner.seal(4, TYPE);
      await(
          node,
          "PreCommit1",
          () -> miner.log().stream().anyMatch(one -> one.startsWith("sealPreCommit1")));
      node.kill();
    }
    try (NodeProcess node = NodeProcess.start(temp, settings)) {
      sealed(node, sector);
      assertEquals(1, miner.log().stream().filter(one -> one.startsWith("sealPreCommit1")).count());
    }
  }
}
