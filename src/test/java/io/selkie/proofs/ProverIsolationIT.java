package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.params.ParameterSet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Provers and the process that starts them do not get in each other's way. */
@Timeout(120)
class ProverIsolationIT {
  private static final String CONFIGURATION = "rust-fil-proofs.config.toml";

  @TempDir Path temp;

  @Test
  void aProverHasItsOwnNumberOfThreads() throws Exception {
    int here = RealProofs.here().about().threads();
    ProverProofs provers = RealProofs.provers(temp);
    assertEquals(1, provers.with("RAYON_NUM_THREADS", "1").about().threads());
    assertEquals(
        here + 1, provers.with("RAYON_NUM_THREADS", Integer.toString(here + 1)).about().threads());
    assertEquals(here, RealProofs.here().about().threads());
  }

  @Test
  void aConfigurationWhereTheNodeWasStartedReachesNoProver() throws Exception {
    Files.writeString(temp.resolve(CONFIGURATION), "parent_cache = '/elsewhere'\n");
    JsonNode about = JsonProofs.JSON.readTree(OtherNode.aboutItsProver(temp));
    assertTrue(about.path("ok").asBoolean(), about.toString());
    String parentCache = about.at("/result/settings/parent_cache").asText();
    assertTrue(parentCache.startsWith("/"), about.toString());
    assertFalse(parentCache.startsWith("/elsewhere"), about.toString());
  }

  @Test
  void theLibraryInsideTheNodeRefusesToWorkBesideSuchAConfiguration() throws Exception {
    Files.writeString(temp.resolve(CONFIGURATION), "parent_cache = '/elsewhere'\n");
    JsonNode reply = JsonProofs.JSON.readTree(OtherNode.refusalOfItsLibrary(temp));
    assertEquals("bad_request", reply.path("kind").asText());
    String message = reply.path("message").asText();
    assertTrue(message.startsWith(temp.resolve(CONFIGURATION).toString()), message);
  }

  @Test
  void noSecretOfTheNodeIsInTheEnvironmentOfAProver() throws Exception {
    List<String> secret = OtherNode.environmentOfItsProver(temp, "SECRET_TOKEN", "hush");
    assertFalse(secret.toString().contains("hush"), secret.toString());
    assertTrue(
        secret.contains("FIL_PROOFS_PARAMETER_CACHE=" + temp.resolve("p")), secret.toString());
  }

  @Test
  void theLogLevelOfTheNodeIsThatOfAProver() throws Exception {
    List<String> level = OtherNode.environmentOfItsProver(temp, "RUST_LOG", "warn,x=trace");
    assertTrue(level.contains("RUST_LOG=warn,x=trace"), level.toString());
  }

  @Test
  void progressIsHeardThroughASocketInAnotherPlace() throws Exception {
    Set<ProofsProgress> heard = ConcurrentHashMap.newKeySet();
    ProverProofs proofs = RealProofs.provers(temp.resolve("j".repeat(100))).listening(heard::add);
    TestSector sector =
        TestSector.in(temp, 1, SealProofType.STACKED_DRG_8MIB_V1_1)
            .filledFrom(proofs, PieceSource.zeros());
    RealProofs.only(proofs.preCommit1(List.of(sector.preCommit1())));
    assertTrue(
        heard.stream().anyMatch(now -> now.stage().equals("layer") && now.total() == 2),
        heard.toString());
  }

  @Test
  void aJobWhoseDirectoryIsRemovedIsCalledOff() throws Exception {
    Path jobs = temp.resolve("jobs");
    Path parameters = Files.createDirectory(temp.resolve("parameters"));
    ProverProofs proofs =
        RealProofs.provers(jobs)
            .with("FIL_PROOFS_PARAMETER_CACHE", parameters.toString())
            .listening(progress -> removeJobFiles(jobs));
    ProofsException ended =
        assertThrows(
            ProofsException.class,
            () -> proofs.generateParameters(SectorSize.KIB_2, ParameterSet.WINDOW_POST));
    assertEquals(ProofsFailure.Kind.DIED, ended.failure().kind());
    assertTrue(ended.getMessage().contains("ended with status 4"), ended.getMessage());
    assertEquals(0, jobs.toFile().list().length);
  }

  private static void removeJobFiles(Path jobs) {
    for (File job : jobs.toFile().listFiles()) {
      new File(job, "job.json").delete();
    }
  }

  @Test
  void aProverBoundToItsNodeEndsWithIt() throws Exception {
    OtherNode.Working working = OtherNode.working(temp);
    assertFalse(hasEnded(working.prover()));
    working.node().destroyForcibly().waitFor();
    while (!hasEnded(working.prover())) {
      Thread.onSpinWait();
    }
  }

  /** Gone, or dead and not yet reaped by whoever inherited it. */
  private static boolean hasEnded(long pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  @Test
  void aSecondProverOnASectorIsRefusedWhileTheFirstWorks() throws Exception {
    ProverProofs provers = RealProofs.provers(temp.resolve("jobs"));
    TestSector sector =
        TestSector.in(temp, 1, SealProofType.STACKED_DRG_8MIB_V1_1)
            .filledFrom(provers, PieceSource.zeros());
    CompletableFuture<ProofsFailure> second = new CompletableFuture<>();
    ProverProofs first =
        provers.listening(
            progress -> {
              if (progress.stage().equals("layer") && !second.isDone()) {
                second.complete(failureOfPreCommit1(provers, sector));
              }
            });
    RealProofs.only(first.preCommit1(List.of(sector.preCommit1())));
    assertEquals(ProofsFailure.Kind.BUSY, second.join().kind());
    assertEquals("another process works on sector s-t01000-1", second.join().message());
  }

  private static ProofsFailure failureOfPreCommit1(Proofs proofs, TestSector sector) {
    try {
      return RealProofs.failure(proofs.preCommit1(List.of(sector.preCommit1())).get(0));
    } catch (ProofsException e) {
      return e.failure();
    }
  }
}
