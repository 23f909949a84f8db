package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.proofs.VanillaList;
import io.selkie.scheduler.TaskRequest;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The calls of an update of a sealed sector (SnapDeals) as requests. */
record UpdateCalls(Commit1Spool spool) {
  /** Of {@code ReplicaUpdate}. */
  TaskRequest encode(SectorRef sector, List<PieceInfo> pieces) {
    return new TaskRequest.ReplicaUpdate(sector.proofType(), pieces);
  }

  /** Of {@code ProveReplicaUpdate1}. */
  TaskRequest.ProveReplicaUpdate1 prove1(
      SectorRef sector, CommR sectorKey, CommR newSealed, CommD newUnsealed) {
    return new TaskRequest.ProveReplicaUpdate1(
        sector.proofType(), sectorKey, newSealed, newUnsealed);
  }

  /** Of {@code ProveReplicaUpdate2}; ends when the proofs that came with it are durable. */
  CompletionStage<TaskRequest> prove2(
      SectorRef sector, TaskRequest.ProveReplicaUpdate1 proven, List<Bytes> vanillaProofs) {
    return spool.keep(
        sector.id(),
        VanillaList.write(vanillaProofs),
        (file, digest, on) -> new TaskRequest.ProveReplicaUpdate2(proven, file, digest, on));
  }

  /** Of {@code FinalizeReplicaUpdate}. */
  TaskRequest finish(SectorRef sector) {
    return new TaskRequest.FinalizeReplicaUpdate(sector.proofType());
  }
}
