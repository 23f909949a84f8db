package io.selkie.sealing;

import io.selkie.scheduler.Failure;
import io.selkie.sealing.SealingEvent.GivenUp;
import io.selkie.sealing.SealingEvent.RemovalRequested;
import io.selkie.sealing.SealingEvent.Retried;
import io.selkie.sealing.SealingEvent.SectorRemoved;
import io.selkie.sealing.SealingEvent.StepFailed;
import io.selkie.sealing.SealingState.Active;
import io.selkie.sealing.SealingState.Commit1;
import io.selkie.sealing.SealingState.Commit2;
import io.selkie.sealing.SealingState.CommitFailed;
import io.selkie.sealing.SealingState.CommitStep;
import io.selkie.sealing.SealingState.CommitWait;
import io.selkie.sealing.SealingState.ComputeProofFailed;
import io.selkie.sealing.SealingState.Failed;
import io.selkie.sealing.SealingState.FailedUnrecoverable;
import io.selkie.sealing.SealingState.FinalizeFailed;
import io.selkie.sealing.SealingState.FinalizeSector;
import io.selkie.sealing.SealingState.GetTicket;
import io.selkie.sealing.SealingState.Known;
import io.selkie.sealing.SealingState.NotTransferred;
import io.selkie.sealing.SealingState.Packing;
import io.selkie.sealing.SealingState.PackingFailed;
import io.selkie.sealing.SealingState.PreCommit1;
import io.selkie.sealing.SealingState.PreCommit2;
import io.selkie.sealing.SealingState.PreCommitFailed;
import io.selkie.sealing.SealingState.PreCommitStep;
import io.selkie.sealing.SealingState.PreCommitWait;
import io.selkie.sealing.SealingState.PreCommitting;
import io.selkie.sealing.SealingState.Proving;
import io.selkie.sealing.SealingState.RemoveFailed;
import io.selkie.sealing.SealingState.Removed;
import io.selkie.sealing.SealingState.Removing;
import io.selkie.sealing.SealingState.SealFailed;
import io.selkie.sealing.SealingState.Stored;
import io.selkie.sealing.SealingState.SubmitCommit;
import io.selkie.sealing.SealingState.Transferred;
import io.selkie.sealing.SealingState.WaitSeed;
import io.selkie.sealing.SealingTransitions.Row;
import io.selkie.storage.SectorCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** How rows are made, and those that lead off the straight way and back. */
final class SealingRows {
  /** The code of a failure that an operator asked for. */
  static final String ABORTED = "aborted";

  /** The code of a failure for want of a pre-commit that had been on chain. */
  static final String NO_PRE_COMMIT = "no_pre_commit";

  /** The code of a release that was refused: the destination does not have the copy any more. */
  static final String NO_COPY = "no_copy";

  private SealingRows() {}

  static <S extends SealingState, E extends SealingEvent, T extends SealingState> Row row(
      Class<S> from, Class<E> event, Class<T> to, BiFunction<S, E, T> apply) {
    return row(from, event, Set.of(to), apply);
  }

  static <S extends SealingState, E extends SealingEvent> Row row(
      Class<S> from,
      Class<E> event,
      Set<Class<? extends SealingState>> to,
      BiFunction<S, E, ? extends SealingState> apply) {
    return new Row(
        from, event, to, (state, happened) -> apply.apply(from.cast(state), event.cast(happened)));
  }

  static List<Row> failing() {
    return List.of(
        failed(Packing.class, PackingFailed.class, PackingFailed::new),
        failed(GetTicket.class, SealFailed.class, SealFailed::new),
        failed(PreCommit1.class, SealFailed.class, SealFailed::new),
        failed(PreCommit2.class, SealFailed.class, SealFailed::new),
        failed(PreCommitting.class, PreCommitFailed.class, PreCommitFailed::new),
        failed(
            PreCommitWait.class,
            PreCommitFailed.class,
            (state, why) -> new PreCommitFailed(withMessageOrWithout(state, why), why)),
        failed(
            WaitSeed.class,
            PreCommitFailed.class,
            (state, why) -> new PreCommitFailed(withOrWithoutPreCommit(state, why), why)),
        failed(Commit1.class, ComputeProofFailed.class, ComputeProofFailed::new),
        failed(Commit2.class, ComputeProofFailed.class, ComputeProofFailed::new),
        row(
            SubmitCommit.class,
            StepFailed.class,
            Set.of(CommitFailed.class, PreCommitFailed.class),
            SealingRows::notSubmitted),
        failed(
            CommitWait.class,
            CommitFailed.class,
            (state, why) -> new CommitFailed(withMessageOrWithout(state, why), why)),
        failed(FinalizeSector.class, FinalizeFailed.class, FinalizeFailed::new),
        failed(Removing.class, RemoveFailed.class, RemoveFailed::new));
  }

  private static <S extends Active, T extends Failed> Row failed(
      Class<S> from, Class<T> to, BiFunction<S, Failure, T> apply) {
    return row(
        from,
        StepFailed.class,
        to,
        (state, event) ->
            apply.apply(from.cast(state.on(state.course().at(event.at()))), event.failure()));
  }

  /** Without its pre-commit there is nothing to prove: it has to be sent again first. */
  private static Failed notSubmitted(SubmitCommit state, StepFailed event) {
    SubmitCommit at = state.on(state.course().at(event.at()));
    return event.failure().code().equals(NO_PRE_COMMIT)
        ? new PreCommitFailed(
            new PreCommitting(at.course(), at.facts().seeded().preCommitted().encoded()),
            event.failure())
        : new CommitFailed(at, event.failure());
  }

  /** A message that was refused is dead; one whose fate is not known stays the one to send. */
  private static PreCommitStep withMessageOrWithout(PreCommitWait state, Failure why) {
    return why.code().equals(ABORTED) ? state : new PreCommitting(state.course(), state.facts());
  }

  /** A pre-commit that the chain lost has to be looked for again. */
  private static PreCommitStep withOrWithoutPreCommit(WaitSeed state, Failure why) {
    return why.code().equals(ABORTED)
        ? state
        : new PreCommitting(state.course(), state.facts().encoded());
  }

  private static CommitStep withMessageOrWithout(CommitWait state, Failure why) {
    return why.code().equals(ABORTED) ? state : new SubmitCommit(state.course(), state.facts());
  }

  static List<Row> retrying() {
    return List.of(
        retried(PackingFailed.class, Set.of(Packing.class)),
        retried(SealFailed.class, Set.of(GetTicket.class, PreCommit1.class, PreCommit2.class)),
        retried(
            PreCommitFailed.class,
            Set.of(PreCommitting.class, PreCommitWait.class, WaitSeed.class)),
        retried(ComputeProofFailed.class, Set.of(Commit1.class, Commit2.class)),
        retried(CommitFailed.class, Set.of(SubmitCommit.class, CommitWait.class)),
        retried(FinalizeFailed.class, Set.of(FinalizeSector.class)),
        retried(RemoveFailed.class, Set.of(Removing.class)));
  }

  private static <S extends Failed> Row retried(
      Class<S> from, Set<Class<? extends SealingState>> to) {
    return row(
        from,
        Retried.class,
        to,
        (state, event) -> state.at().on(state.course().retried(event.at())));
  }

  /** Whatever a sector is at, it can be removed; what has failed can be given up. */
  static List<Row> ending() {
    List<Row> rows = new ArrayList<>();
    for (Class<? extends Failed> from :
        List.of(
            PackingFailed.class,
            SealFailed.class,
            PreCommitFailed.class,
            ComputeProofFailed.class,
            CommitFailed.class)) {
      rows.add(row(from, GivenUp.class, FailedUnrecoverable.class, SealingRows::givenUp));
      rows.add(removal(from));
    }
    for (Class<? extends Known> from :
        List.of(
            Packing.class,
            GetTicket.class,
            PreCommit1.class,
            PreCommit2.class,
            PreCommitting.class,
            PreCommitWait.class,
            WaitSeed.class,
            Commit1.class,
            Commit2.class,
            SubmitCommit.class,
            CommitWait.class,
            FinalizeSector.class,
            Proving.class,
            Transferred.class,
            Stored.class,
            NotTransferred.class,
            FinalizeFailed.class,
            FailedUnrecoverable.class)) {
      rows.add(removal(from));
    }
    rows.add(
        row(
            Removing.class,
            SectorRemoved.class,
            Removed.class,
            (state, event) -> new Removed(state.course().at(event.at()), state.facts())));
    return rows;
  }

  private static FailedUnrecoverable givenUp(Failed state, GivenUp event) {
    Failure failure =
        new Failure(
            Failure.Action.ABANDON,
            "given_up",
            "given up by " + event.by() + ": " + event.cause() + "; " + state.failure().message());
    return new FailedUnrecoverable(state.course().at(event.at()), state.facts(), failure);
  }

  private static Optional<SectorCopy> copyOf(SealingState state) {
    if (state instanceof Stored stored) {
      return Optional.of(stored.copy());
    }
    if (state instanceof Transferred transferred) {
      return Optional.of(transferred.copy());
    }
    return state instanceof NotTransferred stuck ? copyOf(stuck.at()) : Optional.empty();
  }

  private static Row removal(Class<? extends Known> from) {
    return row(
        from,
        RemovalRequested.class,
        Removing.class,
        (state, event) ->
            new Removing(state.course().at(event.at()), state.facts(), copyOf(state)));
  }
}
