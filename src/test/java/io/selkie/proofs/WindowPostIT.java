package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SealProofType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Window PoSt over two 2 KiB replicas; the Groth proof is made once for all tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WindowPostIT {
  private static final PostProofType TYPE = PostProofType.STACKED_DRG_WINDOW_2KIB_V1_1;
  private static final PostRandomness RANDOMNESS = PostRandomness.of(TestSector.filled(0xf1));
  private static final PostRandomness OTHER = PostRandomness.of(TestSector.filled(0xf2));

  @TempDir static Path temp;

  private ProverProofs provers;
  private NativeProofs here;
  private List<TestSector.Replica> replicas;
  private List<Bytes> vanilla;
  private PostProof proof;

  @BeforeAll
  void proveTwoSectors() throws Exception {
    provers = RealProofs.provers(temp.resolve("jobs"));
    here = RealProofs.here();
    replicas = new ArrayList<>();
    for (int number = 1; number <= 2; number++) {
      Path file = Files.write(temp.resolve("file"), TestSector.data(2032, number));
      replicas.add(
          TestSector.in(temp.resolve("repo"), number, SealProofType.STACKED_DRG_2KIB_V1_1)
              .filledFrom(provers, PieceSource.file(file, 2032))
              .replica(provers));
    }
    vanilla = new ArrayList<>();
    for (Outcome<Bytes> outcome : provers.vanillaPost(vanillaOf(replicas))) {
      vanilla.add(outcome.orThrow());
    }
    proof = provers.provePost(prove(vanilla));
  }

  private static PostWork.VanillaPost vanillaOf(List<TestSector.Replica> replicas) {
    return new PostWork.VanillaPost(
        TYPE,
        RANDOMNESS,
        TestSector.MINER,
        replicas.stream().map(TestSector.Replica::forPost).toList(),
        Optional.empty());
  }

  private static PostWork.ProvePost prove(List<Bytes> vanilla) {
    return new PostWork.ProvePost(TYPE, RANDOMNESS, TestSector.MINER, vanilla, Optional.empty());
  }

  private PostWork.VerifyPost verify(PostRandomness randomness, Bytes bytes) {
    List<PostWork.PublicReplica> known =
        replicas.stream()
            .map(r -> new PostWork.PublicReplica(r.sector().id().number(), r.commR()))
            .toList();
    return new PostWork.VerifyPost(randomness, TestSector.MINER, known, new PostProof(TYPE, bytes));
  }

  @Test
  void theProofHoldsInAnotherProcess() throws Exception {
    assertTrue(here.verifyPost(verify(RANDOMNESS, proof.bytes())));
  }

  @Test
  void otherRandomnessIsRefused() throws Exception {
    assertFalse(here.verifyPost(verify(OTHER, proof.bytes())));
  }

  @Test
  void otherReplicasAreRefused() throws Exception {
    var first = replicas.get(0).commR();
    var second = replicas.get(1).commR();
    List<List<PostWork.PublicReplica>> others =
        List.of(
            List.of(new PostWork.PublicReplica(1, second), new PostWork.PublicReplica(2, first)),
            List.of(new PostWork.PublicReplica(1, first), new PostWork.PublicReplica(3, second)),
            List.of(new PostWork.PublicReplica(1, first)));
    for (List<PostWork.PublicReplica> other : others) {
      assertFalse(
          here.verifyPost(new PostWork.VerifyPost(RANDOMNESS, TestSector.MINER, other, proof)));
    }
  }

  @Test
  void anyFlippedBitOfTheProofIsRefused() {
    FlippedBits.assertRefused(proof.bytes(), bits -> here.verifyPost(verify(RANDOMNESS, bits)));
  }

  @Test
  void aSectorWithoutItsSealedFileIsFaultyAndTheOtherIsProved() throws Exception {
    TestSector.Replica broken = replicas.get(1).copiedTo(temp.resolve("no-sealed"));
    Files.delete(broken.sector().files().sealed());
    List<Outcome<Bytes>> outcomes =
        provers.vanillaPost(vanillaOf(List.of(replicas.get(0), broken)));
    ProofsFailure failure = RealProofs.failure(outcomes.get(1));
    assertEquals(List.of(2L), failure.faultySectors());
    assertEquals(ProofsFailure.Kind.MISSING, failure.kind());
    assertTrue(failure.message().contains(broken.sector().files().sealed().toString()));
    assertEquals(vanilla.get(0), outcomes.get(0).orThrow());
  }

  @Test
  void aDamagedReplicaIsFaulty() throws Exception {
    TestSector.Replica broken = replicas.get(1).copiedTo(temp.resolve("damaged"));
    byte[] sealed = Files.readAllBytes(broken.sector().files().sealed());
    for (int i = 0; i < sealed.length; i += 32) {
      sealed[i] ^= 1;
    }
    Files.write(broken.sector().files().sealed(), sealed);
    List<Outcome<Bytes>> outcomes =
        provers.vanillaPost(vanillaOf(List.of(replicas.get(0), broken)));
    assertEquals(List.of(2L), RealProofs.failure(outcomes.get(1)).faultySectors());
    assertEquals(vanilla.get(0), outcomes.get(0).orThrow());
  }

  @Test
  void aDamagedVanillaProofIsRefused() {
    byte[] damaged = vanilla.get(1).toByteArray();
    damaged[damaged.length / 2] ^= 1;
    byte[] cutOff = Arrays.copyOf(vanilla.get(1).toByteArray(), 100);
    for (byte[] bad : List.of(damaged, cutOff, new byte[0])) {
      ProofsException refused =
          assertThrows(
              ProofsException.class,
              () -> provers.provePost(prove(List.of(vanilla.get(0), Bytes.of(bad)))));
      assertEquals(ProofsFailure.Kind.ERROR, refused.failure().kind(), refused.getMessage());
    }
  }

  @Test
  void clearingTheCacheLeavesWhatAPostNeeds() throws Exception {
    TestSector.Replica copy = replicas.get(1).copiedTo(temp.resolve("cleared"));
    assertEquals(4, RealProofs.only(provers.clearCache(List.of(copy.sector().clearCache()))));
    assertEquals(
        List.of("p_aux", "sc-02-data-tree-r-last.dat", "t_aux"),
        List.of(copy.sector().files().cache().toFile().list()).stream().sorted().toList());
    List<Outcome<Bytes>> outcomes = provers.vanillaPost(vanillaOf(List.of(replicas.get(0), copy)));
    assertEquals(vanilla.get(1), outcomes.get(1).orThrow());
  }
}
