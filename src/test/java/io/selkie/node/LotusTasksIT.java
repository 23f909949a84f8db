package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.SealedSector;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole node as the worker of a miner, with real phases up to Commit2, which takes minutes. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class LotusTasksIT {
  @TempDir Path temp;

  private Map<String, String> settings(LotusMinerStandIn miner) throws Exception {
    Path repo = temp.resolve("miner");
    miner.writeRepo(repo);
    Map<String, String> settings = TrialNode.settings();
    settings.put("selkie.lotus.enabled", "on");
    settings.put("selkie.lotus.address", "127.0.0.1:0");
    settings.put("selkie.storage-repo", repo.toString());
    settings.put("selkie.prover.executor", "in-process");
    settings.put("selkie.parallel.commit2", "0");
    return settings;
  }

  @Test
  void aMinersSectorIsSealedUpToCommit2() throws Exception {
    try (LotusMinerStandIn miner = LotusMinerStandIn.start(new MinerId(1000), SectorSize.KIB_2);
        NodeProcess node = NodeProcess.start(temp, settings(miner))) {
      await(node, "a worker", () -> !miner.workers().isEmpty());

      CompletableFuture<SealedSector> sector = miner.seal(7, SealProofType.STACKED_DRG_2KIB_V1_1);
      await(
          node,
          "Commit1",
          () -> miner.faults().calls("ReturnSealCommit1") > 0 || !miner.failures().isEmpty());

      assertEquals(List.of(), miner.failures(), node.log());
      assertEquals(List.of(), miner.violations(), node.log());
      sector.cancel(true);
    }
  }
}
