package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.UpdatedSector;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What tests share of a node that updates sectors for a miner, with real proofs. */
@ExtendWith(EndsProvers.class)
abstract class LotusUpdateTrial {
  static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;

  @TempDir Path temp;
  MinerId id;
  LotusMinerStandIn miner;
  Map<String, String> settings;

  @BeforeEach
  void startMiner() throws Exception {
    id = new MinerId(1000 + new Random().nextInt(1000));
    miner = LotusMinerStandIn.start(id, SectorSize.KIB_2);
    miner.writeRepo(temp.resolve("miner"));
    settings = TrialNode.settings();
    settings.put("selkie.lotus.enabled", "on");
    settings.put("selkie.lotus.address", "127.0.0.1:" + MinerTrial.freePort());
    settings.put("selkie.storage-repo", temp.resolve("miner").toString());
    settings.put("selkie.chain", "none");
  }

  @AfterEach
  void stopMiner() throws Exception {
    miner.close();
  }

  NodeProcess start() throws Exception {
    return NodeProcess.start(temp.resolve("node"), settings);
  }

  CompletableFuture<UpdatedSector> update(long number, boolean proves) {
    byte[] piece = new byte[1016];
    new Random().nextBytes(piece);
    return miner.update(number, TYPE, piece, proves);
  }

  void awaitStart(NodeProcess node, String method) throws Exception {
    await(
        node,
        method,
        () ->
            miner.log().stream().anyMatch(one -> one.startsWith(method + " "))
                || !miner.violations().isEmpty());
  }

  UpdatedSector updated(NodeProcess node, CompletableFuture<UpdatedSector> sector)
      throws Exception {
    await(node, "an updated sector", () -> sector.isDone() || !miner.violations().isEmpty());
    assertEquals(List.of(), miner.violations(), () -> miner.log() + "\n" + text(node));
    return sector.get();
  }

  Path file(String type, long number) {
    return temp.resolve("node/repo").resolve(type).resolve(new SectorId(id, number).toString());
  }

  static String text(NodeProcess node) {
    try {
      return node.log();
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
