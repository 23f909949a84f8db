package io.selkie.chain;

import java.time.Duration;

/**
 * What kind of chain a {@link DevChain} is. Epochs count from its genesis.
 *
 * @param blockTime length of an epoch, at least 1 ms
 * @param preCommitChallengeDelay epochs from a pre-commit to its seed
 * @param maxTicketAge epochs after which a ticket is too old to be pre-committed
 * @param maxProveCommitDuration epochs after a pre-commit in which the sector must be proven
 * @param standInProofs takes proofs of the stand-in prover and no others; false: real ones alone
 */
public record DevChainSettings(
    Duration blockTime,
    long preCommitChallengeDelay,
    long maxTicketAge,
    long maxProveCommitDuration,
    boolean standInProofs) {
  private static final long SEAL_RANDOMNESS_LOOKBACK = 900;
  private static final long EPOCHS_IN_A_DAY = 2880;
  private static final long DEVNET_CHALLENGE_DELAY = 10;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the first that is out of range
   */
  public DevChainSettings {
    if (blockTime.toMillis() < 1) {
      throw new IllegalArgumentException("the block time must be at least 1 ms");
    }
    if (preCommitChallengeDelay < 1 || preCommitChallengeDelay > maxProveCommitDuration) {
      throw new IllegalArgumentException(
          "the challenge delay must be from 1 to "
              + maxProveCommitDuration
              + " epochs, got "
              + preCommitChallengeDelay);
    }
  }

  /**
   * The rules of Lotus's 2 KiB devnet (build/buildconstants/params_2k.go, Lotus 1.36), but for its
   * limits in epochs: with shorter blocks they are as long in time as on mainnet, since sealing
   * takes no less.
   */
  public static DevChainSettings devnet(Duration blockTime, boolean standInProofs) {
    long day = Math.max(EPOCHS_IN_A_DAY, Duration.ofDays(1).toMillis() / blockTime.toMillis());
    return new DevChainSettings(
        blockTime,
        DEVNET_CHALLENGE_DELAY,
        day + SEAL_RANDOMNESS_LOOKBACK,
        30 * day + DEVNET_CHALLENGE_DELAY,
        standInProofs);
  }

  /** The same with another delay from a pre-commit to its seed. */
  public DevChainSettings withChallengeDelay(long epochs) {
    return new DevChainSettings(
        blockTime, epochs, maxTicketAge, maxProveCommitDuration, standInProofs);
  }
}
