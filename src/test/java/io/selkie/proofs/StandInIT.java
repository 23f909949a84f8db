package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Provers that stand in for real ones, started as a node starts them. */
@Timeout(120)
class StandInIT {
  private static final String JOB = "s-t01000-1.g1.t2.PreCommit1.a";

  @TempDir Path temp;

  private ProverSettings settings;
  private Proofs standIn;

  @BeforeEach
  void aNodeWithoutProofs() {
    settings = RealProofs.ofNode(temp.resolve("jobs")).asStandIn();
    standIn = new ProverProofs(RealProofs.settings(temp.resolve("one-shot-jobs")).asStandIn());
  }

  @Test
  void aSealOfAStandInHoldsForStandInsOnly() throws Exception {
    TestSector.Replica replica =
        TestSector.ofTwoFiles(temp.resolve("repo"), standIn).replica(standIn);
    TestSector sector = replica.sector();
    Path vanilla = RealProofs.only(standIn.commit1(List.of(replica.commit1()))).path();
    SealProof proof =
        RealProofs.only(
            standIn.commit2(List.of(new SealWork.Commit2(sector.id(), sector.type(), vanilla))));
    SealWork.VerifySeal seal = seal(replica, TestSector.SEED, proof);

    assertTrue(standIn.verifySeal(seal));
    assertFalse(RealProofs.here().verifySeal(seal));
    assertFalse(standIn.verifySeal(seal(replica, Seed.of(TestSector.filled(0x22)), proof)));
    CommD commD = RealProofs.here().dataCommitment(sector.type(), sector.pieces());
    assertEquals(commD, replica.commD());

    RealProofs.only(standIn.clearCache(List.of(sector.clearCache())));
    Path out = temp.resolve("out");
    SealWork.Unseal all =
        new SealWork.Unseal(
            sector.id(),
            sector.type(),
            sector.files().paths(),
            sector.ticket(),
            commD,
            0,
            2032,
            SealWork.Form.UNPADDED,
            out,
            temp);
    assertEquals(2032, RealProofs.only(standIn.unseal(List.of(all))));
    assertEquals(-1, Files.mismatch(out, Files.write(temp.resolve("in"), TestSector.twoFiles())));
  }

  @Test
  void aJobIsTakenUpWhereItHoldsAndGoesOn() throws Exception {
    TestSector sector = filled();
    NodeJobs killed = holding("PreCommit1.before-work@s-t01000-1");
    CompletableFuture<ProofsFailure> given = new CompletableFuture<>();
    Thread waiting = new Thread(() -> given.complete(failureOf(killed, JOB + 1, sector)));
    waiting.start();
    Path mark = awaitMark("PreCommit1.before-work@s-t01000-1");
    waiting.interrupt();
    given.join();

    SealWork.PreCommit1Result result =
        RealProofs.only(
            new NodeJobs(settings)
                .run(JOB + 1, () -> delete(mark), progress -> {})
                .preCommit1(List.of(sector.preCommit1())));

    assertEquals(0, result.keptLayers());
    assertEquals(List.of("a1 started", "a1 completed"), history(killed));
  }

  @Test
  void anotherAttemptIsLetByWhereAProverWasKilled() throws Exception {
    TestSector sector = filled();
    NodeJobs jobs = holding("PreCommit1.after-work@s-t01000-1");
    CompletableFuture<ProofsFailure> given =
        CompletableFuture.supplyAsync(() -> failureOf(jobs, JOB + 1, sector));
    awaitMark("PreCommit1.after-work@s-t01000-1");
    ProcessIdentity.read(temp.resolve("jobs").resolve(JOB + 1).resolve("prover.json"))
        .orElseThrow()
        .kill();
    assertEquals(ProofsFailure.Kind.DIED, given.join().kind());
    jobs.stop(JOB + 1);

    RealProofs.only(
        jobs.run(JOB + 2, () -> {}, progress -> {}).preCommit1(List.of(sector.preCommit1())));

    assertEquals(List.of("a1 started", "a2 started", "a2 completed"), history(jobs));
  }

  private static SealWork.VerifySeal seal(TestSector.Replica replica, Seed seed, SealProof proof) {
    TestSector sector = replica.sector();
    return new SealWork.VerifySeal(
        sector.id(), sector.type(), replica.commR(), replica.commD(), sector.ticket(), seed, proof);
  }

  private TestSector filled() throws Exception {
    TestSector empty = TestSector.in(temp.resolve("repo"), 1, SealProofType.STACKED_DRG_2KIB_V1_1);
    return empty.added(standIn, PieceSource.zeros(), new PaddedSize(2048));
  }

  private NodeJobs holding(String point) throws Exception {
    return new NodeJobs(
        settings
            .with("SELKIE_TEST_FAILPOINTS", point)
            .with("SELKIE_TEST_FAILPOINT_DIR", temp.toString()));
  }

  private Path awaitMark(String point) {
    Path mark = temp.resolve(point);
    while (!Files.exists(mark)) {
      Thread.onSpinWait();
    }
    return mark;
  }

  private static ProofsFailure failureOf(NodeJobs jobs, String name, TestSector sector) {
    return assertThrows(
            ProofsException.class,
            () -> jobs.run(name, () -> {}, progress -> {}).preCommit1(List.of(sector.preCommit1())))
        .failure();
  }

  /** Attempts and what they came to, in order. */
  private static List<String> history(NodeJobs jobs) throws Exception {
    return Files.readAllLines(jobs.history()).stream()
        .map(line -> line.substring(line.lastIndexOf('.') + 1))
        .toList();
  }

  private static void delete(Path file) {
    assertTrue(file.toFile().delete());
  }
}
