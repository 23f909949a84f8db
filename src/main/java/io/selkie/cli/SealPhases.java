package io.selkie.cli;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.PieceSource;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.proofs.SealWork;
import io.selkie.storage.PieceLayout;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The phases of one sector, one after the other, as far as they were asked for. */
final class SealPhases {
  /** Failures of PreCommit1 that a second try would meet again before its first layer. */
  private static final Set<ProofsFailure.Kind> AT_ONCE =
      EnumSet.of(
          ProofsFailure.Kind.NO_SPACE, ProofsFailure.Kind.BAD_REQUEST, ProofsFailure.Kind.MISSING);

  private final Proofs proofs;
  private final SealRequest request;
  private final SealIntent intent;
  private final PhaseProgress progress;
  private final SectorId sector;
  private final SealProofType type;
  private final SectorFiles files;

  private final List<SealRecord.PhaseTime> times = new ArrayList<>();
  private Phase current = Phase.ADD_PIECE;
  private List<PieceInfo> pieces = List.of();
  private Optional<CommD> commD = Optional.empty();
  private Optional<CommR> commR = Optional.empty();
  private Optional<SealProof> proof = Optional.empty();
  private Optional<Boolean> verified = Optional.empty();

  SealPhases(Proofs proofs, SealRequest request, SealIntent intent, PhaseProgress progress) {
    this.proofs = proofs;
    this.request = request;
    this.intent = intent;
    this.progress = progress;
    this.sector = intent.sector();
    this.type = intent.proofType();
    this.files = intent.files(request.repo());
  }

  /** Runs the phases; what an earlier attempt finished of PreCommit1 and after is used again. */
  SealRecord run() throws IOException, ProofsException {
    if (Files.exists(files.seal())) {
      current = Phase.FINALIZE;
      return finish(SealRecord.read(files.seal()));
    }
    timed(Phase.ADD_PIECE, this::addPieces);
    request.requireUnchanged();
    if (!request.reaches(Phase.PRE_COMMIT1)) {
      commD = Optional.of(proofs.dataCommitment(type, pieces));
      return record();
    }
    SealWork.PreCommit1Result labels = timed(Phase.PRE_COMMIT1, this::preCommit1);
    commD = Optional.of(labels.commD());
    if (!request.reaches(Phase.PRE_COMMIT2)) {
      return record();
    }
    CommR replica = timed(Phase.PRE_COMMIT2, () -> preCommit2(labels));
    commR = Optional.of(replica);
    if (!request.reaches(Phase.COMMIT1)) {
      return record();
    }
    timed(Phase.COMMIT1, () -> commit1(replica, labels.commD()));
    if (!request.reaches(Phase.COMMIT2)) {
      return record();
    }
    SealProof made = timed(Phase.COMMIT2, this::commit2);
    proof = Optional.of(made);
    // In another process than the one that made it.
    verified = Optional.of(proofs.verifySeal(seal(replica, labels.commD(), made)));
    SealRecord proved = record();
    // From here on the proof is safe, whatever becomes of Finalize.
    proved.write(files.seal());
    return finish(proved);
  }

  /** Whether there is work in the sector that is worth going on with after the failure. */
  boolean worthKeepingAfter(Exception failure) {
    return switch (current) {
      case ADD_PIECE -> false;
      case PRE_COMMIT1 ->
          !(failure instanceof ProofsException proofsFailure
              && AT_ONCE.contains(proofsFailure.failure().kind()));
      default -> true;
    };
  }

  private List<PieceInfo> addPieces() throws ProofsException {
    List<PieceInfo> added = new ArrayList<>();
    List<PaddedSize> existing = new ArrayList<>();
    for (PieceLayout.Slot slot : request.layout()) {
      Optional<SealRequest.Source> source =
          slot.source().isPresent()
              ? Optional.of(request.sources().get(slot.source().getAsInt()))
              : Optional.empty();
      SealWork.AddPiece work =
          new SealWork.AddPiece(
              sector,
              type,
              files.paths(),
              List.copyOf(existing),
              slot.size(),
              source
                  .map(from -> PieceSource.file(from.file(), from.length()))
                  .orElseGet(PieceSource::zeros),
              source.map(from -> String.valueOf(from.file().getFileName())));
      added.add(only(proofs.addPiece(List.of(work))));
      existing.add(slot.size());
      progress.partDone();
    }
    pieces = List.copyOf(added);
    return pieces;
  }

  private SealWork.PreCommit1Result preCommit1() throws ProofsException {
    return only(
        proofs.preCommit1(
            List.of(
                new SealWork.PreCommit1(sector, type, files.paths(), intent.ticket(), pieces))));
  }

  private CommR preCommit2(SealWork.PreCommit1Result labels) throws ProofsException {
    SealWork.PreCommit2 work =
        new SealWork.PreCommit2(
            sector, type, files.paths(), intent.ticket(), pieces, labels.output());
    return only(proofs.preCommit2(List.of(work))).commR();
  }

  private SealWork.Commit1Result commit1(CommR replica, CommD data) throws ProofsException {
    SealWork.Commit1 work =
        new SealWork.Commit1(
            sector,
            type,
            files.paths(),
            intent.ticket(),
            intent.seed(),
            pieces,
            replica,
            data,
            files.commit1Output());
    return only(proofs.commit1(List.of(work)));
  }

  private SealProof commit2() throws ProofsException {
    return only(proofs.commit2(List.of(new SealWork.Commit2(sector, type, files.commit1Output()))));
  }

  private SealWork.VerifySeal seal(CommR replica, CommD data, SealProof made) {
    return new SealWork.VerifySeal(
        sector, type, replica, data, intent.ticket(), intent.seed(), made);
  }

  /** Finalize, unless it was not asked for or there is no good proof to finalize for. */
  private SealRecord finish(SealRecord proved) throws IOException, ProofsException {
    if (!request.reaches(Phase.FINALIZE) || !proved.verified().orElse(false)) {
      return proved;
    }
    timed(
        Phase.FINALIZE,
        () ->
            only(proofs.clearCache(List.of(new SealWork.ClearCache(sector, type, files.paths())))));
    Files.deleteIfExists(files.commit1Output());
    SealRecord finished = proved.with(times.get(times.size() - 1));
    finished.write(files.seal());
    return finished;
  }

  private SealRecord record() throws IOException {
    List<SectorManifest.Piece> stored =
        SectorManifest.read(files.manifest()).map(SectorManifest::pieces).orElse(List.of());
    return new SealRecord(
        sector,
        type,
        stored,
        commD,
        commR,
        request.reaches(Phase.PRE_COMMIT1) ? Optional.of(intent.ticket()) : Optional.empty(),
        request.reaches(Phase.COMMIT1) ? Optional.of(intent.seed()) : Optional.empty(),
        proof,
        List.copyOf(times),
        verified);
  }

  private static <R> R only(List<Outcome<R>> outcomes) throws ProofsException {
    return outcomes.get(0).orThrow();
  }

  private <R> R timed(Phase phase, Step<R> step) throws IOException, ProofsException {
    current = phase;
    int parts = phase == Phase.ADD_PIECE ? request.layout().size() : 1;
    progress.begin(phase.toString(), phase.operation(), parts);
    long start = System.nanoTime();
    R result = step.run();
    times.add(new SealRecord.PhaseTime(phase.toString(), (System.nanoTime() - start) / 1_000_000));
    if (phase != Phase.ADD_PIECE) {
      progress.partDone();
    }
    progress.end();
    return result;
  }

  @FunctionalInterface
  private interface Step<R> {
    R run() throws IOException, ProofsException;
  }
}
