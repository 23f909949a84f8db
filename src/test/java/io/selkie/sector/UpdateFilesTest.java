package io.selkie.sector;

import static io.selkie.sector.SectorSamples.SECTOR;
import static io.selkie.sector.SectorSamples.TYPE;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.proofs.Proofs;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the files behind an answer of an update are still there. */
class UpdateFilesTest {
  private static final String LABELLED =
      "\"preCommit1\":{\"ticket\":\"%1$s\",\"commD\":\"%1$s\",\"layers\":[]}"
          .formatted("01".repeat(32));

  @TempDir Path root;
  private SectorFiles files;

  @BeforeEach
  void nameFiles() throws IOException {
    files = new SectorFiles(root, SECTOR);
    files.createDirectories();
    Files.createDirectories(files.updateCache());
    Files.createDirectories(files.update().resolveSibling(""));
  }

  /** The digest of a file is its text. */
  private boolean isIntact(TaskRequest request, TaskResult result) throws Exception {
    Proofs proofs =
        (Proofs)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Proofs.class},
                (proxy, method, arguments) -> Files.readString((Path) arguments[0]));
    TaskId task = new TaskId(SECTOR, 1, 3, request.kind());
    return new ManifestFiles(sector -> files, proofs, Runnable::run)
        .areIntact(SECTOR, new SectorFacts.Answered(task, "key", request, result))
        .toCompletableFuture()
        .get();
  }

  private boolean isIntact(TaskKind kind) throws Exception {
    return isIntact(SectorSamples.request(kind, 1), SectorSamples.result(kind));
  }

  @Test
  void anUpdateIsThereWithItsCache() throws Exception {
    assertFalse(isIntact(TaskKind.REPLICA_UPDATE));
    Files.write(files.update(), new byte[(int) TYPE.sectorSize().bytes()]);
    assertFalse(isIntact(TaskKind.REPLICA_UPDATE));
    Files.write(files.updateCache().resolve("p_aux"), new byte[64]);
    assertTrue(isIntact(TaskKind.REPLICA_UPDATE));
    assertTrue(isIntact(TaskKind.FINALIZE_REPLICA_UPDATE));
    Files.write(files.update(), new byte[1]);
    assertFalse(isIntact(TaskKind.REPLICA_UPDATE));
  }

  @Test
  void theVanillaProofsAreComparedWithTheirDigest() throws Exception {
    Files.writeString(files.commit1Output(), "blake3:aa");
    TaskRequest request = SectorSamples.request(TaskKind.PROVE_REPLICA_UPDATE_1, 1);
    Path file = files.commit1Output();

    assertTrue(isIntact(request, new TaskResult.VanillaProved(file, 9, "blake3:aa")));
    assertFalse(isIntact(request, new TaskResult.VanillaProved(file, 9, "blake3:bb")));
  }

  @Test
  void aProofNeedsNoFile() throws Exception {
    assertTrue(isIntact(TaskKind.PROVE_REPLICA_UPDATE_2));
  }

  /** What was sealed has the same piece; its data was released. */
  @Test
  void aPieceOfAnUpdateIsLookedForInTheRecordOfTheUpdate() throws Exception {
    String piece =
        "{\"size\":2048,\"commP\":\"%s\",\"bytes\":0}"
            .formatted(SectorSamples.PIECE.commP().bytes().hex());
    write(files.manifest(), piece, ',' + LABELLED);
    TaskResult added = new TaskResult.PieceAdded(SectorSamples.PIECE);
    TaskRequest request =
        new TaskRequest.AddPiece(
            TYPE,
            java.util.List.of(),
            SectorSamples.PIECE.size(),
            io.selkie.proofs.PieceSource.zeros(),
            Optional.empty());
    assertFalse(isIntact(request, added));

    write(files.updateManifest(), piece, "");
    assertFalse(isIntact(request, added));
    Files.write(files.unsealed(), new byte[2048]);
    assertTrue(isIntact(request, added));
  }

  private static void write(Path file, String piece, String more) throws IOException {
    Files.writeString(
        file,
        "{\"version\":1,\"sector\":\"%s\",\"proofType\":5,\"pieces\":[%s]%s}"
            .formatted(SECTOR, piece, more));
  }
}
