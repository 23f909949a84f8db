package io.selkie.lotus.wire;

import static io.selkie.auth.Permission.ADMIN;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.rpc.Needs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a miner calls at a worker (LOTUS_WORKER_PROTOCOL.md 8). What gives a {@link CallId} answers
 * at once, and comes to its result later by a call of {@link MinerApi}, named in the comment.
 */
public interface WorkerApi extends PostWorkerApi {
  /** Version 1.7.0 of this API: major and minor have to be the miner's. */
  int VERSION = 0x010700;

  /** It takes such tasks from now on. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> taskEnable(LotusTask task);

  /** It takes no such tasks from now on. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> taskDisable(LotusTask task);

  /** Comes to its end when no task runs. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> waitQuiet();

  /** Removes a sector's sealed, cache and unsealed files from wherever the index knows them. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> remove(SectorId sector);

  /** Its paths by their ids. */
  @Needs(ADMIN)
  CompletionStage<Map<String, String>> storageLocal();

  /** Attaches a path for good. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> storageAddLocal(String path);

  /** Detaches a path for good. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> storageDetachLocal(String path);

  /** Takes all paths out of the index. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> storageDetachAll();

  /**
   * Declares what is in a path once more.
   *
   * @param id empty: in all
   * @param dropMissing whether what is not there is dropped from the index
   */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> storageRedeclareLocal(Optional<String> id, boolean dropMissing);

  /** It ends. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> shutdown();

  /** Gives {@code ReturnDataCid}. */
  @Needs(ADMIN)
  CompletionStage<CallId> dataCid(UnpaddedSize pieceSize, ReaderStream data);

  /**
   * Gives {@code ReturnAddPiece}.
   *
   * @param existing pieces that are in the sector already
   */
  @Needs(ADMIN)
  CompletionStage<CallId> addPiece(
      SectorRef sector, List<UnpaddedSize> existing, UnpaddedSize size, ReaderStream data);

  /** Gives {@code ReturnSealPreCommit1}. */
  @Needs(ADMIN)
  CompletionStage<CallId> sealPreCommit1(SectorRef sector, Ticket ticket, List<PieceInfo> pieces);

  /** Gives {@code ReturnSealPreCommit2}. */
  @Needs(ADMIN)
  CompletionStage<CallId> sealPreCommit2(SectorRef sector, Bytes preCommit1Out);

  /** Gives {@code ReturnSealCommit1}. */
  @Needs(ADMIN)
  CompletionStage<CallId> sealCommit1(
      SectorRef sector, Ticket ticket, Seed seed, List<PieceInfo> pieces, SectorCids cids);

  /** Gives {@code ReturnSealCommit2}. */
  @Needs(ADMIN)
  CompletionStage<CallId> sealCommit2(SectorRef sector, Bytes commit1Out);

  /** Gives {@code ReturnFinalizeSector}. */
  @Needs(ADMIN)
  CompletionStage<CallId> finalizeSector(SectorRef sector);

  /** Gives {@code ReturnFinalizeReplicaUpdate}. */
  @Needs(ADMIN)
  CompletionStage<CallId> finalizeReplicaUpdate(SectorRef sector);

  /** Gives {@code ReturnReplicaUpdate}. */
  @Needs(ADMIN)
  CompletionStage<CallId> replicaUpdate(SectorRef sector, List<PieceInfo> pieces);

  /** Gives {@code ReturnProveReplicaUpdate1}. */
  @Needs(ADMIN)
  CompletionStage<CallId> proveReplicaUpdate1(
      SectorRef sector, CommR sectorKey, CommR newSealed, CommD newUnsealed);

  /** Gives {@code ReturnProveReplicaUpdate2}. */
  @Needs(ADMIN)
  CompletionStage<CallId> proveReplicaUpdate2(
      SectorRef sector,
      CommR sectorKey,
      CommR newSealed,
      CommD newUnsealed,
      List<Bytes> vanillaProofs);

  /** Gives {@code ReturnGenerateSectorKeyFromData}. */
  @Needs(ADMIN)
  CompletionStage<CallId> generateSectorKeyFromData(SectorRef sector, CommD commD);

  /**
   * Gives {@code ReturnReleaseUnsealed}.
   *
   * @param keep what is not released; empty: all is
   */
  @Needs(ADMIN)
  CompletionStage<CallId> releaseUnsealed(SectorRef sector, List<UnpaddedRange> keep);

  /** Gives {@code ReturnMoveStorage}. */
  @Needs(ADMIN)
  CompletionStage<CallId> moveStorage(SectorRef sector, SectorFileTypes types);

  /**
   * Gives {@code ReturnUnsealPiece}.
   *
   * @param offset unpadded bytes before the piece
   */
  @Needs(ADMIN)
  CompletionStage<CallId> unsealPiece(
      SectorRef sector, long offset, UnpaddedSize size, Ticket ticket, CommD commD);

  /** Gives {@code ReturnFetch}. */
  @Needs(ADMIN)
  CompletionStage<CallId> fetch(
      SectorRef sector, SectorFileTypes types, PathKind kind, AcquireMode mode);

  /** Gives {@code ReturnDownloadSector}. */
  @Needs(ADMIN)
  CompletionStage<CallId> downloadSectorData(
      SectorRef sector, boolean finalized, SectorLocations locations);
}
