package io.selkie.sector;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UpdateProof;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Sectors, requests and results that tests speak of. */
final class SectorSamples {
  static final SectorId SECTOR = SectorId.parse("s-t01000-7");
  static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  static final HostId HOST = new HostId("host-1");
  static final HostId OTHER_HOST = new HostId("host-2");
  static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  static final Ticket TICKET = Ticket.ofHex("01".repeat(32));
  static final Seed SEED = Seed.ofHex("02".repeat(32));
  static final CommR COMM_R = CommR.ofHex("03".repeat(32));
  static final CommD COMM_D = CommD.ofHex("04".repeat(32));
  static final PieceInfo PIECE = new PieceInfo(new PaddedSize(2048), CommP.ofHex("05".repeat(32)));
  static final Failure DIED = new Failure(Failure.Action.RETRY, "died", "the prover was killed");
  static final Failure REDO = new Failure(Failure.Action.REDO, "missing", "no layers");
  static final List<TaskKind> PHASES =
      Stream.of(TaskKind.values()).filter(TaskKind::isPhase).toList();
  static final RetryPolicy RETRIES =
      new RetryPolicy(2, Duration.ofSeconds(5), Duration.ofMinutes(10));

  private SectorSamples() {}

  /** A request of the kind; two of one kind differ by the mark. */
  static TaskRequest request(TaskKind kind, int mark) {
    String digit = "%02x".formatted(mark);
    return switch (kind) {
      case ADD_PIECE ->
          new TaskRequest.AddPiece(
              TYPE,
              List.of(),
              new PaddedSize(2048),
              PieceSource.file(Path.of("/spool/" + mark), 1000),
              Optional.of("file " + mark));
      case PRE_COMMIT_1 ->
          new TaskRequest.PreCommit1(TYPE, Ticket.ofHex(digit.repeat(32)), List.of(PIECE));
      case PRE_COMMIT_2 ->
          new TaskRequest.PreCommit2(
              TYPE, TICKET, List.of(PIECE), Bytes.of(new byte[] {(byte) mark}));
      case COMMIT_1 ->
          new TaskRequest.Commit1(
              TYPE, TICKET, Seed.ofHex(digit.repeat(32)), List.of(PIECE), COMM_R, COMM_D);
      case COMMIT_2 -> new TaskRequest.Commit2(TYPE, Path.of("/c1"), "blake3:" + digit);
      case FINALIZE -> new TaskRequest.Finalize(TYPE, mark % 2 == 0);
      case UNSEAL -> new TaskRequest.Unseal(TYPE, TICKET, COMM_D, mark, 127, Path.of("/out"));
      case REMOVE -> new TaskRequest.Remove(TYPE);
      case TRANSFER -> new TaskRequest.Transfer(TYPE);
      case RELEASE -> new TaskRequest.Release(TYPE, copy(mark));
      case MOVE -> new TaskRequest.Move(TYPE, OTHER_HOST, 1);
      case REPLICA_UPDATE ->
          new TaskRequest.ReplicaUpdate(
              TYPE, List.of(new PieceInfo(PIECE.size(), CommP.ofHex(digit.repeat(32)))));
      case PROVE_REPLICA_UPDATE_1 -> proven(digit);
      case PROVE_REPLICA_UPDATE_2 ->
          new TaskRequest.ProveReplicaUpdate2(
              proven(digit), Path.of("/c1"), "blake3:" + digit, Optional.empty());
      case FINALIZE_REPLICA_UPDATE -> new TaskRequest.FinalizeReplicaUpdate(TYPE);
    };
  }

  private static TaskRequest.ProveReplicaUpdate1 proven(String digit) {
    return new TaskRequest.ProveReplicaUpdate1(TYPE, COMM_R, CommR.ofHex(digit.repeat(32)), COMM_D);
  }

  static TaskResult result(TaskKind kind) {
    return switch (kind) {
      case ADD_PIECE -> new TaskResult.PieceAdded(PIECE);
      case PRE_COMMIT_1 -> new TaskResult.Labelled(Bytes.of(new byte[] {1}), COMM_D, 0);
      case PRE_COMMIT_2 -> new TaskResult.Encoded(COMM_R, COMM_D);
      case COMMIT_1 -> new TaskResult.VanillaProved(Path.of("/c1"), 100, "blake3:00");
      case COMMIT_2 -> new TaskResult.Proved(new SealProof(proof()));
      case FINALIZE -> new TaskResult.Finalized(3);
      case UNSEAL -> new TaskResult.Unsealed(Path.of("/out"), 127);
      case REMOVE -> new TaskResult.FilesRemoved();
      case TRANSFER -> new TaskResult.Transferred(copy(1));
      case RELEASE -> new TaskResult.Released(copy(1), 2048);
      case MOVE -> new TaskResult.Moved(copy(2));
      case REPLICA_UPDATE -> new TaskResult.Updated(COMM_R, COMM_D);
      case PROVE_REPLICA_UPDATE_1 -> new TaskResult.VanillaProved(Path.of("/c1"), 9, "blake3:01");
      case PROVE_REPLICA_UPDATE_2 -> new TaskResult.UpdateProved(new UpdateProof(proof()));
      case FINALIZE_REPLICA_UPDATE -> new TaskResult.Finalized(2);
    };
  }

  private static SectorCopy copy(int mark) {
    return new SectorCopy(
        "host-" + mark,
        "/store",
        "/store",
        List.of(new SectorCopy.File("sealed/s-t01000-1", 2048, "blake3:00")));
  }

  private static Bytes proof() {
    byte[] bytes = new byte[192];
    Arrays.fill(bytes, (byte) 6);
    return Bytes.of(bytes);
  }

  static TaskReport.Succeeded succeeded(TaskId.Attempt attempt) {
    return new TaskReport.Succeeded(
        attempt, HOST, NOW, NOW.plusSeconds(3), 2048, result(attempt.task().kind()));
  }

  static TaskReport.Failed failed(TaskId.Attempt attempt, Failure failure) {
    return new TaskReport.Failed(attempt, HOST, NOW, NOW.plusSeconds(3), failure);
  }
}
