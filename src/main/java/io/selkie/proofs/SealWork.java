package io.selkie.proofs;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the phases of sealing take and give, each for one sector. */
public interface SealWork {
  /**
   * Appends a piece to the unsealed file.
   *
   * @param existing sizes of the pieces already there, in order
   * @param name what the caller calls the piece, kept in the manifest
   */
  record AddPiece(
      SectorId sector,
      SealProofType proofType,
      SectorPaths files,
      List<PaddedSize> existing,
      PaddedSize size,
      PieceSource source,
      Optional<String> name) {}

  /** Labels the sector. */
  record PreCommit1(
      SectorId sector,
      SealProofType proofType,
      SectorPaths files,
      Ticket ticket,
      List<PieceInfo> pieces) {}

  /**
   * What PreCommit1 gives.
   *
   * @param output the JSON that PreCommit2 takes, in the form Lotus hands it over
   * @param keptLayers layers of an interrupted attempt that were used again
   */
  record PreCommit1Result(Bytes output, CommD commD, int keptLayers) {
    /** Refuses a missing part, as an incomplete reply would give. */
    public PreCommit1Result {
      requireNonNull(output, "output");
      requireNonNull(commD, "commD");
    }
  }

  /**
   * Encodes the replica in place and builds its trees.
   *
   * @param phase1Output what PreCommit1 gave, here or at a Lotus worker
   */
  record PreCommit2(
      SectorId sector,
      SealProofType proofType,
      SectorPaths files,
      Ticket ticket,
      List<PieceInfo> pieces,
      Bytes phase1Output) {}

  /**
   * What PreCommit2 gives.
   *
   * @param rebuilt the replica was put back and encoded again after an interrupted attempt
   * @param kept nothing was done: an earlier attempt had finished, and its replica is intact
   */
  record PreCommit2Result(CommR commR, CommD commD, boolean rebuilt, boolean kept) {
    /** Refuses a missing part, as an incomplete reply would give. */
    public PreCommit2Result {
      requireNonNull(commR, "commR");
      requireNonNull(commD, "commD");
    }
  }

  /**
   * Makes the vanilla proofs.
   *
   * @param output the file to write them to: 100 KB at 2 KiB, up to 45 MB at 32 GiB
   */
  record Commit1(
      SectorId sector,
      SealProofType proofType,
      SectorPaths files,
      Ticket ticket,
      Seed seed,
      List<PieceInfo> pieces,
      CommR commR,
      CommD commD,
      Path output) {}

  /**
   * What Commit1 gives.
   *
   * @param path the file with the vanilla proofs
   * @param digest its digest, {@code blake3:…}
   */
  record Commit1Result(Path path, long bytes, String digest) {
    /** Refuses a missing part, as an incomplete reply would give. */
    public Commit1Result {
      requireNonNull(path, "path");
      requireNonNull(digest, "digest");
    }
  }

  /**
   * Makes the Groth proof.
   *
   * @param phase1Output the file that Commit1 wrote
   */
  record Commit2(SectorId sector, SealProofType proofType, Path phase1Output) {}

  /** A seal to be checked. */
  record VerifySeal(
      SectorId sector,
      SealProofType proofType,
      CommR commR,
      CommD commD,
      Ticket ticket,
      Seed seed,
      SealProof proof) {}

  /** How unsealed bytes are written. */
  enum Form {
    /** As they were added. */
    @JsonProperty("unpadded")
    UNPADDED,
    /** With Fr32 padding, as in Lotus's unsealed files; ranges in multiples of 127 bytes. */
    @JsonProperty("padded")
    PADDED
  }

  /**
   * Takes data out of a replica.
   *
   * @param offset first byte, unpadded
   * @param length bytes, unpadded
   * @param scratch an existing directory with room for the layers
   */
  record Unseal(
      SectorId sector,
      SealProofType proofType,
      SectorPaths files,
      Ticket ticket,
      CommD commD,
      long offset,
      long length,
      Form form,
      Path output,
      Path scratch) {}

  /** Removes what only sealing needs: layers, tree-d, tree-c. */
  record ClearCache(SectorId sector, SealProofType proofType, SectorPaths files) {}
}
