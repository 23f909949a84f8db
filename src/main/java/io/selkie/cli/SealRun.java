package io.selkie.cli;

import io.selkie.params.ParameterListener;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorFiles;
import java.io.IOException;

/** One seal from files to a verified proof. */
final class SealRun {
  private final CommandContext context;
  private final SealRequest request;
  private final ParameterListener progress;

  SealRun(CommandContext context, SealRequest request) {
    this.context = context;
    this.request = request;
    this.progress = context.progress().get();
  }

  /**
   * Seals, or goes on with an interrupted seal of the same files.
   *
   * @throws IOException if it fails; one line. Of a new sector nothing is left, unless there is
   *     work in it that the same command goes on with
   */
  SealRecord run() throws IOException, InterruptedException {
    try (OpenRepo repo = OpenRepo.open(request.repo(), context.environment())) {
      PhaseProgress phases = new PhaseProgress(progress);
      Proofs proofs = context.proofs(repo.path()).listening(phases);
      if (request.reaches(Phase.COMMIT2)) {
        new PorepParameters(context, progress)
            .requireOrGenerate(request.size(), request.generate());
      }
      return seal(proofs, phases);
    }
  }

  SealRecord seal(Proofs proofs, PhaseProgress shown) throws IOException {
    SealIntent intent = SealIntent.resumeOrBegin(request);
    SectorFiles files = intent.files(request.repo());
    boolean resumed = intent.begunBefore(request.repo());
    if (resumed) {
      progress.message("going on with " + intent.sector() + ", which was interrupted");
    }
    SealPhases phases = new SealPhases(proofs, request, intent, shown);
    try {
      if (!resumed) {
        SealSpace.require(files, request);
      }
      SealRecord record = phases.run();
      intent.end(request.repo());
      return record;
    } catch (IOException | ProofsException e) {
      shown.end();
      if (!resumed && !phases.worthKeepingAfter(e)) {
        files.delete();
        throw e instanceof IOException failure ? failure : new IOException(e.getMessage(), e);
      }
      String kept = intent.sector() + " is kept, the same command goes on with it";
      throw new IOException(e.getMessage() + "; " + kept, e);
    }
  }
}
