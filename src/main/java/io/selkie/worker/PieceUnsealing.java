package io.selkie.worker;

import io.selkie.proofs.Outcome;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.SealWork;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.FileType;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.UnsealedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Data of a replica on its way into the unsealed file: a prover writes it beside that, and what is
 * there is put into it. Each step may be done again.
 */
record PieceUnsealing(SectorFiles files, TaskRequest.UnsealPiece request) {
  private static final int UNPADDED = 127;
  private static final int PADDED = 128;

  private UnsealedFile unsealed() {
    return files.unsealedFile(request.proofType().sectorSize());
  }

  private long start() {
    return request.offset() / UNPADDED * PADDED;
  }

  /** Whether the data is where it belongs. */
  boolean isDone() throws IOException {
    return unsealed().has(start(), request.length() / UNPADDED * PADDED);
  }

  /** What has to be here before a prover begins. Nothing is read but the replica. */
  void check(MissingFiles missing) throws IOException, TaskFailure {
    if (isDone()) {
      return;
    }
    if (Files.exists(files.of(FileType.UPDATE)) || missing.has(files.sector(), FileType.UPDATE)) {
      throw new TaskFailure(
          new Failure(
              Failure.Action.ABANDON,
              "updated",
              "the data of "
                  + files.sector()
                  + " is in its update, which this worker does not unseal: have another worker"
                  + " do it"));
    }
    Path sealed = files.sealed();
    if (Files.notExists(sealed)
        && !missing.copy(files.sector(), request.proofType(), FileType.SEALED, files.root())) {
      throw new TaskFailure(
          Failures.missing(
              TaskKind.UNSEAL, "nobody is known to have the replica of " + files.sector()));
    }
  }

  TaskResult perform(Proofs prover) throws IOException, ProofsException {
    Path part = files.unsealedPart();
    if (!isDone()) {
      long unused =
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
                          SealWork.Form.PADDED,
                          part,
                          files.scratch()))));
      unsealed().put(part, start());
    }
    Files.deleteIfExists(part);
    return new TaskResult.Unsealed(files.unsealed(), request.length());
  }
}
