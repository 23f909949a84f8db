package io.selkie.lotus.calls;

import io.selkie.scheduler.HostId;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What a call has hosts of the farm do. All of it may be done again. */
public interface CallEffects {
  /**
   * Whether a host is still taking the bytes of a pushed piece; fails if the host does not answer.
   */
  CompletionStage<Boolean> isTakingPiece(HostId host, UUID call);

  /**
   * Does at the host of the sector's files what is left to do there, declares its files in the
   * miner's index, and tells the miner the outcome. Ends when the miner has it.
   *
   * @param host that has the sector's files; empty: none does
   */
  CompletionStage<Void> report(UUID call, CallState.Ended ended, Optional<HostId> host);
}
