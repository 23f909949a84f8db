package io.selkie.sector;

import io.selkie.filecoin.SectorId;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Compares a sector's files on this host with the digests that were recorded when they were made.
 * Pieces have none of their own: of them the record and the length of the unsealed file are looked
 * at, and PreCommit1 compares the data with their commitments.
 */
public final class ManifestFiles implements KeptFiles {
  private final SectorPlaces places;
  private final Proofs proofs;
  private final Executor blocking;

  /**
   * Looks where the files are.
   *
   * @param blocking where whole files are read
   */
  public ManifestFiles(SectorPlaces places, Proofs proofs, Executor blocking) {
    this.places = places;
    this.proofs = proofs;
    this.blocking = blocking;
  }

  @Override
  public CompletionStage<Boolean> areIntact(SectorId sector, Answered answered) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return check(places.own(sector), answered);
          } catch (IOException | ProofsException e) {
            throw new CompletionException(e);
          }
        },
        blocking);
  }

  private boolean check(SectorFiles files, Answered answered) throws IOException, ProofsException {
    TaskResult result = answered.result();
    if (result instanceof TaskResult.VanillaProved proved) {
      // Where it was made, or where the sector has moved since.
      return hasDigest(proved.output(), proved.digest())
          || hasDigest(files.commit1Output(), proved.digest());
    }
    if (result instanceof TaskResult.Proved || result instanceof TaskResult.UpdateProved) {
      return true;
    }
    if (answered.request().kind().isUpdate()) {
      return isUpdated(files, answered.request());
    }
    Optional<SectorManifest> manifest = SectorManifest.read(files.manifest());
    if (manifest.isEmpty()) {
      return false;
    }
    if (result instanceof TaskResult.PieceAdded added) {
      return holds(files, ofPieces(files, manifest.get()), added);
    }
    if (result instanceof TaskResult.Labelled) {
      return areLabelled(files, manifest.get(), (TaskRequest.PreCommit1) answered.request());
    }
    return isSealed(files, manifest.get());
  }

  /** Pieces that came to a sealed sector have a record of their own. */
  private static SectorManifest ofPieces(SectorFiles files, SectorManifest manifest)
      throws IOException {
    boolean labelled = manifest.preCommit1().isPresent() || manifest.preCommit2().isPresent();
    return labelled ? SectorManifest.read(files.updateManifest()).orElse(manifest) : manifest;
  }

  /**
   * An update has no record: the proof that follows compares it with its commitment. Its file is as
   * long as the sector from the beginning; what lies beside it is made last.
   */
  private static boolean isUpdated(SectorFiles files, TaskRequest request) throws IOException {
    return isThere(files.update())
        && Files.size(files.update()) == request.proofType().sectorSize().bytes()
        && isThere(files.updateCache().resolve("p_aux"));
  }

  private static boolean holds(
      SectorFiles files, SectorManifest manifest, TaskResult.PieceAdded added) throws IOException {
    long end = 0;
    boolean recorded = false;
    for (SectorManifest.Piece piece : manifest.pieces()) {
      end += piece.size().bytes();
      if (piece.info().equals(added.piece())) {
        recorded = true;
        break;
      }
    }
    return recorded && isThere(files.unsealed()) && Files.size(files.unsealed()) >= end;
  }

  private boolean areLabelled(
      SectorFiles files, SectorManifest manifest, TaskRequest.PreCommit1 request)
      throws IOException, ProofsException {
    SectorManifest.PreCommit1 labelled = manifest.preCommit1().orElse(null);
    if (labelled == null
        || !labelled.ticket().equals(request.ticket())
        || labelled.layers().size() != request.proofType().layers()) {
      return false;
    }
    for (SectorManifest.Layer layer : labelled.layers()) {
      if (!hasDigest(files.cache().resolve(layer.fileName()), layer.digest())) {
        return false;
      }
    }
    return true;
  }

  private boolean isSealed(SectorFiles files, SectorManifest manifest)
      throws IOException, ProofsException {
    SectorManifest.PreCommit2 replica = manifest.replica().orElse(null);
    if (replica == null
        || replica.sealed().isEmpty()
        || !hasDigest(files.sealed(), replica.sealed().get())) {
      return false;
    }
    for (SectorManifest.CacheFile file : replica.files()) {
      if (!hasDigest(files.cache().resolve(file.name()), file.digest())) {
        return false;
      }
    }
    return true;
  }

  private boolean hasDigest(Path file, String digest) throws IOException, ProofsException {
    return isThere(file) && proofs.digest(file).equals(digest);
  }

  /** A disk that does not answer is no proof that the file is lost. */
  private static boolean isThere(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).isRegularFile();
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
