package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.UpdateProof;
import io.selkie.filecoin.UpdateProofType;
import io.selkie.lotus.UpdatedSector;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.UpdateWork;
import io.selkie.selftest.NodeProcess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node updates a sector for a miner (SnapDeals), with the Groth proof. */
@Timeout(900)
class LotusUpdateSlowIT extends LotusUpdateTrial {
  @Test
  void theProofOfTheUpdateHolds() throws Exception {
    try (NodeProcess node = start()) {
      UpdatedSector updated = updated(node, update(6, true));

      assertEquals(List.of(), miner.failures(), () -> text(node));
      Bytes proof = updated.proof().orElseThrow();
      UpdateWork.VerifyUpdate claim =
          new UpdateWork.VerifyUpdate(
              UpdateProofType.forSectorSize(TYPE.sectorSize()),
              updated.cids().sealed(),
              updated.update().newSealed(),
              updated.update().newUnsealed(),
              new UpdateProof(proof));
      assertTrue(NativeProofs.load(ProofsLibrary.find(ConfigFactory.load())).verifyUpdate(claim));
    }
  }
}
