package io.selkie.sealing;

import io.selkie.chain.Chain;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskResult;
import java.time.Instant;
import java.util.UUID;

/** How a {@link SealingStep} ended. */
sealed interface SealingOutcome {
  /** Nothing to say yet: the step has to be done again in a while. */
  record NotYet(String why) implements SealingOutcome {}

  /** It is done, and nothing happened that would have to be remembered. */
  record Settled() implements SealingOutcome {}

  /** The task gave its result. */
  record TaskDone(TaskResult result) implements SealingOutcome {}

  /** The task failed, or the chain refused. */
  record Failed(Failure failure) implements SealingOutcome {}

  /** The host that has the sector's files is lost since then; the task waits for it. */
  record HostLost(HostId host, Instant since) implements SealingOutcome {}

  /** All pieces were added. */
  record Packed() implements SealingOutcome {}

  /** The ticket, and the epoch that it was drawn from. */
  record TicketFound(Ticket ticket, long epoch) implements SealingOutcome {}

  /** The ticket cannot be pre-committed any more. */
  record TicketTooOld(long head) implements SealingOutcome {}

  /** The pre-commit is on chain. */
  record PreCommitFound(Chain.PreCommitOnChain found) implements SealingOutcome {}

  /** Nothing is on chain: a message has to be sent, under this id if it is a new one. */
  record ReadyToSend(UUID message) implements SealingOutcome {}

  /** The message that was sent is on chain since the epoch. */
  record Landed(long epoch) implements SealingOutcome {}

  /** The seed, and the epoch that it was drawn from. */
  record SeedFound(Seed seed, long epoch) implements SealingOutcome {}
}
