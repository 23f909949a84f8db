package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.params.ParameterDirectory;
import io.selkie.proofs.ProofsFailure.Kind;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealRunTest {
  private static final String KEPT = "; s-t01000-1 is kept, the same command goes on with it";

  @TempDir Path temp;
  private final ScriptedProofs proofs = new ScriptedProofs();
  private final ShownProgress shown = new ShownProgress();
  private Path file;
  private SectorFiles files;

  @BeforeEach
  void setUp() throws IOException {
    file = Files.write(temp.resolve("file"), new byte[2032]);
    files = new SectorFiles(temp.resolve("repo"), SectorId.parse("s-t01000-1"));
  }

  @ParameterizedTest
  @CsvSource({
    "ADD_PIECE, addPiece dataCommitment",
    "PRE_COMMIT1, addPiece preCommit1",
    "PRE_COMMIT2, addPiece preCommit1 preCommit2",
    "COMMIT1, addPiece preCommit1 preCommit2 commit1",
    "COMMIT2, addPiece preCommit1 preCommit2 commit1 commit2 verifySeal",
    "FINALIZE, addPiece preCommit1 preCommit2 commit1 commit2 verifySeal clearCache",
  })
  void runsThePhasesThatWereAskedFor(Phase until, String calls) throws IOException {
    SealRecord record = seal(until);

    assertEquals(calls, String.join(" ", proofs.calls));
    assertEquals(
        Arrays.stream(Phase.values())
            .filter(p -> p.compareTo(until) <= 0)
            .map(Phase::toString)
            .toList(),
        record.phases().stream().map(SealRecord.PhaseTime::phase).toList());
    assertTrue(record.commD().isPresent());
    assertEquals(until.compareTo(Phase.PRE_COMMIT1) >= 0, record.ticket().isPresent());
    assertEquals(until.compareTo(Phase.PRE_COMMIT2) >= 0, record.commR().isPresent());
    assertEquals(until.compareTo(Phase.COMMIT1) >= 0, record.seed().isPresent());
    assertEquals(until.compareTo(Phase.COMMIT2) >= 0, record.proof().isPresent());
    assertEquals(until.compareTo(Phase.COMMIT2) >= 0, Files.exists(files.seal()));
  }

  @Test
  void aFinishedSealLeavesItsRecordAndNothingToGoOnWith() throws IOException {
    SealRecord record = seal(Phase.FINALIZE);

    assertEquals(Optional.of(true), record.verified());
    assertEquals(record, SealRecord.read(files.seal()));
    assertEquals(
        List.of("s-t01000-1.json", "s-t01000-1.seal.json"), CliProcess.names(files.scratch()));
  }

  @Test
  void aProofThatDoesNotVerifyIsNotFinalized() throws IOException {
    proofs.valid = false;

    SealRecord record = seal(Phase.FINALIZE);

    assertEquals(Optional.of(false), record.verified());
    assertFalse(proofs.calls.contains("clearCache"));
  }

  @ParameterizedTest
  @CsvSource({
    "addPiece, NO_SPACE",
    "addPiece, DIED",
    "addPiece, ERROR",
    "preCommit1, NO_SPACE",
    "preCommit1, BAD_REQUEST",
    "preCommit1, MISSING",
  })
  void aFailureBeforeThereIsWorkToKeepLeavesNothing(String operation, Kind kind) {
    proofs.failing(operation, kind);

    assertEquals(operation + " went wrong", failure(Phase.FINALIZE));

    assertLeftNothing();
  }

  @ParameterizedTest
  @CsvSource({
    "preCommit1, DIED",
    "preCommit2, NO_SPACE",
    "preCommit2, DIED",
    "commit1, BAD_REQUEST",
    "commit2, MISSING",
  })
  void workThatIsDoneIsKeptAndGoneOnWith(String operation, Kind kind) throws IOException {
    proofs.failing(operation, kind);
    assertEquals(operation + " went wrong" + KEPT, failure(Phase.FINALIZE));
    assertTrue(Files.exists(files.unsealed()));

    SealRecord record = new Scripted(new ScriptedProofs()).seal(Phase.FINALIZE);

    assertEquals(files.sector(), record.sector());
    assertTrue(shown.shown.contains("message going on with s-t01000-1, which was interrupted"));
  }

  @Test
  void whatAnEarlierAttemptLeftIsNotDeletedByALaterFailure() {
    proofs.failing("preCommit2", Kind.DIED);
    failure(Phase.FINALIZE);
    proofs.failing("addPiece", Kind.NO_SPACE);

    assertEquals("addPiece went wrong" + KEPT, failure(Phase.FINALIZE));

    assertTrue(Files.exists(files.unsealed()));
  }

  @Test
  void aProofOnceMadeIsNotMadeAgainIfFinalizeFails() throws IOException {
    proofs.failing("clearCache", Kind.DIED);
    assertEquals("clearCache went wrong" + KEPT, failure(Phase.FINALIZE));
    SealRecord proved = SealRecord.read(files.seal());
    assertEquals(5, proved.phases().size());
    ScriptedProofs next = new ScriptedProofs();

    SealRecord finished = new Scripted(next).seal(Phase.FINALIZE);

    assertEquals(List.of("clearCache"), next.calls);
    assertEquals(proved.proof(), finished.proof());
    assertEquals(6, finished.phases().size());
    assertEquals(finished, SealRecord.read(files.seal()));
  }

  @Test
  void aFileThatChangesWhileItIsReadIsNotSealed() {
    proofs.duringAddPiece =
        () -> {
          try {
            Files.setLastModifiedTime(file, FileTime.fromMillis(12_345));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };

    assertTrue(failure(Phase.FINALIZE).endsWith("/file changed while it was read"));

    assertEquals(List.of("addPiece"), proofs.calls);
    assertLeftNothing();
  }

  private void assertLeftNothing() {
    for (Path directory :
        List.of(
            files.unsealed().getParent(),
            files.sealed().getParent(),
            files.cache().getParent(),
            files.scratch())) {
      try {
        assertEquals(List.of(), CliProcess.names(directory));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private String failure(Phase until) {
    return assertThrows(IOException.class, () -> seal(until)).getMessage();
  }

  private SealRecord seal(Phase until) throws IOException {
    return new Scripted(proofs).seal(until);
  }

  /** One run of the command with these proofs. */
  private final class Scripted {
    private final ScriptedProofs script;

    Scripted(ScriptedProofs script) {
      this.script = script;
    }

    SealRecord seal(Phase until) throws IOException {
      CommandContext context =
          new CommandContext(
              Map.of(),
              ConfigFactory::empty,
              new ParameterDirectory(temp.resolve("none")),
              () -> shown);
      SealRequest request =
          SealRequest.of(
              List.of(file),
              files.root(),
              SectorSize.KIB_2,
              new MinerId(1000),
              Optional.empty(),
              Optional.empty(),
              until,
              false);
      return new SealRun(context, request).seal(script.proofs(), new PhaseProgress(shown));
    }
  }
}
