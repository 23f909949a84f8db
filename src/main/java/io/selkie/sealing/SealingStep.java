package io.selkie.sealing;

import io.selkie.chain.Chain;
import io.selkie.scheduler.TaskRequest;
import java.util.Optional;
import java.util.UUID;

/** What is to be done in a state. Each may be done again after a crash. */
sealed interface SealingStep {
  /** Nothing. */
  record Rest() implements SealingStep {}

  /** End the task of the sector, if one runs. */
  record EndTask(String cause) implements SealingStep {}

  /**
   * Have the sector do a task.
   *
   * @param expiry by which it has to be done, if there is one
   */
  record RunTask(TaskRequest request, Optional<Expiry> expiry) implements SealingStep {
    /** Of work that does not grow stale. */
    RunTask(TaskRequest request) {
      this(request, Optional.empty());
    }
  }

  /** Have the sector labelled, unless the ticket is too old by now. */
  record Label(TaskRequest.PreCommit1 request, long ticketEpoch) implements SealingStep {}

  /** Note that all pieces were added. */
  record Pack() implements SealingStep {}

  /** Remove the uploaded files, which are of no more use, and draw the ticket. */
  record DrawTicket(Uploads uploads) implements SealingStep {}

  /** See whether the pre-commit is on chain already, or whether its ticket is too old for it. */
  record LookForPreCommit(long ticketEpoch) implements SealingStep {}

  /** Send the pre-commit. */
  record SendPreCommit(UUID message, Chain.PreCommit preCommit) implements SealingStep {}

  /** Wait for the epoch of the seed, and draw it. */
  record DrawSeed() implements SealingStep {}

  /** See whether the sector is proven already, or whether its seed changed. */
  record LookForProof(SealingFacts.Seeded seeded) implements SealingStep {}

  /** Send the proof. */
  record SendProof(UUID message, Chain.ProveCommit proveCommit) implements SealingStep {}

  /** Have what only sealing needs removed, and write the record of the seal. */
  record Finish(TaskRequest.Finalize request, SealingFacts.Proven facts, Course course)
      implements SealingStep {}

  /** Have a verified copy made in long-term storage, if there is any. */
  record Transfer(TaskRequest.Transfer request) implements SealingStep {}

  /**
   * Begin another sector in the place of one whose host is gone, unless this one is pre-committed;
   * the order holds no data.
   */
  record SealAnew(SealingFacts.Order order) implements SealingStep {}

  /** End what runs, and have all files of the sector removed, the uploaded ones too. */
  record Remove(TaskRequest.Remove request, Uploads uploads) implements SealingStep {}
}
