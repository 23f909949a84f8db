package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProofType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real prover outlives its node, and the next one takes it up. */
@Timeout(180)
class NodeJobsIT {
  static final String JOB = "s-t01000-1.g1.t2.PreCommit1.a1";

  @TempDir Path temp;

  @Test
  void aProverOfAKilledNodeIsTakenUpByAnotherOne() throws Exception {
    OtherNode.Working working = OtherNode.labelling(temp);
    working.node().destroyForcibly().waitFor();
    NodeJobs jobs = new NodeJobs(RealProofs.ofNode(temp.resolve("jobs")));
    assertEquals(Set.of(JOB), jobs.present());
    ProcessIdentity prover =
        ProcessIdentity.of(working.prover(), ProcessIdentity.PROC).orElseThrow();

    Set<ProofsProgress> heard = ConcurrentHashMap.newKeySet();
    AtomicInteger told = new AtomicInteger();
    SealWork.PreCommit1Result result =
        label(
            temp.resolve("jobs"),
            () -> {
              told.incrementAndGet();
              signal("CONT", prover.pid());
            },
            heard::add);

    assertEquals(0, result.keptLayers());
    assertEquals(1, told.get());
    assertTrue(heard.stream().anyMatch(now -> now.stage().equals("layer")), heard.toString());
    assertFalse(prover.isAlive(ProcessIdentity.PROC));
    jobs.remove(JOB);
    assertEquals(Set.of(), jobs.present());
    // One process did it all, as remains to be seen for good.
    assertEquals(
        List.of(prover.pid() + " " + JOB + " started", prover.pid() + " " + JOB + " completed"),
        Files.readAllLines(jobs.history()).stream()
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .toList());
  }

  @Test
  void aProverOfAKilledNodeIsStoppedByAnotherOne() throws Exception {
    OtherNode.Working working = OtherNode.labelling(temp);
    working.node().destroyForcibly().waitFor();
    ProcessIdentity prover =
        ProcessIdentity.of(working.prover(), ProcessIdentity.PROC).orElseThrow();

    new NodeJobs(RealProofs.ofNode(temp.resolve("jobs"))).stop(JOB);

    assertFalse(prover.isAlive(ProcessIdentity.PROC));
    assertEquals(List.of(), List.of(temp.resolve("jobs").toFile().list()));
  }

  /** The job: PreCommit1 of a sector of zeros below the directory of the jobs' directory. */
  static SealWork.PreCommit1Result label(Path jobs, ProofsProgress.Listener listener)
      throws ProofsException, IOException {
    return label(jobs, () -> {}, listener);
  }

  private static SealWork.PreCommit1Result label(
      Path jobs, Runnable onDurable, ProofsProgress.Listener listener)
      throws ProofsException, IOException {
    TestSector empty =
        TestSector.in(jobs.resolveSibling(""), 1, SealProofType.STACKED_DRG_8MIB_V1_1);
    PaddedSize size = new PaddedSize(empty.type().sectorSize().bytes());
    // The sector is locked while a prover works on it.
    TestSector sector =
        Files.exists(empty.files().unsealed())
            ? empty.with(RealProofs.here().pieceCommitment(empty.type(), PieceSource.zeros(), size))
            : empty.filledFrom(RealProofs.here(), PieceSource.zeros());
    NodeJobs node = new NodeJobs(RealProofs.ofNode(jobs));
    return RealProofs.only(
        node.run(JOB, onDurable, listener).preCommit1(List.of(sector.preCommit1())));
  }

  /** Sends a signal to a process. */
  static void signal(String name, long pid) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("cannot send SIG" + name + " to " + pid);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
