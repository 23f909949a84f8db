package io.selkie.scheduler;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.PieceSource;
import io.selkie.storage.SectorCopy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Tasks for tests. */
public final class TestTasks {
  public static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;

  /** A copy in long-term storage. */
  public static final SectorCopy COPY =
      new SectorCopy(
          "host-2",
          "/store",
          "/store",
          List.of(new SectorCopy.File("sealed/s-t01000-10", 2048, "blake3:00")));

  private static final Bytes32 BYTES = Bytes32.ofHex("07".repeat(32));
  private static final Ticket TICKET = new Ticket(BYTES);
  private static final List<PieceInfo> PIECES =
      List.of(new PieceInfo(new PaddedSize(2048), new CommP(BYTES)));

  private static final TaskRequest.ProveReplicaUpdate1 UPDATED =
      new TaskRequest.ProveReplicaUpdate1(
          TYPE, new CommR(BYTES), new CommR(BYTES), new CommD(BYTES));

  private TestTasks() {}

  public static SectorId sector(long number) {
    return new SectorId(new MinerId(1000), number);
  }

  /** A task of the sector's first generation. */
  public static TaskId task(long sector, int task, TaskKind kind) {
    return new TaskId(sector(sector), 1, task, kind);
  }

  /** A request of the kind. */
  public static TaskRequest request(TaskKind kind) {
    return switch (kind) {
      case ADD_PIECE ->
          new TaskRequest.AddPiece(
              TYPE,
              List.of(new PaddedSize(1024)),
              new PaddedSize(1024),
              PieceSource.file(Path.of("/data/piece"), 1000),
              Optional.of("a piece"));
      case PRE_COMMIT_1 -> new TaskRequest.PreCommit1(TYPE, TICKET, PIECES);
      case PRE_COMMIT_2 ->
          new TaskRequest.PreCommit2(TYPE, TICKET, PIECES, Bytes.of(new byte[] {1, 2, 3}));
      case COMMIT_1 ->
          new TaskRequest.Commit1(
              TYPE, TICKET, new Seed(BYTES), PIECES, new CommR(BYTES), new CommD(BYTES));
      case COMMIT_2 -> new TaskRequest.Commit2(TYPE, Path.of("/repo/c1.json"), "blake3:00");
      case FINALIZE -> new TaskRequest.Finalize(TYPE, false);
      case UNSEAL ->
          new TaskRequest.Unseal(
              TYPE, TICKET, new CommD(BYTES), 0, 2032, Path.of("/data/unsealed"));
      case REMOVE -> new TaskRequest.Remove(TYPE);
      case TRANSFER -> new TaskRequest.Transfer(TYPE);
      case RELEASE -> new TaskRequest.Release(TYPE, COPY);
      case MOVE -> new TaskRequest.Move(TYPE, new HostId("host-2"), 1);
      case REPLICA_UPDATE -> new TaskRequest.ReplicaUpdate(TYPE, PIECES);
      case PROVE_REPLICA_UPDATE_1 -> UPDATED;
      case PROVE_REPLICA_UPDATE_2 ->
          new TaskRequest.ProveReplicaUpdate2(
              UPDATED, Path.of("/repo/c1.json"), "blake3:00", Optional.empty());
      case FINALIZE_REPLICA_UPDATE -> new TaskRequest.FinalizeReplicaUpdate(TYPE);
    };
  }
}
