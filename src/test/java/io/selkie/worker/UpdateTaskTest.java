package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.PieceSource;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.SealWork;
import io.selkie.proofs.UpdateWork;
import io.selkie.proofs.VanillaList;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.TestTasks;
import io.selkie.storage.FileType;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateTaskTest {
  private static final PaddedSize SIZE = new PaddedSize(1024);
  private static final CommD COMM_D = CommD.ofHex("0d".repeat(32));
  private static final CommR COMM_R = CommR.ofHex("0e".repeat(32));
  private static final List<Bytes> VANILLA =
      List.of(Bytes.of(new byte[] {1, 2}), Bytes.of(new byte[] {3}));

  @TempDir Path root;
  private SectorFiles files;
  private final List<Object> works = new ArrayList<>();
  private final List<String> brought = new ArrayList<>();
  private final Proofs proofs =
      ScriptedJobs.proofs(
          (operation, work) -> {
            works.add(work);
            return operation.equals("digest")
                ? "blake3:00"
                : List.of(new Outcome.Success<>(answer(operation)));
          });

  private static Object answer(String operation) {
    return switch (operation) {
      case "addPiece" -> new PieceInfo(SIZE, CommP.ofHex("0c".repeat(32)));
      case "updateEncode" -> new UpdateWork.UpdateEncodeResult(COMM_R, COMM_D);
      case "updateVanilla" -> VANILLA;
      case "clearCache" -> 3;
      default -> throw new AssertionError(operation);
    };
  }

  @BeforeEach
  void nameFiles() throws IOException {
    files = new SectorFiles(root, TestTasks.sector(1));
    files.createDirectories();
  }

  private TaskResult run(TaskRequest request) throws Exception {
    SectorTask task =
        new SectorTask(
            TestTasks.task(1, 7, request.kind()).attempt(1),
            files,
            request,
            new FetchedInputs(root.resolve("fetched")));
    task.check(
        proofs,
        (from, sector, to) -> {
          throw new AssertionError("nothing is to be fetched");
        },
        this::bring);
    return task.perform(proofs, proofs);
  }

  private boolean bring(
      SectorId sector, SealProofType proofType, FileType type, Path to, boolean moved)
      throws IOException {
    brought.add(type + (moved ? " moved" : " copied"));
    Files.write(type.of(to, sector), new byte[2055]);
    return true;
  }

  private static TaskRequest.AddPiece firstPiece() {
    return new TaskRequest.AddPiece(
        TestTasks.TYPE, List.of(), SIZE, PieceSource.zeros(), Optional.empty());
  }

  private void isLabelled() throws IOException {
    Files.writeString(
        files.manifest(),
        """
        {"version":1,"sector":"%s","proofType":5,"pieces":[],
         "preCommit1":{"ticket":"%s","commD":"%s","layers":[]}}
        """
            .formatted(files.sector(), "01".repeat(32), "02".repeat(32)));
  }

  @Test
  void theSealedSectorIsCopiedHereAndTheDataCutToTheSector() throws Exception {
    TaskResult result = run(TestTasks.request(TaskKind.REPLICA_UPDATE));

    assertEquals(new TaskResult.Updated(COMM_R, COMM_D), result);
    assertEquals(
        List.of("cache copied", "sealed copied", "unsealed copied"),
        brought.stream().sorted().toList());
    assertEquals(2048, Files.size(files.unsealed()));
    assertEquals(2055, Files.size(files.sealed()));
    UpdateWork.UpdatePaths paths = ((UpdateWork.UpdateEncode) works.get(0)).files();
    assertEquals(
        new UpdateWork.UpdatePaths(
            files.sealed(), files.cache(), files.update(), files.updateCache()),
        paths);
    assertTrue(Files.isDirectory(paths.update().resolveSibling("")));
  }

  @Test
  void aSealedSectorThatIsHereIsNotAskedFor() throws Exception {
    for (FileType type : List.of(FileType.UNSEALED, FileType.SEALED, FileType.CACHE)) {
      Files.write(files.of(type), new byte[2048]);
    }

    run(TestTasks.request(TaskKind.REPLICA_UPDATE));

    assertEquals(List.of(), brought);
  }

  @Test
  void theVanillaProofsLieInAFileThatTheirDigestTells() throws Exception {
    TaskResult result = run(TestTasks.request(TaskKind.PROVE_REPLICA_UPDATE_1));

    byte[] content = Files.readAllBytes(files.commit1Output());
    assertEquals(
        new TaskResult.VanillaProved(files.commit1Output(), content.length, "blake3:00"), result);
    assertEquals(VANILLA, VanillaList.read(Bytes.of(content)));
  }

  @Test
  void piecesOfASealedSectorHaveARecordOfTheirOwn() throws Exception {
    isLabelled();

    run(firstPiece());

    assertEquals(files.updateManifest(), ((SealWork.AddPiece) works.get(0)).files().manifest());
  }

  @Test
  void piecesOfANewSectorAreInItsRecord() throws Exception {
    run(firstPiece());

    assertEquals(files.manifest(), ((SealWork.AddPiece) works.get(0)).files().manifest());
  }

  /** The miner gave an update up and had its data deleted: the next one begins with other data. */
  @Test
  void theRecordOfAnUpdateWhoseDataIsGoneIsForgotten() throws Exception {
    isLabelled();
    Files.writeString(files.updateManifest(), "{}");
    Files.write(files.unsealed(), new byte[1024]);

    run(firstPiece());
    assertTrue(Files.exists(files.updateManifest()));

    Files.delete(files.unsealed());
    run(firstPiece());
    assertFalse(Files.exists(files.updateManifest()));
  }

  @Test
  void bothCachesAreTrimmedAndTheVanillaProofsGo() throws Exception {
    Files.createDirectories(files.cache());
    Files.write(files.commit1Output(), new byte[1]);

    assertEquals(
        new TaskResult.Finalized(3), run(TestTasks.request(TaskKind.FINALIZE_REPLICA_UPDATE)));

    SealWork.ClearCache first = (SealWork.ClearCache) works.get(0);
    assertEquals(files.updateCache(), first.files().cache());
    assertEquals(files.updateManifest(), first.files().manifest());
    assertFalse(Files.exists(files.commit1Output()));
  }
}
