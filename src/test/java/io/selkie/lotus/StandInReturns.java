package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.PieceResult;
import io.selkie.lotus.wire.ReplicaUpdateResult;
import io.selkie.lotus.wire.SectorCidsResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** All ways to report a result, as one. */
abstract class StandInReturns implements MinerApi {
  /** A call without a result, which is neither there nor missing. */
  private static final Optional<Object> NOTHING = Optional.of("nothing");

  /**
   * A worker reports.
   *
   * @param value empty: the zero value
   */
  abstract CompletionStage<@Nullable Void> report(
      String method, CallId call, Optional<?> value, Optional<CallError> error);

  private CompletionStage<@Nullable Void> report(
      String method, CallId call, Optional<CallError> error) {
    return report(method, call, error.isPresent() ? Optional.empty() : NOTHING, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnDataCid(
      CallId call, PieceResult piece, Optional<CallError> error) {
    return report("returnDataCid", call, piece.piece(), error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnAddPiece(
      CallId call, PieceResult piece, Optional<CallError> error) {
    return report("returnAddPiece", call, piece.piece(), error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnSealPreCommit1(
      CallId call, Optional<Bytes> out, Optional<CallError> error) {
    return report("returnSealPreCommit1", call, out, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnSealPreCommit2(
      CallId call, SectorCidsResult cids, Optional<CallError> error) {
    return report("returnSealPreCommit2", call, cids.cids(), error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnSealCommit1(
      CallId call, Optional<Bytes> out, Optional<CallError> error) {
    return report("returnSealCommit1", call, out, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnSealCommit2(
      CallId call, Optional<Bytes> proof, Optional<CallError> error) {
    return report("returnSealCommit2", call, proof, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnFinalizeSector(
      CallId call, Optional<CallError> error) {
    return report("returnFinalizeSector", call, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnFinalizeReplicaUpdate(
      CallId call, Optional<CallError> error) {
    return report("returnFinalizeReplicaUpdate", call, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnReplicaUpdate(
      CallId call, ReplicaUpdateResult update, Optional<CallError> error) {
    return report("returnReplicaUpdate", call, update.update(), error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnProveReplicaUpdate1(
      CallId call, Optional<List<Bytes>> proofs, Optional<CallError> error) {
    return report("returnProveReplicaUpdate1", call, proofs, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnProveReplicaUpdate2(
      CallId call, Optional<Bytes> proof, Optional<CallError> error) {
    return report("returnProveReplicaUpdate2", call, proof, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnGenerateSectorKeyFromData(
      CallId call, Optional<CallError> error) {
    return report("returnGenerateSectorKeyFromData", call, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnReleaseUnsealed(
      CallId call, Optional<CallError> error) {
    return report("returnReleaseUnsealed", call, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnMoveStorage(CallId call, Optional<CallError> error) {
    return report("returnMoveStorage", call, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnUnsealPiece(CallId call, Optional<CallError> error) {
    return report("returnUnsealPiece", call, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnReadPiece(
      CallId call, boolean found, Optional<CallError> error) {
    return report("returnReadPiece", call, Optional.of(found), error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnDownloadSector(
      CallId call, Optional<CallError> error) {
    return report("returnDownloadSector", call, error);
  }

  @Override
  public CompletionStage<@Nullable Void> returnFetch(CallId call, Optional<CallError> error) {
    return report("returnFetch", call, error);
  }
}
