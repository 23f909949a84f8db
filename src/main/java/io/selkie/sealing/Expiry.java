package io.selkie.sealing;

import io.selkie.chain.Chain;

/** What makes the work of a task worthless if it comes too late for it. */
sealed interface Expiry {
  /** The last epoch at which a message with the work is taken. */
  long lastEpoch(Chain chain);

  /** The pre-commit has to be on chain before its ticket is too old. */
  record OfTicket(long ticketEpoch) implements Expiry {
    @Override
    public long lastEpoch(Chain chain) {
      return ticketEpoch + chain.maxTicketAge();
    }
  }

  /** The proof has to be on chain before the pre-commit is void. */
  record OfPreCommit(long preCommitEpoch) implements Expiry {
    @Override
    public long lastEpoch(Chain chain) {
      return preCommitEpoch + chain.maxProveCommitDuration();
    }
  }
}
