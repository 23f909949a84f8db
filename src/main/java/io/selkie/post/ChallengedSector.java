package io.selkie.post;

import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProofType;
import java.util.List;

/**
 * A sector that a proof of spacetime reads.
 *
 * @param challenges numbers of the leaves (32 bytes each) of its replica that are read
 * @param update whether the replica is the updated one (SnapDeals), with its own cache
 */
public record ChallengedSector(
    SealProofType sealProof, long number, CommR commR, List<Long> challenges, boolean update) {
  /** The list is copied. */
  public ChallengedSector {
    challenges = List.copyOf(challenges);
  }
}
