package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.UpdateProof;
import io.selkie.storage.SectorCopy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a task gave. Bulk data lies in files and is named here with its digest. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TaskResult.PieceAdded.class, name = "PieceAdded"),
  @JsonSubTypes.Type(value = TaskResult.Labelled.class, name = "Labelled"),
  @JsonSubTypes.Type(value = TaskResult.Encoded.class, name = "Encoded"),
  @JsonSubTypes.Type(value = TaskResult.VanillaProved.class, name = "VanillaProved"),
  @JsonSubTypes.Type(value = TaskResult.Proved.class, name = "Proved"),
  @JsonSubTypes.Type(value = TaskResult.Finalized.class, name = "Finalized"),
  @JsonSubTypes.Type(value = TaskResult.Unsealed.class, name = "Unsealed"),
  @JsonSubTypes.Type(value = TaskResult.FilesRemoved.class, name = "FilesRemoved"),
  @JsonSubTypes.Type(value = TaskResult.Transferred.class, name = "Transferred"),
  @JsonSubTypes.Type(value = TaskResult.Released.class, name = "Released"),
  @JsonSubTypes.Type(value = TaskResult.Moved.class, name = "Moved"),
  @JsonSubTypes.Type(value = TaskResult.Updated.class, name = "Updated"),
  @JsonSubTypes.Type(value = TaskResult.UpdateProved.class, name = "UpdateProved")
})
public sealed interface TaskResult {
  /** Of AddPiece. */
  record PieceAdded(PieceInfo piece) implements TaskResult {}

  /**
   * Of PreCommit1.
   *
   * @param output what PreCommit2 takes, in the form Lotus hands it over
   * @param keptLayers layers of an interrupted attempt that were used again
   */
  record Labelled(Bytes output, CommD commD, int keptLayers) implements TaskResult {}

  /** Of PreCommit2. */
  record Encoded(CommR commR, CommD commD) implements TaskResult {}

  /**
   * Of Commit1 and of ProveReplicaUpdate1.
   *
   * @param output the file with the vanilla proofs; those of an update are an array of base64
   *     strings
   * @param digest of the file, {@code blake3:…}
   */
  record VanillaProved(Path output, long bytes, String digest) implements TaskResult {}

  /** Of Commit2; the proof was verified. */
  record Proved(SealProof proof) implements TaskResult {}

  /**
   * Of Finalize and of FinalizeReplicaUpdate.
   *
   * @param filesRemoved from the cache directory, or both
   */
  record Finalized(int filesRemoved) implements TaskResult {}

  /** Of Unseal; the bytes are unpadded. */
  record Unsealed(Path output, long bytes) implements TaskResult {}

  /**
   * Of Remove.
   *
   * @param kept why files of the number were left, a line for each storage path: they are of
   *     another sector; absent if none were
   */
  record FilesRemoved(@JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<List<String>> kept)
      implements TaskResult {
    /** The list is copied. */
    public FilesRemoved {
      kept = kept.filter(lines -> !lines.isEmpty()).map(List::copyOf);
    }

    /** Nothing was left. */
    public FilesRemoved() {
      this(Optional.empty());
    }
  }

  /** Of Transfer: every file of the copy was read back and is durable. */
  record Transferred(SectorCopy copy) implements TaskResult {}

  /**
   * Of Release.
   *
   * @param copy because of which the files were deleted
   * @param bytes that were freed
   */
  record Released(SectorCopy copy, long bytes) implements TaskResult {}

  /** Of Move: every file of the copy was read back, is durable and where that host works on it. */
  record Moved(SectorCopy copy) implements TaskResult {}

  /** Of ReplicaUpdate: what the updated replica and its data commit to. */
  record Updated(CommR commR, CommD commD) implements TaskResult {}

  /** Of ProveReplicaUpdate2; the proof was verified. */
  record UpdateProved(UpdateProof proof) implements TaskResult {}
}
