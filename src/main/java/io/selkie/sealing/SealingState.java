package io.selkie.sealing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.serialization.NodeMessage;
import io.selkie.storage.SectorCopy;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a sector is on its way to proving. A state that exists proves that its facts exist. Lotus's
 * name of each is {@link SealingStateName#of}; several may have the same one.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SealingState.Undefined.class, name = "Undefined"),
  @JsonSubTypes.Type(value = SealingState.Packing.class, name = "Packing"),
  @JsonSubTypes.Type(value = SealingState.GetTicket.class, name = "GetTicket"),
  @JsonSubTypes.Type(value = SealingState.PreCommit1.class, name = "PreCommit1"),
  @JsonSubTypes.Type(value = SealingState.PreCommit2.class, name = "PreCommit2"),
  @JsonSubTypes.Type(value = SealingState.PreCommitting.class, name = "PreCommitting"),
  @JsonSubTypes.Type(value = SealingState.PreCommitWait.class, name = "PreCommitWait"),
  @JsonSubTypes.Type(value = SealingState.WaitSeed.class, name = "WaitSeed"),
  @JsonSubTypes.Type(value = SealingState.Commit1.class, name = "Commit1"),
  @JsonSubTypes.Type(value = SealingState.Commit2.class, name = "Commit2"),
  @JsonSubTypes.Type(value = SealingState.SubmitCommit.class, name = "SubmitCommit"),
  @JsonSubTypes.Type(value = SealingState.CommitWait.class, name = "CommitWait"),
  @JsonSubTypes.Type(value = SealingState.FinalizeSector.class, name = "FinalizeSector"),
  @JsonSubTypes.Type(value = SealingState.Proving.class, name = "Proving"),
  @JsonSubTypes.Type(value = SealingState.Transferred.class, name = "Transferred"),
  @JsonSubTypes.Type(value = SealingState.Stored.class, name = "Stored"),
  @JsonSubTypes.Type(value = SealingState.NotTransferred.class, name = "NotTransferred"),
  @JsonSubTypes.Type(value = SealingState.PackingFailed.class, name = "PackingFailed"),
  @JsonSubTypes.Type(value = SealingState.SealFailed.class, name = "SealFailed"),
  @JsonSubTypes.Type(value = SealingState.PreCommitFailed.class, name = "PreCommitFailed"),
  @JsonSubTypes.Type(value = SealingState.ComputeProofFailed.class, name = "ComputeProofFailed"),
  @JsonSubTypes.Type(value = SealingState.CommitFailed.class, name = "CommitFailed"),
  @JsonSubTypes.Type(value = SealingState.FinalizeFailed.class, name = "FinalizeFailed"),
  @JsonSubTypes.Type(value = SealingState.FailedUnrecoverable.class, name = "FailedUnrecoverable"),
  @JsonSubTypes.Type(value = SealingState.Removing.class, name = "Removing"),
  @JsonSubTypes.Type(value = SealingState.RemoveFailed.class, name = "RemoveFailed"),
  @JsonSubTypes.Type(value = SealingState.Removed.class, name = "Removed")
})
public sealed interface SealingState extends NodeMessage {

  /** Nothing was asked for. */
  record Undefined(SectorId sector) implements SealingState {}

  /** A state with a history. */
  sealed interface Known extends SealingState {
    /** How it came along. */
    Course course();

    /** What is known. */
    SealingFacts facts();
  }

  /** A state of which the driver has something to do, until it ends or fails. */
  sealed interface Active extends Known {
    /** The same step on another course. */
    Active on(Course other);
  }

  /** A step of labelling or encoding. */
  sealed interface SealStep extends Active {}

  /** A step from the replica to its pre-commit and seed. */
  sealed interface PreCommitStep extends Active {}

  /** A step that computes the proof. */
  sealed interface ProofStep extends Active {}

  /** A step that puts the proof on chain. */
  sealed interface CommitStep extends Active {}

  /** A state that waits for an operator. */
  sealed interface Failed extends Known {
    /** The step that failed, to which a retry returns. */
    Active at();

    /** Why. */
    Failure failure();

    @Override
    default Course course() {
      return at().course();
    }

    @Override
    default SealingFacts facts() {
      return at().facts();
    }
  }

  /**
   * Pieces are added.
   *
   * @param added so far, in the order of the plan
   */
  record Packing(Course course, SealingFacts.Order facts, List<PieceInfo> added) implements Active {
    /** The list is copied. */
    public Packing {
      added = List.copyOf(added);
    }

    @Override
    public Packing on(Course other) {
      return new Packing(other, facts, added);
    }
  }

  /** The ticket is drawn. */
  record GetTicket(Course course, SealingFacts.Packed facts) implements SealStep {
    @Override
    public GetTicket on(Course other) {
      return new GetTicket(other, facts);
    }
  }

  /** The sector is labelled. */
  record PreCommit1(Course course, SealingFacts.Ticketed facts) implements SealStep {
    @Override
    public PreCommit1 on(Course other) {
      return new PreCommit1(other, facts);
    }
  }

  /** The replica is encoded. */
  record PreCommit2(Course course, SealingFacts.Labelled facts) implements SealStep {
    @Override
    public PreCommit2 on(Course other) {
      return new PreCommit2(other, facts);
    }
  }

  /** The pre-commit is looked for on chain, and gets its message. */
  record PreCommitting(Course course, SealingFacts.Encoded facts) implements PreCommitStep {
    @Override
    public PreCommitting on(Course other) {
      return new PreCommitting(other, facts);
    }
  }

  /** The pre-commit is sent. */
  record PreCommitWait(Course course, SealingFacts.Encoded facts, UUID message)
      implements PreCommitStep {
    @Override
    public PreCommitWait on(Course other) {
      return new PreCommitWait(other, facts, message);
    }
  }

  /** The epoch of the seed is awaited. */
  record WaitSeed(Course course, SealingFacts.PreCommitted facts) implements PreCommitStep {
    @Override
    public WaitSeed on(Course other) {
      return new WaitSeed(other, facts);
    }
  }

  /** The vanilla proofs are made. */
  record Commit1(Course course, SealingFacts.Seeded facts) implements ProofStep {
    @Override
    public Commit1 on(Course other) {
      return new Commit1(other, facts);
    }
  }

  /** The proof is made. */
  record Commit2(Course course, SealingFacts.VanillaProved facts) implements ProofStep {
    @Override
    public Commit2 on(Course other) {
      return new Commit2(other, facts);
    }
  }

  /** Seed and sector are looked up on chain, and the proof gets its message. */
  record SubmitCommit(Course course, SealingFacts.Proved facts) implements CommitStep {
    @Override
    public SubmitCommit on(Course other) {
      return new SubmitCommit(other, facts);
    }
  }

  /** The proof is sent. */
  record CommitWait(Course course, SealingFacts.Proved facts, UUID message) implements CommitStep {
    @Override
    public CommitWait on(Course other) {
      return new CommitWait(other, facts, message);
    }
  }

  /** What only sealing needs is removed. */
  record FinalizeSector(Course course, SealingFacts.Proven facts) implements Active {
    @Override
    public FinalizeSector on(Course other) {
      return new FinalizeSector(other, facts);
    }
  }

  /** The sector is proven, and its files lie where it was sealed. */
  sealed interface Sealed extends Known {}

  /** The sector is sealed and proven on chain. */
  record Proving(Course course, SealingFacts.Proven facts) implements Sealed {}

  /** Of the proven sector a verified copy is in long-term storage; its source is to be deleted. */
  record Transferred(Course course, SealingFacts.Proven facts, SectorCopy copy) implements Sealed {}

  /** The proven sector is in long-term storage and nowhere else. */
  record Stored(Course course, SealingFacts.Proven facts, SectorCopy copy) implements Known {}

  /** The proven sector waits for an operator to have its transfer tried again. */
  record NotTransferred(Sealed at, Failure failure) implements Known {
    @Override
    public Course course() {
      return at.course();
    }

    @Override
    public SealingFacts facts() {
      return at.facts();
    }
  }

  /** A piece could not be added. */
  record PackingFailed(Packing at, Failure failure) implements Failed {}

  /** Ticket, labels or replica could not be had. */
  record SealFailed(SealStep at, Failure failure) implements Failed {}

  /** The chain refused the pre-commit, or lost it. */
  record PreCommitFailed(PreCommitStep at, Failure failure) implements Failed {}

  /** The proof could not be computed. */
  record ComputeProofFailed(ProofStep at, Failure failure) implements Failed {}

  /** The chain refused the proof. */
  record CommitFailed(CommitStep at, Failure failure) implements Failed {}

  /** Finalize failed; the sector is proven all the same. */
  record FinalizeFailed(FinalizeSector at, Failure failure) implements Failed {}

  /** An operator gave the sector up. */
  record FailedUnrecoverable(Course course, SealingFacts facts, Failure failure) implements Known {}

  /**
   * All files of the sector are removed.
   *
   * @param copy in long-term storage, which goes to the trash there
   */
  record Removing(Course course, SealingFacts facts, Optional<SectorCopy> copy) implements Active {
    @Override
    public Removing on(Course other) {
      return new Removing(other, facts, copy);
    }
  }

  /** Files could not be removed. */
  record RemoveFailed(Removing at, Failure failure) implements Failed {}

  /** The files are gone. */
  record Removed(Course course, SealingFacts facts) implements Known {}
}
