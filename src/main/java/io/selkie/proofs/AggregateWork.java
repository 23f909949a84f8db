package io.selkie.proofs;

import io.selkie.filecoin.AggregateProof;
import io.selkie.filecoin.AggregationType;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.util.List;
import java.util.Optional;

/** What aggregates of seal proofs take and give. */
public interface AggregateWork {
  /**
   * A proved sector.
   *
   * @param proof needed to aggregate, not to verify
   */
  record ProvedSector(
      SectorId sector,
      CommR commR,
      CommD commD,
      Ticket ticket,
      Seed seed,
      Optional<SealProof> proof) {}

  /** Makes one proof of many, in this order. */
  record Aggregate(
      SealProofType proofType, AggregationType aggregationType, List<ProvedSector> proved) {}

  /** An aggregate to be checked, over the same sectors in the same order. */
  record VerifyAggregate(
      SealProofType proofType,
      AggregationType aggregationType,
      List<ProvedSector> proved,
      AggregateProof proof) {}
}
