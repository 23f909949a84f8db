package io.selkie.lotus.wire;

import static io.selkie.auth.Permission.ADMIN;
import static io.selkie.auth.Permission.READ;

import io.selkie.auth.Permission;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.rpc.Needs;
import io.selkie.rpc.Retried;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a worker calls at its miner (LOTUS_WORKER_PROTOCOL.md 10). The results of tasks go by the
 * methods that begin with {@code return}: a result without an error, or none and an error. Lotus
 * has the returns and the registration repeated; so may be all that asks or says how things are.
 */
public interface MinerApi {
  /** Of the miner; its API has to be {@link MinerVersion#API}. */
  @Needs(READ)
  @Retried
  CompletionStage<MinerVersion> version();

  /** Of this process of the miner: another one after each of its starts. */
  @Needs(READ)
  @Retried
  CompletionStage<UUID> session();

  /** Which miner it is. */
  @Needs(READ)
  @Retried
  CompletionStage<ActorAddress> actorAddress();

  /** The size of its sectors. */
  @Needs(READ)
  @Retried
  CompletionStage<SectorSize> actorSectorSize(ActorAddress miner);

  /** What a token allows; an error if the miner did not make it. */
  @Needs(READ)
  @Retried
  CompletionStage<List<Permission>> authVerify(String token);

  /**
   * Registers a worker, which the miner calls before it answers.
   *
   * @param url of the worker's API, such as {@code http://10.0.0.2:3456/rpc/v0}
   */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> workerConnect(String url);

  /** The result of {@code DataCid}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnDataCid(
      CallId call, PieceResult piece, Optional<CallError> error);

  /** The result of {@code AddPiece}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnAddPiece(
      CallId call, PieceResult piece, Optional<CallError> error);

  /** The result of {@code SealPreCommit1}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnSealPreCommit1(
      CallId call, Optional<Bytes> preCommit1Out, Optional<CallError> error);

  /** The result of {@code SealPreCommit2}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnSealPreCommit2(
      CallId call, SectorCidsResult cids, Optional<CallError> error);

  /** The result of {@code SealCommit1}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnSealCommit1(
      CallId call, Optional<Bytes> commit1Out, Optional<CallError> error);

  /** The result of {@code SealCommit2}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnSealCommit2(
      CallId call, Optional<Bytes> proof, Optional<CallError> error);

  /** The result of {@code FinalizeSector}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnFinalizeSector(CallId call, Optional<CallError> error);

  /** The result of {@code FinalizeReplicaUpdate}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnFinalizeReplicaUpdate(
      CallId call, Optional<CallError> error);

  /** The result of {@code ReplicaUpdate}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnReplicaUpdate(
      CallId call, ReplicaUpdateResult update, Optional<CallError> error);

  /** The result of {@code ProveReplicaUpdate1}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnProveReplicaUpdate1(
      CallId call, Optional<List<Bytes>> vanillaProofs, Optional<CallError> error);

  /** The result of {@code ProveReplicaUpdate2}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnProveReplicaUpdate2(
      CallId call, Optional<Bytes> proof, Optional<CallError> error);

  /** The result of {@code GenerateSectorKeyFromData}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnGenerateSectorKeyFromData(
      CallId call, Optional<CallError> error);

  /** The result of {@code ReleaseUnsealed}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnReleaseUnsealed(CallId call, Optional<CallError> error);

  /** The result of {@code MoveStorage}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnMoveStorage(CallId call, Optional<CallError> error);

  /** The result of {@code UnsealPiece}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnUnsealPiece(CallId call, Optional<CallError> error);

  /** The result of no call of today. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnReadPiece(
      CallId call, boolean found, Optional<CallError> error);

  /** The result of {@code DownloadSectorData}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnDownloadSector(CallId call, Optional<CallError> error);

  /** The result of {@code Fetch}. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> returnFetch(CallId call, Optional<CallError> error);

  /** Adds a path to the index, or URLs to one that it knows. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> storageAttach(StorageInfo path, FsStat stat);

  /** Takes a URL off a path; with its last one the path goes, and all that it holds. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> storageDetach(String path, String url);

  /** What the index knows of a path; an error if it knows none of it. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<StorageInfo> storageInfo(String path);

  /** How a path is; an error if the index does not know it: it has to be attached again. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> storageReportHealth(String path, HealthReport report);

  /**
   * A path holds files of a sector.
   *
   * @param primary whether they are no mere copies
   */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> storageDeclareSector(
      String path, SectorId sector, SectorFileTypes types, boolean primary);

  /** A path no longer holds files of a sector. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<@Nullable Void> storageDropSector(
      String path, SectorId sector, SectorFileTypes types);

  /**
   * Where a sector's files are.
   *
   * @param types one of them is enough for a path to be named
   * @param sectorSize padded bytes; 0 if no path is wanted that could take them
   * @param allowFetch whether paths are wanted, too, that could take them
   */
  @Needs(ADMIN)
  @Retried
  CompletionStage<List<SectorStorageInfo>> storageFindSector(
      SectorId sector, SectorFileTypes types, long sectorSize, boolean allowFetch);

  /** Where there is room for a sector's files, the best place first; an error if nowhere. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<List<StorageInfo>> storageBestAlloc(
      SectorFileTypes types, SectorSize sectorSize, PathKind kind, MinerId miner);

  /** Locks files of a sector for as long as the connection, or until it is cancelled. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> storageLock(
      SectorId sector, SectorFileTypes read, SectorFileTypes write);

  /** The same, if it can be done at once. */
  @Needs(ADMIN)
  CompletionStage<Boolean> storageTryLock(
      SectorId sector, SectorFileTypes read, SectorFileTypes write);

  /** Which files are locked. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<SectorLocks> storageGetLocks();

  /** All paths, and what they hold. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<Map<String, List<Decl>>> storageList();

  /** The miner's own paths by their ids. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<Map<String, String>> storageLocal();

  /** The room of a path. */
  @Needs(ADMIN)
  @Retried
  CompletionStage<FsStat> storageStat(String path);
}
