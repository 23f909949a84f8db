package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.PieceResult;
import io.selkie.lotus.wire.ReplicaUpdateOut;
import io.selkie.lotus.wire.ReplicaUpdateResult;
import io.selkie.lotus.wire.SectorCids;
import io.selkie.lotus.wire.SectorCidsResult;
import io.selkie.proofs.VanillaList;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Tells a miner the outcome of a call by the method that belongs to it. */
final class Returns {
  private Returns() {}

  /**
   * Tells it.
   *
   * @param vanillaProofs what Commit1 or ProveReplicaUpdate1 wrote; empty for all else
   */
  static CompletionStage<@Nullable Void> send(
      MinerApi miner,
      CallId call,
      CallOrder order,
      CallOutcome outcome,
      Optional<Bytes> vanillaProofs) {
    Optional<CallError> error =
        outcome instanceof CallOutcome.Failed failed
            ? Optional.of(error(failed.failure()))
            : Optional.empty();
    if (order instanceof CallOrder.Fetch) {
      return miner.returnFetch(call, error);
    }
    if (order instanceof CallOrder.Download) {
      return miner.returnDownloadSector(call, error);
    }
    if (order instanceof CallOrder.MoveStorage) {
      return miner.returnMoveStorage(call, error);
    }
    if (order instanceof CallOrder.ReleaseUnsealed) {
      return miner.returnReleaseUnsealed(call, error);
    }
    Optional<TaskResult> result =
        outcome instanceof CallOutcome.Gave gave ? Optional.of(gave.result()) : Optional.empty();
    if (order instanceof CallOrder.DataCid) {
      return miner.returnDataCid(call, piece(result), error);
    }
    return ofTask(miner, call, kind(order), result, error, vanillaProofs);
  }

  private static PieceResult piece(Optional<TaskResult> result) {
    return result
        .map(given -> PieceResult.of(((TaskResult.PieceAdded) given).piece()))
        .orElse(PieceResult.NONE);
  }

  private static TaskKind kind(CallOrder order) {
    return order instanceof CallOrder.Perform perform
        ? perform.request().kind()
        : TaskKind.ADD_PIECE;
  }

  private static CompletionStage<@Nullable Void> ofTask(
      MinerApi miner,
      CallId call,
      TaskKind kind,
      Optional<TaskResult> result,
      Optional<CallError> error,
      Optional<Bytes> vanillaProofs) {
    return switch (kind) {
      case ADD_PIECE -> miner.returnAddPiece(call, piece(result), error);
      case PRE_COMMIT_1 ->
          miner.returnSealPreCommit1(
              call, result.map(given -> ((TaskResult.Labelled) given).output()), error);
      case PRE_COMMIT_2 ->
          miner.returnSealPreCommit2(
              call,
              result
                  .map(given -> (TaskResult.Encoded) given)
                  .map(given -> SectorCidsResult.of(new SectorCids(given.commD(), given.commR())))
                  .orElse(SectorCidsResult.NONE),
              error);
      case COMMIT_1 -> miner.returnSealCommit1(call, vanillaProofs, error);
      case COMMIT_2 ->
          miner.returnSealCommit2(
              call, result.map(given -> ((TaskResult.Proved) given).proof().bytes()), error);
      case FINALIZE -> miner.returnFinalizeSector(call, error);
      case REPLICA_UPDATE ->
          miner.returnReplicaUpdate(
              call,
              result
                  .map(given -> (TaskResult.Updated) given)
                  .map(given -> new ReplicaUpdateOut(given.commR(), given.commD()))
                  .map(ReplicaUpdateResult::of)
                  .orElse(ReplicaUpdateResult.NONE),
              error);
      case PROVE_REPLICA_UPDATE_1 ->
          miner.returnProveReplicaUpdate1(call, vanillaProofs.map(VanillaList::read), error);
      case PROVE_REPLICA_UPDATE_2 ->
          miner.returnProveReplicaUpdate2(
              call, result.map(given -> ((TaskResult.UpdateProved) given).proof().bytes()), error);
      case FINALIZE_REPLICA_UPDATE -> miner.returnFinalizeReplicaUpdate(call, error);
      case UNSEAL -> miner.returnUnsealPiece(call, error);
      case REMOVE, TRANSFER, RELEASE, MOVE ->
          throw new IllegalArgumentException("no call of a miner: " + kind);
    };
  }

  /** A miner tries again at once after the second and the third, and only for PreCommit1 and 2. */
  static CallError error(Failure failure) {
    int code =
        switch (failure.code()) {
          case "no_space" -> CallError.NO_SPACE;
          case CallOrder.STREAM_LOST, CallOrder.BEGUN_ANEW, Failure.HOST_AWAY ->
              CallError.WORKER_RESTARTED;
          default ->
              failure.action() == Failure.Action.RETRY || failure.action() == Failure.Action.HALT
                  ? CallError.TEMPORARY
                  : CallError.UNKNOWN;
        };
    return new CallError(code, failure.message());
  }
}
