package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.proofs.SealWork.PreCommit1Result;
import io.selkie.proofs.SealWork.PreCommit2Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Provers of an 8 MiB sector die in the middle; the request is repeated. Each test works on a copy,
 * and an uninterrupted run says what has to come out.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumeIT {
  @TempDir static Path temp;

  private ProverSettings settings;
  private Proofs proofs;
  private TestSector added;
  private TestSector labelled;
  private PreCommit1Result labels;
  private TestSector.Replica reference;
  private Path mine;

  @BeforeAll
  void sealWithoutInterruption() throws Exception {
    settings = RealProofs.settings(temp.resolve("jobs"));
    proofs = new ProverProofs(settings);
    SealProofType type = SealProofType.STACKED_DRG_8MIB_V1_1;
    int bytes = Math.toIntExact(type.sectorSize().unpadded().bytes());
    Path file = Files.write(temp.resolve("file"), TestSector.data(bytes, 8));
    added =
        TestSector.in(temp.resolve("added"), 1, type)
            .filledFrom(proofs, PieceSource.file(file, bytes));
    labelled = added.copiedTo(temp.resolve("labelled"));
    labels = RealProofs.only(proofs.preCommit1(List.of(labelled.preCommit1())));
    TestSector sealed = labelled.copiedTo(temp.resolve("sealed"));
    PreCommit2Result replica =
        RealProofs.only(proofs.preCommit2(List.of(sealed.preCommit2(labels.output()))));
    reference = new TestSector.Replica(sealed, labels.output(), replica.commD(), replica.commR());
  }

  @BeforeEach
  void takeADirectory(TestInfo test) {
    mine = temp.resolve(test.getTestMethod().orElseThrow().getName());
  }

  @Test
  void aRepeatedPreCommit1KeepsTheLayerThatWasComplete() throws Exception {
    TestSector killed = Resume.killedInLayer2(settings, added, mine);
    PreCommit1Result resumed = RealProofs.only(proofs.preCommit1(List.of(killed.preCommit1())));
    assertEquals(1, resumed.keptLayers());
    assertEquals(labels.commD(), resumed.commD());
    Resume.assertSameLayers(labelled, killed);
    PreCommit2Result replica =
        RealProofs.only(proofs.preCommit2(List.of(killed.preCommit2(resumed.output()))));
    assertEquals(reference.commR(), replica.commR());
    assertEquals(reference.commD(), replica.commD());
    assertFalse(replica.rebuilt());
  }

  @Test
  void aKilledPreCommit1OfAnotherTicketLeavesNothingToKeep() throws Exception {
    TestSector killed =
        Resume.killedInLayer2(settings, added.with(TestSector.OTHER_TICKET), mine)
            .with(TestSector.TICKET);
    PreCommit1Result fresh = RealProofs.only(proofs.preCommit1(List.of(killed.preCommit1())));
    assertEquals(0, fresh.keptLayers());
    Resume.assertSameLayers(labelled, killed);
  }

  @Test
  void aFlippedBitInAKeptLayerIsNoticed() throws Exception {
    TestSector killed = Resume.killedInLayer2(settings, added, mine);
    TestSector.flipABit(killed.layer(1));
    PreCommit1Result fresh = RealProofs.only(proofs.preCommit1(List.of(killed.preCommit1())));
    assertEquals(0, fresh.keptLayers());
    Resume.assertSameLayers(labelled, killed);
  }

  @Test
  void preCommit2KilledWhileItEncodesIsRebuiltFromTheUnsealedFile() throws Exception {
    TestSector killed = labelled.copiedTo(mine);
    killInPreCommit2(killed, "treeR", () -> differ(killed, added.files().unsealed()));
    PreCommit2Result rebuilt =
        RealProofs.only(proofs.preCommit2(List.of(killed.preCommit2(labels.output()))));
    assertTrue(rebuilt.rebuilt());
    assertEquals(reference.commR(), rebuilt.commR());
  }

  @Test
  void preCommit2WithoutTheUnsealedFileIsRebuiltFromTheCopyItTook() throws Exception {
    TestSector killed = labelled.copiedTo(mine);
    Files.delete(killed.files().unsealed());
    killInPreCommit2(killed, "treeR", () -> differ(killed, added.files().unsealed()));
    PreCommit2Result rebuilt =
        RealProofs.only(proofs.preCommit2(List.of(killed.preCommit2(labels.output()))));
    assertTrue(rebuilt.rebuilt());
    assertEquals(reference.commR(), rebuilt.commR());
    assertEquals(-1, Files.mismatch(reference.sector().files().sealed(), killed.files().sealed()));
    Path copy = killed.files().scratch().resolve(killed.id() + ".data");
    assertFalse(Files.exists(copy), "the copy has served");
  }

  private void killInPreCommit2(TestSector sector, String stage, KilledProver.Moment moment) {
    ProofsException killed =
        KilledProver.kill(
            settings,
            progress -> progress.stage().equals(stage),
            moment,
            watched ->
                RealProofs.only(watched.preCommit2(List.of(sector.preCommit2(labels.output())))));
    assertNotNull(killed, "PreCommit2 came through before it was killed");
    assertEquals(ProofsFailure.Kind.DIED, killed.failure().kind(), killed.getMessage());
  }

  private static boolean differ(TestSector sector, Path data) throws IOException {
    return Files.mismatch(sector.files().sealed(), data) >= 0;
  }
}
