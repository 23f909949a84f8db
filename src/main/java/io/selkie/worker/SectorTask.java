package io.selkie.worker;

import io.selkie.filecoin.CommR;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.SealWork;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.ReadsOutput;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.FileType;
import io.selkie.storage.OwnReplica;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request as calls of the proofs and work on the sector's files. Each may be done again after a
 * crash at any place: the call of the prover is then answered from its job, and what follows it
 * finds nothing left to do.
 */
final class SectorTask {
  private static final Logger LOG = LoggerFactory.getLogger(SectorTask.class);

  /** What a phase begins with that an earlier one made. */
  private static final Map<TaskKind, Set<FileType>> INPUTS =
      Map.of(
          TaskKind.PRE_COMMIT_1, Set.of(FileType.UNSEALED),
          TaskKind.PRE_COMMIT_2, Set.of(FileType.SEALED, FileType.CACHE),
          TaskKind.COMMIT_1, Set.of(FileType.SEALED, FileType.CACHE),
          TaskKind.FINALIZE, Set.of(FileType.CACHE),
          TaskKind.REPLICA_UPDATE, Set.of(FileType.UNSEALED, FileType.SEALED, FileType.CACHE),
          TaskKind.PROVE_REPLICA_UPDATE_1,
              Set.of(FileType.SEALED, FileType.CACHE, FileType.UPDATE, FileType.UPDATE_CACHE));

  private final SectorFiles files;
  private final UpdateTask update;
  private final TaskRequest request;

  private final TaskId.Attempt attempt;
  private final FetchedInputs fetched;

  SectorTask(
      TaskId.Attempt attempt, SectorFiles files, TaskRequest request, FetchedInputs fetched) {
    this.attempt = attempt;
    this.files = files;
    this.update = new UpdateTask(files);
    this.request = request;
    this.fetched = fetched;
  }

  /**
   * What has to hold before a job is made.
   *
   * @param proofs for what is short
   */
  void check(Proofs proofs, InputFetch fetch, MissingFiles missing)
      throws IOException, ProofsException, TaskFailure {
    if (request instanceof ReadsOutput proof) {
      checkInput(proof, proofs, fetch);
    } else {
      files.createDirectories();
    }
    if (request.kind().isUpdate() && request.kind().needsFiles()) {
      update.createDirectories();
    }
    if (request instanceof TaskRequest.UnsealPiece piece) {
      new PieceUnsealing(files, piece).check(missing);
    }
    for (FileType type : INPUTS.getOrDefault(request.kind(), Set.of())) {
      if (Files.notExists(files.of(type))
          // The sealed sector of an update stays where it is (LOTUS_WORKER_PROTOCOL.md 13).
          && missing.bring(
              files.sector(),
              request.proofType(),
              type,
              files.root(),
              !request.kind().isUpdate())) {
        LOG.info("{} begins with {} of another worker", attempt, type);
      }
    }
    if (request instanceof TaskRequest.AddPiece piece) {
      update.prepare(piece);
    } else if (request instanceof TaskRequest.ReplicaUpdate encode) {
      update.prepare(encode);
    }
  }

  private void checkInput(ReadsOutput proof, Proofs proofs, InputFetch fetch)
      throws IOException, ProofsException, TaskFailure {
    fetched.clear(attempt);
    if (proof.from().isPresent() && !isIntact(proof.phase1Output(), proof, proofs)) {
      fetched.make(attempt);
      fetch.fetch(proof.from().get(), files.sector(), fetched.file(attempt));
    }
    Path file = input(proof);
    try {
      // Of a disk that does not answer this says so, and not that the file is lost.
      Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new TaskFailure(
          Failures.missing(request.kind(), made() + " is not there: " + proof.phase1Output()));
    }
    if (!isIntact(file, proof, proofs)) {
      throw new TaskFailure(
          new Failure(Failure.Action.REDO, "damaged", made() + " has changed: " + file));
    }
  }

  /** What the input is called. */
  private String made() {
    return "the output of "
        + (request.kind().isUpdate() ? TaskKind.PROVE_REPLICA_UPDATE_1 : TaskKind.COMMIT_1);
  }

  private static boolean isIntact(Path file, ReadsOutput proof, Proofs proofs)
      throws ProofsException {
    return Files.exists(file) && proofs.digest(file).equals(proof.digest());
  }

  /** What was fetched, or where it was made: the same for as long as the job is there. */
  private Path input(ReadsOutput proof) {
    return fetched.has(attempt) ? fetched.file(attempt) : proof.phase1Output();
  }

  /** Whether nothing is left for a prover. */
  boolean needsNoProver() throws IOException {
    return request instanceof TaskRequest.Remove
        || (request instanceof TaskRequest.UnsealPiece piece
            && new PieceUnsealing(files, piece).isDone());
  }

  /**
   * Does it; one call of the prover at most.
   *
   * @param local for what is short
   */
  TaskResult perform(Proofs prover, Proofs local) throws IOException, ProofsException {
    if (request.kind().isUpdate()) {
      return update(prover, local);
    }
    if (request instanceof TaskRequest.AddPiece addPiece) {
      return addPiece(addPiece, prover);
    } else if (request instanceof TaskRequest.PreCommit1 preCommit1) {
      return preCommit1(preCommit1, prover);
    } else if (request instanceof TaskRequest.PreCommit2 preCommit2) {
      return preCommit2(preCommit2, prover);
    } else if (request instanceof TaskRequest.Commit1 commit1) {
      return commit1(commit1, prover);
    } else if (request instanceof TaskRequest.Commit2 commit2) {
      return commit2(commit2, prover);
    } else if (request instanceof TaskRequest.Finalize finalize) {
      return finalize(finalize, prover);
    } else if (request instanceof TaskRequest.Unseal unseal) {
      return unseal(unseal, prover);
    } else if (request instanceof TaskRequest.UnsealPiece piece) {
      return new PieceUnsealing(files, piece).perform(prover);
    } else if (request instanceof TaskRequest.Remove removal) {
      List<String> kept = files.delete(removal.replica().orElse(OwnReplica.UNKNOWN));
      kept.forEach(
          why ->
              LOG.warn("{} is removed, but not all that has its number: {}", files.sector(), why));
      return new TaskResult.FilesRemoved(Optional.of(kept));
    }
    throw new IllegalArgumentException("no task of provers: " + request.kind());
  }

  private TaskResult update(Proofs prover, Proofs local) throws IOException, ProofsException {
    if (request instanceof TaskRequest.ReplicaUpdate encode) {
      return update.encode(encode, prover);
    } else if (request instanceof TaskRequest.ProveReplicaUpdate1 prove1) {
      return update.prove1(prove1, prover, local);
    } else if (request instanceof TaskRequest.ProveReplicaUpdate2 prove2) {
      return update.prove2(prove2, input(prove2), prover);
    }
    return update.finish((TaskRequest.FinalizeReplicaUpdate) request, prover);
  }

  /**
   * Bytes by which the task's throughput is told: of the piece (padded) for AddPiece, those asked
   * for (unpadded) for Unseal, none for Remove, else of the sector (padded).
   */
  long bytes() {
    if (request instanceof TaskRequest.AddPiece addPiece) {
      return addPiece.size().bytes();
    } else if (request instanceof TaskRequest.Unseal unseal) {
      return unseal.length();
    } else if (request instanceof TaskRequest.UnsealPiece piece) {
      return piece.length();
    } else if (request instanceof TaskRequest.Remove) {
      return 0;
    }
    return request.proofType().sectorSize().bytes();
  }

  private TaskResult addPiece(TaskRequest.AddPiece request, Proofs prover)
      throws IOException, ProofsException {
    return new TaskResult.PieceAdded(
        Outcome.only(
            prover.addPiece(
                List.of(
                    new SealWork.AddPiece(
                        files.sector(),
                        request.proofType(),
                        update.pathsOfPiece(),
                        request.existing(),
                        request.size(),
                        request.source(),
                        request.name())))));
  }

  private TaskResult preCommit1(TaskRequest.PreCommit1 request, Proofs prover)
      throws ProofsException {
    SealWork.PreCommit1Result labels =
        Outcome.only(
            prover.preCommit1(
                List.of(
                    new SealWork.PreCommit1(
                        files.sector(),
                        request.proofType(),
                        files.paths(),
                        request.ticket(),
                        request.pieces()))));
    return new TaskResult.Labelled(labels.output(), labels.commD(), labels.keptLayers());
  }

  private TaskResult preCommit2(TaskRequest.PreCommit2 request, Proofs prover)
      throws ProofsException {
    SealWork.PreCommit2Result replica =
        Outcome.only(
            prover.preCommit2(
                List.of(
                    new SealWork.PreCommit2(
                        files.sector(),
                        request.proofType(),
                        files.paths(),
                        request.ticket(),
                        request.pieces(),
                        request.phase1Output()))));
    CommR commR = replica.commR();
    return new TaskResult.Encoded(commR, replica.commD());
  }

  private TaskResult commit1(TaskRequest.Commit1 request, Proofs prover) throws ProofsException {
    SealWork.Commit1Result vanilla =
        Outcome.only(
            prover.commit1(
                List.of(
                    new SealWork.Commit1(
                        files.sector(),
                        request.proofType(),
                        files.paths(),
                        request.ticket(),
                        request.seed(),
                        request.pieces(),
                        request.commR(),
                        request.commD(),
                        files.commit1Output()))));
    return new TaskResult.VanillaProved(vanilla.path(), vanilla.bytes(), vanilla.digest());
  }

  private TaskResult commit2(TaskRequest.Commit2 request, Proofs prover) throws ProofsException {
    SealWork.Commit2 work =
        new SealWork.Commit2(files.sector(), request.proofType(), input(request));
    return new TaskResult.Proved(Outcome.only(prover.commit2(List.of(work))));
  }

  private TaskResult finalize(TaskRequest.Finalize request, Proofs prover)
      throws IOException, ProofsException {
    int removed =
        Outcome.only(
            prover.clearCache(
                List.of(
                    new SealWork.ClearCache(files.sector(), request.proofType(), files.paths()))));
    if (!request.keepUnsealed()) {
      Files.deleteIfExists(files.unsealed());
    }
    Files.deleteIfExists(files.commit1Output());
    // Not those two: the answer is the same when it is asked for again.
    return new TaskResult.Finalized(removed);
  }

  private TaskResult unseal(TaskRequest.Unseal request, Proofs prover) throws ProofsException {
    long bytes =
        Outcome.only(
            prover.unseal(
                List.of(
                    new SealWork.Unseal(
                        files.sector(),
                        request.proofType(),
                        files.paths(),
                        request.ticket(),
                        request.commD(),
                        request.offset(),
                        request.length(),
                        SealWork.Form.UNPADDED,
                        request.output(),
                        files.scratch()))));
    return new TaskResult.Unsealed(request.output(), bytes);
  }
}
