package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.AggregateProof;
import io.selkie.filecoin.AggregationType;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.AggregateWork.Aggregate;
import io.selkie.proofs.AggregateWork.ProvedSector;
import io.selkie.proofs.AggregateWork.VerifyAggregate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One proof for many seals. One 2 KiB seal is proved and stands for several. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AggregateSlowIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final int SEALS = 3;

  @TempDir static Path temp;

  private ProverProofs provers;
  private NativeProofs here;
  private ProvedSector proved;
  private AggregateProof aggregate;

  @BeforeAll
  void proveASealAndAggregateIt() throws Exception {
    provers = RealProofs.provers(temp.resolve("jobs"));
    here = RealProofs.here();
    Path file = Files.write(temp.resolve("file"), TestSector.data(2032, 7));
    TestSector.Replica replica =
        TestSector.in(temp.resolve("repo"), 1, TYPE)
            .filledFrom(provers, PieceSource.file(file, 2032))
            .replica(provers);
    TestSector sector = replica.sector();
    Path vanilla =
        RealProofs.only(
                provers.commit1(
                    List.of(sector.commit1(replica.commR(), replica.commD(), TestSector.SEED))))
            .path();
    SealProof proof =
        RealProofs.only(provers.commit2(List.of(new SealWork.Commit2(sector.id(), TYPE, vanilla))));
    proved =
        new ProvedSector(
            sector.id(),
            replica.commR(),
            replica.commD(),
            sector.ticket(),
            TestSector.SEED,
            Optional.of(proof));
    aggregate = provers.aggregate(aggregate(AggregationType.SNARK_PACK_V2));
  }

  private Aggregate aggregate(AggregationType type) {
    return new Aggregate(TYPE, type, Collections.nCopies(SEALS, proved));
  }

  @Test
  void theAggregateHoldsInAnotherProcess() throws Exception {
    assertTrue(verifies(unproved(proved.commR(), proved.seed()), aggregate));
  }

  @ParameterizedTest
  @EnumSource
  void eachWayToAggregateHoldsForItself(AggregationType type) throws Exception {
    AggregateProof made = provers.aggregate(aggregate(type));
    assertTrue(verifies(type, unproved(proved.commR(), proved.seed()), made));
    for (AggregationType other : AggregationType.values()) {
      assertEquals(other == type, verifies(other, unproved(proved.commR(), proved.seed()), made));
    }
  }

  @Test
  void anotherSealInItIsRefused() throws Exception {
    CommR commR = CommR.of(TestSector.filled(1));
    Seed seed = Seed.of(TestSector.filled(1));
    assertFalse(verifies(unproved(commR, proved.seed()), aggregate));
    assertFalse(verifies(unproved(proved.commR(), seed), aggregate));
    ProvedSector otherData = with(proved.sector(), CommD.of(TestSector.filled(1)), proved.ticket());
    ProvedSector otherTicket = with(proved.sector(), proved.commD(), TestSector.OTHER_TICKET);
    ProvedSector otherSector =
        with(new SectorId(TestSector.MINER, 2), proved.commD(), proved.ticket());
    for (ProvedSector other : List.of(otherData, otherTicket, otherSector)) {
      assertFalse(verifies(other, aggregate));
    }
  }

  @Test
  void aDamagedAggregateIsRefused() throws Exception {
    byte[] bytes = aggregate.bytes().toByteArray();
    for (int at = 0; at < bytes.length; at += 97) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      AggregateProof other = new AggregateProof(Bytes.of(damaged));
      assertFalse(verifies(unproved(proved.commR(), proved.seed()), other), "byte " + at);
    }
  }

  @Test
  void anAggregateThatIsCutOffIsRefused() throws Exception {
    byte[] bytes = aggregate.bytes().toByteArray();
    AggregateProof half = new AggregateProof(Bytes.of(Arrays.copyOf(bytes, bytes.length / 2)));
    assertFalse(verifies(unproved(proved.commR(), proved.seed()), half));
  }

  @Test
  void aSealWithoutItsProofIsNotAggregated() {
    Aggregate work =
        new Aggregate(
            TYPE,
            AggregationType.SNARK_PACK_V2,
            List.of(proved, unproved(proved.commR(), proved.seed())));
    ProofsException refused = assertThrows(ProofsException.class, () -> provers.aggregate(work));
    assertTrue(refused.getMessage().contains("s-t01000-1 has no proof"), refused.getMessage());
  }

  private boolean verifies(ProvedSector sector, AggregateProof proof) throws ProofsException {
    return verifies(AggregationType.SNARK_PACK_V2, sector, proof);
  }

  private boolean verifies(AggregationType type, ProvedSector sector, AggregateProof proof)
      throws ProofsException {
    return here.verifyAggregate(
        new VerifyAggregate(TYPE, type, Collections.nCopies(SEALS, sector), proof));
  }

  private ProvedSector unproved(CommR commR, Seed seed) {
    return new ProvedSector(
        proved.sector(), commR, proved.commD(), proved.ticket(), seed, Optional.empty());
  }

  private ProvedSector with(SectorId sector, CommD commD, Ticket ticket) {
    return new ProvedSector(sector, proved.commR(), commD, ticket, proved.seed(), Optional.empty());
  }
}
