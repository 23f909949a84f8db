package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.SealWork.Commit1Result;
import io.selkie.proofs.SealWork.VerifySeal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A 2 KiB sector from random bytes to its proof, which is made once for all tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SealLifeIT {
  @TempDir static Path temp;

  private ProverProofs provers;
  private NativeProofs here;
  private TestSector.Replica replica;
  private byte[] commit1Output;
  private VerifySeal seal;

  @BeforeAll
  void sealTwoFiles() throws Exception {
    provers = RealProofs.provers(temp.resolve("jobs"));
    here = RealProofs.here();
    replica = TestSector.ofTwoFiles(temp.resolve("repo"), provers).replica(provers);
    Path vanilla = RealProofs.only(provers.commit1(List.of(replica.commit1()))).path();
    commit1Output = Files.readAllBytes(vanilla);
    TestSector sector = replica.sector();
    SealProof proof =
        RealProofs.only(
            provers.commit2(List.of(new SealWork.Commit2(sector.id(), sector.type(), vanilla))));
    seal =
        new VerifySeal(
            sector.id(),
            sector.type(),
            replica.commR(),
            replica.commD(),
            sector.ticket(),
            TestSector.SEED,
            proof);
  }

  @Test
  void theProofHoldsInAnotherProcess() throws Exception {
    assertTrue(here.verifySeal(seal));
  }

  @Test
  void anyFlippedBitOfTheTicketIsRefused() {
    FlippedBits.assertRefused(
        seal.ticket().bytes(),
        bits -> verifies(seal.commR(), seal.commD(), Ticket.of(bits), seal.seed()));
  }

  @Test
  void anyFlippedBitOfTheSeedIsRefused() {
    FlippedBits.assertRefused(
        seal.seed().bytes(),
        bits -> verifies(seal.commR(), seal.commD(), seal.ticket(), Seed.of(bits)));
  }

  @Test
  void anyFlippedBitOfCommRIsRefused() {
    FlippedBits.assertRefused(
        seal.commR().bytes(),
        bits -> verifies(CommR.of(bits), seal.commD(), seal.ticket(), seal.seed()));
  }

  @Test
  void anyFlippedBitOfCommDIsRefused() {
    FlippedBits.assertRefused(
        seal.commD().bytes(),
        bits -> verifies(seal.commR(), CommD.of(bits), seal.ticket(), seal.seed()));
  }

  @Test
  void anyFlippedBitOfTheProofIsRefused() {
    FlippedBits.assertRefused(
        seal.proof().bytes(), bits -> verifies(seal.sector(), new SealProof(bits)));
  }

  @Test
  void proofsThatAreNoPointsOfTheCurveAreRefused() throws Exception {
    byte[] zeros = new byte[192];
    byte[] ones = new byte[192];
    Arrays.fill(ones, (byte) 0xff);
    byte[] infinity = new byte[192];
    for (int start : new int[] {0, 48, 144}) {
      infinity[start] = (byte) 0xc0;
    }
    for (byte[] proof : List.of(zeros, ones, infinity)) {
      assertFalse(verifies(seal.sector(), new SealProof(Bytes.of(proof))));
    }
  }

  @Test
  void proofsOfAnotherLengthAreRefused() throws Exception {
    byte[] proof = seal.proof().bytes().toByteArray();
    for (int length : new int[] {0, 191, 193, 384}) {
      Bytes other = Bytes.of(Arrays.copyOf(proof, length));
      assertFalse(verifies(seal.sector(), new SealProof(other)));
    }
  }

  @Test
  void commitmentsOfZerosOrOutsideTheFieldAreRefused() throws Exception {
    for (int value : new int[] {0, 0xff}) {
      CommR commR = CommR.of(TestSector.filled(value));
      CommD commD = CommD.of(TestSector.filled(value));
      assertFalse(verifies(commR, seal.commD(), seal.ticket(), seal.seed()));
      assertFalse(verifies(seal.commR(), commD, seal.ticket(), seal.seed()));
    }
  }

  @Test
  void anotherMinerOrNumberIsRefused() throws Exception {
    // The prover id is made of the miner's number: 1001 and 1000 + 2^40 differ from it by one bit.
    for (long miner : new long[] {1001, 1000 + (1L << 40)}) {
      assertFalse(verifies(new SectorId(new MinerId(miner), 1), seal.proof()));
    }
    assertFalse(verifies(new SectorId(TestSector.MINER, 0), seal.proof()));
  }

  @Test
  void phasesInThisProcessGiveTheSameBytes() throws Exception {
    TestSector.Replica again = TestSector.ofTwoFiles(temp.resolve("again"), here).replica(here);
    assertEquals(replica.commR(), again.commR());
    assertEquals(replica.commD(), again.commD());
    Commit1Result vanilla = RealProofs.only(here.commit1(List.of(again.commit1())));
    assertArrayEquals(commit1Output, Files.readAllBytes(vanilla.path()));
  }

  @Test
  void aBrokenSectorLeavesTheOtherOfItsJobAlone() throws Exception {
    TestSector.Replica broken = replica.copiedTo(temp.resolve("broken"));
    Files.delete(broken.sector().layer(2));
    List<Outcome<Commit1Result>> outcomes =
        provers.commit1(List.of(broken.commit1(), replica.commit1()));
    ProofsFailure failure = RealProofs.failure(outcomes.get(0));
    assertEquals(ProofsFailure.Kind.MISSING, failure.kind());
    assertTrue(failure.message().contains(broken.sector().layer(2).toString()), failure.message());
    assertArrayEquals(commit1Output, Files.readAllBytes(outcomes.get(1).orThrow().path()));
  }

  @Test
  void bothSidesAreOneBuild() throws Exception {
    assertEquals(here.about(), provers.about());
    assertEquals(RealProofs.library().variant(), here.about().variant());
  }

  private boolean verifies(CommR commR, CommD commD, Ticket ticket, Seed seed)
      throws ProofsException {
    return here.verifySeal(
        new VerifySeal(seal.sector(), seal.proofType(), commR, commD, ticket, seed, seal.proof()));
  }

  private boolean verifies(SectorId sector, SealProof proof) throws ProofsException {
    return here.verifySeal(
        new VerifySeal(
            sector,
            seal.proofType(),
            seal.commR(),
            seal.commD(),
            seal.ticket(),
            seal.seed(),
            proof));
  }
}
