package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SealProofType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Winning PoSt over a 2 KiB replica. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WinningPostSlowIT {
  private static final PostProofType TYPE = PostProofType.STACKED_DRG_WINNING_2KIB_V1;
  private static final PostRandomness RANDOMNESS = PostRandomness.of(TestSector.filled(0xe1));
  private static final PostRandomness OTHER = PostRandomness.of(TestSector.filled(0xe2));
  private static final long NUMBER = 12;

  @TempDir static Path temp;

  private ProverProofs provers;
  private NativeProofs here;
  private TestSector.Replica replica;
  private PostProof proof;

  @BeforeAll
  void proveASector() throws Exception {
    provers = RealProofs.provers(temp.resolve("jobs"));
    here = RealProofs.here();
    Path file = Files.write(temp.resolve("file"), TestSector.data(2032, 6));
    replica =
        TestSector.in(temp.resolve("repo"), NUMBER, SealProofType.STACKED_DRG_2KIB_V1_1)
            .filledFrom(provers, PieceSource.file(file, 2032))
            .replica(provers);
    Bytes vanilla =
        RealProofs.only(
            provers.vanillaPost(
                new PostWork.VanillaPost(
                    TYPE,
                    RANDOMNESS,
                    TestSector.MINER,
                    List.of(replica.forPost()),
                    Optional.empty())));
    proof =
        provers.provePost(
            new PostWork.ProvePost(
                TYPE, RANDOMNESS, TestSector.MINER, List.of(vanilla), Optional.empty()));
  }

  @Test
  void theProofHoldsInAnotherProcess() throws Exception {
    assertTrue(here.verifyPost(verify(RANDOMNESS, replica.commR(), proof.bytes())));
  }

  @Test
  void otherRandomnessIsRefused() throws Exception {
    assertFalse(here.verifyPost(verify(OTHER, replica.commR(), proof.bytes())));
  }

  @Test
  void anotherReplicaIsRefused() throws Exception {
    CommR other = CommR.of(TestSector.filled(3));
    assertFalse(here.verifyPost(verify(RANDOMNESS, other, proof.bytes())));
  }

  @Test
  void anyFlippedBitOfTheProofIsRefused() {
    FlippedBits.assertRefused(
        proof.bytes(), bits -> here.verifyPost(verify(RANDOMNESS, replica.commR(), bits)));
  }

  @Test
  void theDrawIsAmongTheEligibleAndTheSameForAll() throws Exception {
    for (long eligible : new long[] {1, 2, 1000}) {
      PostWork.WinningSectors draw =
          new PostWork.WinningSectors(TYPE, RANDOMNESS, TestSector.MINER, eligible);
      List<Long> drawn = here.winningSectors(draw);
      assertEquals(1, drawn.size());
      assertTrue(drawn.get(0) >= 0 && drawn.get(0) < eligible, drawn.toString());
      assertEquals(drawn, provers.winningSectors(draw));
    }
  }

  @Test
  void nothingIsDrawnFromNothing() {
    PostWork.WinningSectors draw =
        new PostWork.WinningSectors(TYPE, RANDOMNESS, TestSector.MINER, 0);
    assertThrows(ProofsException.class, () -> provers.winningSectors(draw));
  }

  private static PostWork.VerifyPost verify(PostRandomness randomness, CommR commR, Bytes bytes) {
    return new PostWork.VerifyPost(
        randomness,
        TestSector.MINER,
        List.of(new PostWork.PublicReplica(NUMBER, commR)),
        new PostProof(TYPE, bytes));
  }
}
