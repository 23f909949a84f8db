package io.selkie.sealing;

import io.selkie.chain.Chain;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sealing.SealingState.Commit1;
import io.selkie.sealing.SealingState.Commit2;
import io.selkie.sealing.SealingState.CommitWait;
import io.selkie.sealing.SealingState.FinalizeSector;
import io.selkie.sealing.SealingState.GetTicket;
import io.selkie.sealing.SealingState.Packing;
import io.selkie.sealing.SealingState.PreCommit1;
import io.selkie.sealing.SealingState.PreCommit2;
import io.selkie.sealing.SealingState.PreCommitWait;
import io.selkie.sealing.SealingState.PreCommitting;
import io.selkie.sealing.SealingState.Proving;
import io.selkie.sealing.SealingState.Removing;
import io.selkie.sealing.SealingState.SubmitCommit;
import io.selkie.sealing.SealingState.Transferred;
import io.selkie.sealing.SealingState.WaitSeed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the driver does next, and what it makes of the outcome. Pure: no clock, no chance. */
final class SealingPlan {
  private static final String HOST_LOST = "host_lost";

  /** Failures for want of the host. */
  private static final Set<String> GONE = Set.of(HOST_LOST, Failure.HOST_REMOVED);

  private SealingPlan() {}

  /** What is to be done in the state. */
  static SealingStep step(SealingState state) {
    if (state instanceof Packing packing) {
      return pack(packing);
    }
    if (state instanceof GetTicket ticket) {
      return new SealingStep.DrawTicket(ticket.facts().order().uploads());
    }
    if (state instanceof PreCommit1 labelling) {
      return label(labelling.facts());
    }
    if (state instanceof PreCommit2 encoding) {
      return encode(encoding.facts());
    }
    if (state instanceof PreCommitting looking) {
      return new SealingStep.LookForPreCommit(looking.facts().labelled().ticketed().ticketEpoch());
    }
    if (state instanceof PreCommitWait sending) {
      return new SealingStep.SendPreCommit(sending.message(), preCommit(sending.facts()));
    }
    if (state instanceof WaitSeed) {
      return new SealingStep.DrawSeed();
    }
    return proofStep(state);
  }

  private static SealingStep proofStep(SealingState state) {
    if (state instanceof Commit1 proving) {
      return commit1(proving.facts());
    }
    if (state instanceof Commit2 proving) {
      return new SealingStep.RunTask(
          new TaskRequest.Commit2(
              proving.facts().order().proofType(),
              proving.facts().output(),
              proving.facts().digest()),
          expiry(proving.facts().seeded().preCommitted()));
    }
    if (state instanceof SubmitCommit looking) {
      return new SealingStep.LookForProof(looking.facts().seeded());
    }
    if (state instanceof CommitWait sending) {
      return new SealingStep.SendProof(
          sending.message(),
          new Chain.ProveCommit(sending.facts().order().sector(), sending.facts().proof()));
    }
    if (state instanceof FinalizeSector finishing) {
      SealingFacts.Order order = finishing.facts().order();
      return new SealingStep.Finish(
          new TaskRequest.Finalize(order.proofType(), !order.isEmpty()),
          finishing.facts(),
          finishing.course());
    }
    if (state instanceof Removing removing) {
      SealingFacts.Order order = removing.facts().order();
      return new SealingStep.Remove(
          new TaskRequest.Remove(
              order.proofType(),
              removing.copy(),
              Optional.of(SealRecords.replica(removing.facts()))),
          order.uploads());
    }
    if (state instanceof Proving proving) {
      return new SealingStep.Transfer(
          new TaskRequest.Transfer(proving.facts().order().proofType()));
    }
    if (state instanceof Transferred transferred) {
      return new SealingStep.RunTask(
          new TaskRequest.Release(transferred.facts().order().proofType(), transferred.copy()));
    }
    if (isToBeSealedAnew(state)) {
      return new SealingStep.SealAnew(((SealingState.Failed) state).facts().order());
    }
    // Persisted before the task is ended, so that no restart has it done all the same.
    return state instanceof SealingState.Failed failed
            && failed.failure().code().equals(SealingRows.ABORTED)
        ? new SealingStep.EndTask(failed.failure().message())
        : new SealingStep.Rest();
  }

  /** What holds zeros and is on no chain is as good under another number. */
  private static boolean isToBeSealedAnew(SealingState state) {
    return (state instanceof SealingState.PackingFailed || state instanceof SealingState.SealFailed)
        && GONE.contains(((SealingState.Failed) state).failure().code())
        && ((SealingState.Failed) state).facts().order().isEmpty();
  }

  /** A sector that waits for a lost host: a new one takes its place, if it can. */
  static SealingOutcome ofLostHost(SealingState state, SealingOutcome.HostLost lost) {
    String where = "host " + lost.host() + ", which has its files, is lost since " + lost.since();
    boolean mayBegin =
        state instanceof Packing || state instanceof PreCommit1 || state instanceof PreCommit2;
    return mayBegin && ((SealingState.Active) state).facts().order().isEmpty()
        ? new SealingOutcome.Failed(
            abandon(
                HOST_LOST,
                where + "; it is sealed anew under another number, unless it is pre-committed"))
        : new SealingOutcome.NotYet(
            where
                + ": start it again, or say selkie hosts remove "
                + lost.host()
                + " --host-is-off");
  }

  private static SealingStep pack(Packing state) {
    List<SealingFacts.PlannedPiece> plan = state.facts().plan();
    int next = state.added().size();
    if (next == plan.size()) {
      return new SealingStep.Pack();
    }
    List<PaddedSize> existing = state.added().stream().map(PieceInfo::size).toList();
    SealingFacts.PlannedPiece piece = plan.get(next);
    return new SealingStep.RunTask(
        new TaskRequest.AddPiece(
            state.facts().proofType(),
            existing,
            piece.size(),
            piece.source(),
            piece.name(),
            state.facts().host()));
  }

  private static SealingStep label(SealingFacts.Ticketed facts) {
    return new SealingStep.Label(
        new TaskRequest.PreCommit1(
            facts.order().proofType(), facts.ticket(), facts.packed().pieces()),
        facts.ticketEpoch());
  }

  private static SealingStep encode(SealingFacts.Labelled facts) {
    SealingFacts.Ticketed ticketed = facts.ticketed();
    return new SealingStep.RunTask(
        new TaskRequest.PreCommit2(
            facts.order().proofType(),
            ticketed.ticket(),
            ticketed.packed().pieces(),
            facts.output()),
        Optional.of(new Expiry.OfTicket(ticketed.ticketEpoch())));
  }

  private static SealingStep commit1(SealingFacts.Seeded facts) {
    SealingFacts.Encoded encoded = facts.preCommitted().encoded();
    SealingFacts.Ticketed ticketed = encoded.labelled().ticketed();
    return new SealingStep.RunTask(
        new TaskRequest.Commit1(
            facts.order().proofType(),
            ticketed.ticket(),
            facts.seed(),
            ticketed.packed().pieces(),
            encoded.commR(),
            encoded.labelled().commD()),
        expiry(facts.preCommitted()));
  }

  private static Optional<Expiry> expiry(SealingFacts.PreCommitted facts) {
    return Optional.of(new Expiry.OfPreCommit(facts.epoch()));
  }

  private static Chain.PreCommit preCommit(SealingFacts.Encoded facts) {
    SealingFacts.Order order = facts.order();
    CommD data = facts.labelled().commD();
    return new Chain.PreCommit(
        order.sector(),
        order.proofType(),
        facts.commR(),
        order.isEmpty() ? Optional.empty() : Optional.of(data),
        facts.labelled().ticketed().ticketEpoch());
  }

  /**
   * What has happened, given the outcome of the state's step.
   *
   * @param stepsBack how often a sector may go back before an operator has to look at it
   */
  static SealingEvent decide(
      SealingState state, SealingOutcome outcome, int stepsBack, Instant at) {
    SealingEvent event = event(state, outcome, stepsBack, at);
    if (SealingTransitions.accepts(state, event)) {
      return event;
    }
    String step = state.getClass().getSimpleName();
    String end = event.getClass().getSimpleName();
    return stepFailed(
        state, abandon("unexpected", step + " cannot end with " + end + ": this is a bug"), at);
  }

  private static SealingEvent event(
      SealingState state, SealingOutcome outcome, int stepsBack, Instant at) {
    if (outcome instanceof SealingOutcome.TaskDone done) {
      return done(done.result(), at);
    }
    if (outcome instanceof SealingOutcome.Failed failed) {
      return failed(state, failed.failure(), stepsBack, at);
    }
    if (outcome instanceof SealingOutcome.Packed) {
      return new SealingEvent.SectorPacked(at);
    }
    if (outcome instanceof SealingOutcome.TicketFound found) {
      return new SealingEvent.TicketDrawn(at, found.ticket(), found.epoch());
    }
    if (outcome instanceof SealingOutcome.TicketTooOld old) {
      return new SealingEvent.TicketExpired(at, old.head());
    }
    if (outcome instanceof SealingOutcome.PreCommitFound found) {
      return found(state, found.found(), at);
    }
    if (outcome instanceof SealingOutcome.ReadyToSend ready) {
      return state instanceof PreCommitting
          ? new SealingEvent.PreCommitSubmitted(at, ready.message())
          : new SealingEvent.CommitSubmitted(at, ready.message());
    }
    if (outcome instanceof SealingOutcome.SeedFound found) {
      return new SealingEvent.SeedDrawn(at, found.seed(), found.epoch());
    }
    if (outcome instanceof SealingOutcome.Landed landed) {
      return state instanceof PreCommitWait
          ? new SealingEvent.PreCommitLanded(at, landed.epoch())
          : new SealingEvent.SectorProven(at, landed.epoch());
    }
    throw new IllegalArgumentException("nothing happened: " + outcome);
  }

  private static SealingEvent done(TaskResult result, Instant at) {
    if (result instanceof TaskResult.PieceAdded added) {
      return new SealingEvent.PieceAdded(at, added.piece());
    }
    if (result instanceof TaskResult.Labelled labelled) {
      return new SealingEvent.PreCommit1Done(at, labelled.output(), labelled.commD());
    }
    if (result instanceof TaskResult.Encoded encoded) {
      return new SealingEvent.PreCommit2Done(at, encoded.commR());
    }
    if (result instanceof TaskResult.VanillaProved proved) {
      return new SealingEvent.Commit1Done(at, proved.output(), proved.digest());
    }
    if (result instanceof TaskResult.Proved proved) {
      return new SealingEvent.Commit2Done(at, proved.proof());
    }
    if (result instanceof TaskResult.Finalized) {
      return new SealingEvent.Finalized(at);
    }
    if (result instanceof TaskResult.FilesRemoved) {
      return new SealingEvent.SectorRemoved(at);
    }
    if (result instanceof TaskResult.Transferred transferred) {
      return new SealingEvent.SectorTransferred(at, transferred.copy());
    }
    if (result instanceof TaskResult.Released released) {
      return new SealingEvent.SourceReleased(at, released.copy());
    }
    throw new IllegalArgumentException("no step asks for " + result);
  }

  private static SealingEvent failed(
      SealingState state, Failure failure, int stepsBack, Instant at) {
    if (state instanceof Transferred && failure.code().equals(SealingRows.NO_COPY)) {
      return new SealingEvent.CopyLost(at, failure);
    }
    if (state instanceof SealingState.Sealed) {
      return new SealingEvent.TransferFailed(at, failure);
    }
    boolean canGoBack =
        state instanceof PreCommit2 || state instanceof Commit1 || state instanceof Commit2;
    boolean mayGoBack = canGoBack && ((SealingState.Active) state).course().stepsBack() < stepsBack;
    return failure.action() == Failure.Action.REDO && mayGoBack
        ? after(state, name -> new SealingEvent.SteppedBack(at, name, failure))
        : stepFailed(state, failure, at);
  }

  /** The step of the state failed for good. */
  static SealingEvent stepFailed(SealingState state, Failure failure, Instant at) {
    return after(state, name -> new SealingEvent.StepFailed(at, name, failure));
  }

  /** An operator has the failed step tried again. */
  static SealingEvent retried(SealingState.Failed state, String by, Instant at) {
    return after(state, name -> new SealingEvent.Retried(at, name, by));
  }

  /** The event with the name of the state that it leads to, which only the table knows. */
  private static SealingEvent after(
      SealingState state, Function<SealingStateName, SealingEvent> event) {
    SealingState next =
        SealingTransitions.next(state, event.apply(SealingStateName.of(state.getClass())));
    return event.apply(SealingStateName.of(next.getClass()));
  }

  /** A pre-commit of another replica proves that somebody else seals under this number. */
  private static SealingEvent found(SealingState state, Chain.PreCommitOnChain found, Instant at) {
    boolean ours =
        state instanceof PreCommitting looking
            && found.preCommit().equals(preCommit(looking.facts()));
    return ours
        ? new SealingEvent.PreCommitLanded(at, found.epoch())
        : stepFailed(
            state,
            abandon("other_replica", "another replica is pre-committed under this number"),
            at);
  }

  static Failure abandon(String code, String message) {
    return new Failure(Failure.Action.ABANDON, code, message);
  }
}
