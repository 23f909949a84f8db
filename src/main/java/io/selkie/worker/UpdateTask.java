package io.selkie.worker;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.UpdateProofType;
import io.selkie.files.Durable;
import io.selkie.files.FileLook;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.SealWork;
import io.selkie.proofs.SectorPaths;
import io.selkie.proofs.UpdateWork;
import io.selkie.proofs.VanillaList;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.FileType;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps of an update of a sealed sector (SnapDeals). Nothing of the sealed sector is written:
 * the update lies beside it, in {@code update} and {@code update-cache}, and its pieces have a
 * record of their own. Each step may be done again after a crash at any place.
 */
record UpdateTask(SectorFiles files) {
  /** Makes the directories that hold updates. */
  void createDirectories() throws IOException {
    for (Path file : List.of(files.update(), files.updateCache())) {
      Files.createDirectories(file.resolveSibling(""));
    }
  }

  /**
   * Makes ready what encoding reads: an unsealed file of Lotus's has a trailer that says which
   * ranges of it are there. All are, since the pieces fill the sector.
   */
  void prepare(TaskRequest.ReplicaUpdate request) throws IOException {
    long sector = request.proofType().sectorSize().bytes();
    if (FileLook.exists(files.unsealed()) && Files.size(files.unsealed()) > sector) {
      try (FileChannel data = FileChannel.open(files.unsealed(), StandardOpenOption.WRITE)) {
        data.truncate(sector);
        data.force(true);
      }
    }
  }

  /**
   * Before the first piece of an update: the record of another one, whose data was removed since,
   * speaks of pieces that are gone.
   */
  void prepare(TaskRequest.AddPiece request) throws IOException {
    if (request.existing().isEmpty() && isLabelled() && !FileLook.exists(files.unsealed())) {
      Files.deleteIfExists(files.updateManifest());
    }
  }

  /** The paths that a piece is added with. */
  SectorPaths pathsOfPiece() throws IOException {
    SectorPaths paths = files.paths();
    return isLabelled()
        ? new SectorPaths(paths.unsealed(), paths.sealed(), paths.cache(), files.updateManifest())
        : paths;
  }

  /**
   * Whether the record of the sealed sector takes no more pieces, as the native side decides it.
   */
  private boolean isLabelled() throws IOException {
    Optional<SectorManifest> record = SectorManifest.read(files.manifest());
    return record.isPresent()
        && (record.get().preCommit1().isPresent() || record.get().preCommit2().isPresent());
  }

  TaskResult encode(TaskRequest.ReplicaUpdate request, Proofs prover) throws ProofsException {
    UpdateWork.UpdateEncodeResult encoded =
        Outcome.only(
            prover.updateEncode(
                List.of(
                    new UpdateWork.UpdateEncode(
                        files.sector(),
                        type(request.proofType()),
                        paths(),
                        files.unsealed(),
                        request.pieces()))));
    return new TaskResult.Updated(encoded.commRNew(), encoded.commDNew());
  }

  TaskResult prove1(TaskRequest.ProveReplicaUpdate1 request, Proofs prover, Proofs local)
      throws IOException, ProofsException {
    List<Bytes> vanilla =
        Outcome.only(
            prover.updateVanilla(
                List.of(
                    new UpdateWork.UpdateVanilla(
                        files.sector(),
                        type(request.proofType()),
                        paths(),
                        request.commROld(),
                        request.commRNew(),
                        request.commDNew()))));
    byte[] content = VanillaList.write(vanilla);
    Path output = files.commit1Output();
    Durable.replace(output, content);
    return new TaskResult.VanillaProved(output, content.length, local.digest(output));
  }

  TaskResult prove2(TaskRequest.ProveReplicaUpdate2 request, Path input, Proofs prover)
      throws IOException, ProofsException {
    return new TaskResult.UpdateProved(
        Outcome.only(
            prover.updateProve(
                List.of(
                    new UpdateWork.UpdateProve(
                        files.sector(),
                        type(request.proofType()),
                        request.commROld(),
                        request.commRNew(),
                        request.commDNew(),
                        VanillaList.read(Bytes.of(Files.readAllBytes(input))))))));
  }

  /** The cache of the sealed sector may be elsewhere: then it was trimmed there. */
  TaskResult finish(TaskRequest.FinalizeReplicaUpdate request, Proofs prover)
      throws IOException, ProofsException {
    SealProofType type = request.proofType();
    SectorPaths paths = files.paths();
    List<SealWork.ClearCache> work = new ArrayList<>();
    if (FileLook.exists(files.updateCache()) || !hasLeft()) {
      work.add(
          new SealWork.ClearCache(
              files.sector(),
              type,
              new SectorPaths(
                  paths.unsealed(), files.update(), files.updateCache(), files.updateManifest())));
    }
    if (FileLook.exists(files.cache())) {
      work.add(new SealWork.ClearCache(files.sector(), type, paths));
    }
    int removed = 0;
    for (Outcome<Integer> outcome : prover.clearCache(work)) {
      removed += outcome.orThrow();
    }
    Files.deleteIfExists(files.commit1Output());
    return new TaskResult.Finalized(removed);
  }

  /** Whether its trees are on another path of this host: they were trimmed before they left. */
  private boolean hasLeft() throws IOException {
    for (Path other : files.roots()) {
      if (FileLook.exists(FileType.UPDATE_CACHE.of(other, files.sector()))) {
        return true;
      }
    }
    return false;
  }

  private UpdateWork.UpdatePaths paths() {
    return new UpdateWork.UpdatePaths(
        files.sealed(), files.cache(), files.update(), files.updateCache());
  }

  private static UpdateProofType type(SealProofType type) {
    return UpdateProofType.forSectorSize(type.sectorSize());
  }
}
