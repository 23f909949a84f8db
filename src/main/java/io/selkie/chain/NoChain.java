package io.selkie.chain;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A node that knows no chain. Every call fails as that of a chain which cannot be reached does, so
 * a sector keeps what it has and waits, with this reason, before it needs a ticket.
 */
public final class NoChain implements Chain {
  /** What an operator has to do before anything goes on. */
  public static final String WHY =
      "this node knows no chain: start it with --chain dev (selkie.chain = dev) for a development"
          + " chain of its own, whose seals count nowhere else";

  /** Of mainnet; nothing gets so far. */
  private static final long CHALLENGE_DELAY = 150;

  /** Of mainnet: a day, and 900 epochs of finality. */
  private static final long MAX_TICKET_AGE = 2880 + 900;

  /** Of mainnet: 30 days, and the challenge delay (builtin-actors, policy of miners). */
  private static final long MAX_PROVE_COMMIT_DURATION = 30 * 2880 + CHALLENGE_DELAY;

  private static <T> CompletionStage<T> none() {
    return CompletableFuture.failedFuture(new IOException(WHY));
  }

  @Override
  public long preCommitChallengeDelay() {
    return CHALLENGE_DELAY;
  }

  @Override
  public long maxTicketAge() {
    return MAX_TICKET_AGE;
  }

  @Override
  public long maxProveCommitDuration() {
    return MAX_PROVE_COMMIT_DURATION;
  }

  @Override
  public CompletionStage<Instant> timeOf(long epoch) {
    return none();
  }

  @Override
  public CompletionStage<Long> head() {
    return none();
  }

  @Override
  public CompletionStage<Ticket> ticket(MinerId miner, long epoch) {
    return none();
  }

  @Override
  public CompletionStage<Seed> seed(MinerId miner, long epoch) {
    return none();
  }

  @Override
  public CompletionStage<Long> preCommit(UUID message, PreCommit preCommit) {
    return none();
  }

  @Override
  public CompletionStage<Optional<PreCommitOnChain>> preCommitOf(SectorId sector) {
    return none();
  }

  @Override
  public CompletionStage<Long> proveCommit(UUID message, ProveCommit proveCommit) {
    return none();
  }

  @Override
  public CompletionStage<Optional<SectorOnChain>> sectorOf(SectorId sector) {
    return none();
  }
}
