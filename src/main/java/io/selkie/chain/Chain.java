package io.selkie.chain;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The chain as the driver of a sector needs it. Calls complete with {@link ChainException} when the
 * chain refuses, and with another exception when it cannot be reached.
 */
public interface Chain {
  /** Epochs between a pre-commit and the seed for it. */
  long preCommitChallengeDelay();

  /** Epochs after which a ticket is too old to be pre-committed, counted from its epoch. */
  long maxTicketAge();

  /** Epochs after a pre-commit within which its sector has to be proven. */
  long maxProveCommitDuration();

  /** When the epoch begins, if the chain keeps its pace; the same answer each time. */
  CompletionStage<Instant> timeOf(long epoch);

  /** The current epoch. */
  CompletionStage<Long> head();

  /** The randomness that PreCommit1 takes; fails for an epoch above the head. */
  CompletionStage<Ticket> ticket(MinerId miner, long epoch);

  /** The randomness that Commit1 takes; fails for an epoch above the head. */
  CompletionStage<Seed> seed(MinerId miner, long epoch);

  /**
   * Puts a pre-commit on chain. The same uuid again has no second effect.
   *
   * @return the epoch at which it is on chain
   */
  CompletionStage<Long> preCommit(UUID message, PreCommit preCommit);

  /** The pre-commit that is on chain, until the sector is proven or it is too late to. */
  CompletionStage<Optional<PreCommitOnChain>> preCommitOf(SectorId sector);

  /**
   * Puts a proof on chain, which is verified first. The same uuid again has no second effect.
   *
   * @return the epoch at which the sector is proven
   */
  CompletionStage<Long> proveCommit(UUID message, ProveCommit proveCommit);

  /** The sector as it is on chain, once it is proven. */
  CompletionStage<Optional<SectorOnChain>> sectorOf(SectorId sector);

  /**
   * A promise to prove a sector.
   *
   * @param commD of the sector's data; empty for a committed-capacity sector, which holds zeros
   * @param ticketEpoch from which the ticket was drawn; may be negative on a young chain
   */
  record PreCommit(
      SectorId sector,
      SealProofType proofType,
      CommR commR,
      Optional<CommD> commD,
      long ticketEpoch) {}

  /** A pre-commit and its epoch. */
  record PreCommitOnChain(PreCommit preCommit, long epoch) {}

  /** The proof of a sector that was pre-committed. */
  record ProveCommit(SectorId sector, SealProof proof) {}

  /** A proven sector. */
  record SectorOnChain(SectorId sector, SealProofType proofType, CommR commR, long activation) {}
}
