package io.selkie.proofs;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What proofs of spacetime take and give. */
public interface PostWork {
  /** A sector whose replica is here. */
  record Replica(long number, CommR commR, Path sealed, Path cache) {}

  /** A sector as the chain knows it. */
  record PublicReplica(long number, CommR commR) {}

  /**
   * Draws the sectors of a winning PoSt.
   *
   * @param eligible how many there are to choose from
   */
  record WinningSectors(
      PostProofType postType, PostRandomness randomness, MinerId miner, long eligible) {}

  /**
   * Reads the challenged leaves of each replica.
   *
   * @param challenges for each replica, as a Lotus miner gives them; empty: drawn from the
   *     randomness
   */
  record VanillaPost(
      PostProofType postType,
      PostRandomness randomness,
      MinerId miner,
      List<Replica> replicas,
      Optional<List<List<Long>>> challenges) {}

  /**
   * Makes the Groth proof over vanilla proofs.
   *
   * @param vanilla one per sector, by sector number
   * @param partition only this partition of a window PoSt; empty: all
   */
  record ProvePost(
      PostProofType postType,
      PostRandomness randomness,
      MinerId miner,
      List<Bytes> vanilla,
      Optional<Integer> partition) {}

  /** A PoSt to be checked, over all its sectors. */
  record VerifyPost(
      PostRandomness randomness, MinerId miner, List<PublicReplica> replicas, PostProof proof) {}
}
