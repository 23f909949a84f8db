package io.selkie.proofs;

import static java.util.Objects.requireNonNull;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.UpdateProof;
import io.selkie.filecoin.UpdateProofType;
import java.nio.file.Path;
import java.util.List;

/** What sector updates (SnapDeals) take and give, each for one sector. */
public interface UpdateWork {
  /**
   * Files of an update.
   *
   * @param key the sealed file of zeros, which stays
   * @param keyCache its cache directory
   * @param update the updated replica
   * @param updateCache its cache directory
   */
  record UpdatePaths(Path key, Path keyCache, Path update, Path updateCache) {}

  /**
   * Encodes data into the sector.
   *
   * @param unsealed the data with Fr32 padding
   */
  record UpdateEncode(
      SectorId sector,
      UpdateProofType updateType,
      UpdatePaths files,
      Path unsealed,
      List<PieceInfo> pieces) {}

  /** What encoding gives. */
  record UpdateEncodeResult(CommR commRNew, CommD commDNew) {
    /** Refuses a missing part, as an incomplete reply would give. */
    public UpdateEncodeResult {
      requireNonNull(commRNew, "commRNew");
      requireNonNull(commDNew, "commDNew");
    }
  }

  /** Makes the vanilla proofs of an update. */
  record UpdateVanilla(
      SectorId sector,
      UpdateProofType updateType,
      UpdatePaths files,
      CommR commROld,
      CommR commRNew,
      CommD commDNew) {}

  /** Makes the Groth proof of an update. */
  record UpdateProve(
      SectorId sector,
      UpdateProofType updateType,
      CommR commROld,
      CommR commRNew,
      CommD commDNew,
      List<Bytes> vanilla) {}

  /** An update to be checked. */
  record VerifyUpdate(
      UpdateProofType updateType,
      CommR commROld,
      CommR commRNew,
      CommD commDNew,
      UpdateProof proof) {}

  /**
   * Takes the data out of an updated sector.
   *
   * @param output gets the data with Fr32 padding
   */
  record UpdateDecode(
      SectorId sector,
      UpdateProofType updateType,
      UpdatePaths files,
      CommD commDNew,
      Path output) {}
}
