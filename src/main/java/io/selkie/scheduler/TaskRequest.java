package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.PieceSource;
import io.selkie.storage.OwnReplica;
import io.selkie.storage.SectorCopy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A task with every fact that it needs: it may reach a host that never saw the sector. Where the
 * sector's files lie is the host's own knowledge.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TaskRequest.AddPiece.class, name = "AddPiece"),
  @JsonSubTypes.Type(value = TaskRequest.PreCommit1.class, name = "PreCommit1"),
  @JsonSubTypes.Type(value = TaskRequest.PreCommit2.class, name = "PreCommit2"),
  @JsonSubTypes.Type(value = TaskRequest.Commit1.class, name = "Commit1"),
  @JsonSubTypes.Type(value = TaskRequest.Commit2.class, name = "Commit2"),
  @JsonSubTypes.Type(value = TaskRequest.Finalize.class, name = "Finalize"),
  @JsonSubTypes.Type(value = TaskRequest.Unseal.class, name = "Unseal"),
  @JsonSubTypes.Type(value = TaskRequest.Remove.class, name = "Remove"),
  @JsonSubTypes.Type(value = TaskRequest.Transfer.class, name = "Transfer"),
  @JsonSubTypes.Type(value = TaskRequest.Release.class, name = "Release"),
  @JsonSubTypes.Type(value = TaskRequest.Move.class, name = "Move"),
  @JsonSubTypes.Type(value = TaskRequest.ReplicaUpdate.class, name = "ReplicaUpdate"),
  @JsonSubTypes.Type(value = TaskRequest.ProveReplicaUpdate1.class, name = "ProveReplicaUpdate1"),
  @JsonSubTypes.Type(value = TaskRequest.ProveReplicaUpdate2.class, name = "ProveReplicaUpdate2"),
  @JsonSubTypes.Type(
      value = TaskRequest.FinalizeReplicaUpdate.class,
      name = "FinalizeReplicaUpdate")
})
public sealed interface TaskRequest {
  /** The kind of sector. */
  SealProofType proofType();

  /** What is asked for. */
  @JsonIgnore
  TaskKind kind();

  /** The one host that can do it, whatever files the sector has; empty: the sector's files say. */
  @JsonIgnore
  default Optional<HostId> onlyOn() {
    return Optional.empty();
  }

  /** The same, telling where another host's transfer address is, if the task has a use for it. */
  default TaskRequest with(FileSource source) {
    return this;
  }

  /**
   * Appends a piece to the unsealed file.
   *
   * @param existing padded sizes of the pieces already there, in order
   * @param size padded size of the new one
   * @param name what the caller calls the piece
   * @param host that has the source; absent if any has, so that the task is the same as before
   *     there were farms
   */
  record AddPiece(
      SealProofType proofType,
      List<PaddedSize> existing,
      PaddedSize size,
      PieceSource source,
      Optional<String> name,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<HostId> host)
      implements TaskRequest {
    /** The list is copied. */
    public AddPiece {
      existing = List.copyOf(existing);
    }

    /** A piece that any host can add. */
    public AddPiece(
        SealProofType proofType,
        List<PaddedSize> existing,
        PaddedSize size,
        PieceSource source,
        Optional<String> name) {
      this(proofType, existing, size, source, name, Optional.empty());
    }

    @Override
    public Optional<HostId> onlyOn() {
      return host;
    }

    @Override
    public TaskKind kind() {
      return TaskKind.ADD_PIECE;
    }
  }

  /** Labels the sector. */
  record PreCommit1(SealProofType proofType, Ticket ticket, List<PieceInfo> pieces)
      implements TaskRequest {
    /** The list is copied. */
    public PreCommit1 {
      pieces = List.copyOf(pieces);
    }

    @Override
    public TaskKind kind() {
      return TaskKind.PRE_COMMIT_1;
    }
  }

  /**
   * Encodes the replica and builds its trees.
   *
   * @param phase1Output what PreCommit1 gave, here or at a Lotus worker
   */
  record PreCommit2(
      SealProofType proofType, Ticket ticket, List<PieceInfo> pieces, Bytes phase1Output)
      implements TaskRequest {
    /** The list is copied. */
    public PreCommit2 {
      pieces = List.copyOf(pieces);
    }

    @Override
    public TaskKind kind() {
      return TaskKind.PRE_COMMIT_2;
    }
  }

  /** Makes the vanilla proofs. */
  record Commit1(
      SealProofType proofType,
      Ticket ticket,
      Seed seed,
      List<PieceInfo> pieces,
      CommR commR,
      CommD commD)
      implements TaskRequest {
    /** The list is copied. */
    public Commit1 {
      pieces = List.copyOf(pieces);
    }

    @Override
    public TaskKind kind() {
      return TaskKind.COMMIT_1;
    }
  }

  /**
   * Makes the Groth proof.
   *
   * @param phase1Output the file with the vanilla proofs: up to 45 MB, never in a message
   * @param digest of that file, {@code blake3:…}
   * @param from where a host fetches it that does not have it; told with the task, never kept
   * @param host that has it; absent if it is the one with the sector's files
   */
  record Commit2(
      SealProofType proofType,
      Path phase1Output,
      String digest,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<FileSource> from,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<HostId> host)
      implements TaskRequest, ReadsOutput {
    /** A request as it is asked for and kept. */
    public Commit2(SealProofType proofType, Path phase1Output, String digest) {
      this(proofType, phase1Output, digest, Optional.empty(), Optional.empty());
    }

    /** The same, of an output that did not come from the host with the sector's files. */
    public Commit2 on(HostId other) {
      return new Commit2(proofType, phase1Output, digest, from, Optional.of(other));
    }

    @Override
    public Commit2 with(FileSource source) {
      return new Commit2(proofType, phase1Output, digest, Optional.of(source), host);
    }

    @Override
    public TaskKind kind() {
      return TaskKind.COMMIT_2;
    }
  }

  /**
   * Removes what only sealing needs.
   *
   * @param keepUnsealed whether the unsealed file stays
   */
  record Finalize(SealProofType proofType, boolean keepUnsealed) implements TaskRequest {
    @Override
    public TaskKind kind() {
      return TaskKind.FINALIZE;
    }
  }

  /**
   * Takes data out of the replica into a file.
   *
   * @param offset first byte, unpadded
   * @param length bytes, unpadded
   * @param output where the data goes, made new
   */
  record Unseal(
      SealProofType proofType, Ticket ticket, CommD commD, long offset, long length, Path output)
      implements TaskRequest {
    @Override
    public TaskKind kind() {
      return TaskKind.UNSEAL;
    }
  }

  /**
   * Removes all files of the sector.
   *
   * @param copy in long-term storage, which goes to the trash there
   * @param replica which it is of those that have the number; absent in requests of earlier
   *     versions
   */
  record Remove(
      SealProofType proofType,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<SectorCopy> copy,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<OwnReplica> replica)
      implements TaskRequest {
    /** Of a sector that has no copy. */
    public Remove(SealProofType proofType) {
      this(proofType, Optional.empty(), Optional.empty());
    }

    @Override
    public TaskKind kind() {
      return TaskKind.REMOVE;
    }
  }

  /** Makes a verified copy of the sealed sector where the host's settings say. */
  record Transfer(SealProofType proofType) implements TaskRequest {
    @Override
    public TaskKind kind() {
      return TaskKind.TRANSFER;
    }
  }

  /**
   * Deletes the files of the sector here, since they are elsewhere.
   *
   * @param copy where; what is not in it stays
   * @param from the host that a sector has moved away from, which does it; absent: the one that has
   *     the sector's files
   * @param at where that host asks for the copy; told with the task, never kept
   */
  record Release(
      SealProofType proofType,
      SectorCopy copy,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<HostId> from,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<FileSource> at)
      implements TaskRequest {
    /** Of a sector that went to storage. */
    public Release(SealProofType proofType, SectorCopy copy) {
      this(proofType, copy, Optional.empty(), Optional.empty());
    }

    @Override
    public Optional<HostId> onlyOn() {
      return from;
    }

    @Override
    public TaskRequest with(FileSource source) {
      return new Release(proofType, copy, from, Optional.of(source));
    }

    @Override
    public TaskKind kind() {
      return TaskKind.RELEASE;
    }
  }

  /**
   * Copies the files of an unsealed sector to another host, which goes on with it.
   *
   * @param to that host
   * @param generation of the sector's files
   * @param at where it takes them; told with the task, never kept
   */
  record Move(
      SealProofType proofType,
      HostId to,
      int generation,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<FileSource> at)
      implements TaskRequest {
    /** A request as it is kept. */
    public Move(SealProofType proofType, HostId to, int generation) {
      this(proofType, to, generation, Optional.empty());
    }

    @Override
    public TaskRequest with(FileSource source) {
      return new Move(proofType, to, generation, Optional.of(source));
    }

    @Override
    public TaskKind kind() {
      return TaskKind.MOVE;
    }
  }

  /**
   * Encodes data into a sealed sector, which stays as it is: the update lies beside it.
   *
   * @param pieces of the data, which fill the sector
   */
  record ReplicaUpdate(SealProofType proofType, List<PieceInfo> pieces) implements TaskRequest {
    /** The list is copied. */
    public ReplicaUpdate {
      pieces = List.copyOf(pieces);
    }

    @Override
    public TaskKind kind() {
      return TaskKind.REPLICA_UPDATE;
    }
  }

  /**
   * Makes the vanilla proofs of an update.
   *
   * @param commROld of the sealed sector
   * @param commRNew of the updated one, and {@code commDNew} of its data
   */
  record ProveReplicaUpdate1(
      SealProofType proofType, CommR commROld, CommR commRNew, CommD commDNew)
      implements TaskRequest {
    @Override
    public TaskKind kind() {
      return TaskKind.PROVE_REPLICA_UPDATE_1;
    }
  }

  /**
   * Makes the Groth proof of an update.
   *
   * @param commROld of the sealed sector
   * @param commRNew of the updated one, and {@code commDNew} of its data
   */
  record ProveReplicaUpdate2(
      SealProofType proofType,
      CommR commROld,
      CommR commRNew,
      CommD commDNew,
      Path phase1Output,
      String digest,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<FileSource> from,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<HostId> host)
      implements TaskRequest, ReadsOutput {
    /**
     * A request as it is asked for and kept.
     *
     * @param host that has the output; empty if it is the one with the sector's files
     */
    public ProveReplicaUpdate2(
        ProveReplicaUpdate1 proven, Path phase1Output, String digest, Optional<HostId> host) {
      this(
          proven.proofType(),
          proven.commROld(),
          proven.commRNew(),
          proven.commDNew(),
          phase1Output,
          digest,
          Optional.empty(),
          host);
    }

    @Override
    public ProveReplicaUpdate2 with(FileSource source) {
      return new ProveReplicaUpdate2(
          proofType, commROld, commRNew, commDNew, phase1Output, digest, Optional.of(source), host);
    }

    @Override
    public TaskKind kind() {
      return TaskKind.PROVE_REPLICA_UPDATE_2;
    }
  }

  /** Removes what only the update needed, from the sector's cache and from that of the update. */
  record FinalizeReplicaUpdate(SealProofType proofType) implements TaskRequest {
    @Override
    public TaskKind kind() {
      return TaskKind.FINALIZE_REPLICA_UPDATE;
    }
  }
}
