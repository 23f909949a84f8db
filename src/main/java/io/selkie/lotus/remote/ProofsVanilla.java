package io.selkie.lotus.remote;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.PostWork;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.SealWork;
import io.selkie.proofs.SectorPaths;
import io.selkie.stages.Stages;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Vanilla proofs by the proofs library of this host, or its prover processes. */
public final class ProofsVanilla implements VanillaProofs {
  /** It is only looked at where the challenges are drawn from it. */
  private static final PostRandomness NONE = PostRandomness.of(Bytes32.of(new byte[Bytes32.SIZE]));

  private final Proofs proofs;
  private final RemoteFiles files;
  private final Executor executor;

  /**
   * Vanilla proofs.
   *
   * @param executor for calls that block, up to minutes; as many proofs are made at once as it has
   *     threads
   */
  public ProofsVanilla(Proofs proofs, StoragePaths paths, Executor executor) {
    this.proofs = proofs;
    this.files = new RemoteFiles(paths);
    this.executor = executor;
  }

  @Override
  public CompletionStage<Bytes> single(Single request) {
    return Stages.blocking(executor, () -> prove(request));
  }

  private Bytes prove(Single request) throws IOException, ProofsException {
    boolean update = request.sector().update();
    SectorId sector = new SectorId(request.miner(), request.sector().sectorNumber());
    PostWork.Replica replica =
        new PostWork.Replica(
            sector.number(),
            request.sector().sealedCid(),
            file(sector, update ? FileType.UPDATE : FileType.SEALED),
            file(sector, update ? FileType.UPDATE_CACHE : FileType.CACHE));
    PostWork.VanillaPost work =
        new PostWork.VanillaPost(
            request.proofType(),
            NONE,
            request.miner(),
            List.of(replica),
            Optional.of(List.of(request.sector().challenge())));
    return Outcome.only(proofs.vanillaPost(work));
  }

  private Path file(SectorId sector, FileType type) throws IOException {
    return type.of(files.find(sector, type).root(), sector);
  }

  @Override
  public CompletionStage<Path> porep(Porep request) {
    return Stages.blocking(executor, () -> prove(request));
  }

  /** One piece of all the data has the same commitment as its pieces together. */
  private Path prove(Porep request) throws IOException, ProofsException {
    SectorId sector = request.sector().id();
    StoragePath home = files.find(sector, FileType.CACHE);
    Path output =
        home.files(sector).scratch().resolve(sector + ".vanilla." + UUID.randomUUID() + ".json");
    PaddedSize size = new PaddedSize(request.sector().proofType().sectorSize().bytes());
    SealWork.Commit1 work =
        new SealWork.Commit1(
            sector,
            request.sector().proofType(),
            new SectorPaths(
                FileType.UNSEALED.of(home.root(), sector),
                file(sector, FileType.SEALED),
                FileType.CACHE.of(home.root(), sector),
                home.files(sector).manifest()),
            request.ticket(),
            request.seed(),
            List.of(new PieceInfo(size, CommP.of(request.unsealed().bytes()))),
            request.sealed(),
            request.unsealed(),
            output);
    boolean made = false;
    try {
      Path path = Outcome.only(proofs.commit1(List.of(work))).path();
      made = true;
      return path;
    } finally {
      if (!made) {
        Files.deleteIfExists(output);
      }
    }
  }
}
