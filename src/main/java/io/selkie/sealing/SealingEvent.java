package io.selkie.sealing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.SealingFacts.PlannedPiece;
import io.selkie.serialization.JournalEvent;
import io.selkie.storage.SectorCopy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What happened to a sector on its way to proving. Events carry what they decided. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SealingEvent.SectorBegun.class, name = "SectorBegun"),
  @JsonSubTypes.Type(value = SealingEvent.PieceAdded.class, name = "PieceAdded"),
  @JsonSubTypes.Type(value = SealingEvent.SectorPacked.class, name = "SectorPacked"),
  @JsonSubTypes.Type(value = SealingEvent.TicketDrawn.class, name = "TicketDrawn"),
  @JsonSubTypes.Type(value = SealingEvent.TicketExpired.class, name = "TicketExpired"),
  @JsonSubTypes.Type(value = SealingEvent.PreCommit1Done.class, name = "PreCommit1Done"),
  @JsonSubTypes.Type(value = SealingEvent.PreCommit2Done.class, name = "PreCommit2Done"),
  @JsonSubTypes.Type(value = SealingEvent.PreCommitSubmitted.class, name = "PreCommitSubmitted"),
  @JsonSubTypes.Type(value = SealingEvent.PreCommitLanded.class, name = "PreCommitLanded"),
  @JsonSubTypes.Type(value = SealingEvent.SeedDrawn.class, name = "SeedDrawn"),
  @JsonSubTypes.Type(value = SealingEvent.Commit1Done.class, name = "Commit1Done"),
  @JsonSubTypes.Type(value = SealingEvent.Commit2Done.class, name = "Commit2Done"),
  @JsonSubTypes.Type(value = SealingEvent.CommitSubmitted.class, name = "CommitSubmitted"),
  @JsonSubTypes.Type(value = SealingEvent.SectorProven.class, name = "SectorProven"),
  @JsonSubTypes.Type(value = SealingEvent.Finalized.class, name = "Finalized"),
  @JsonSubTypes.Type(value = SealingEvent.SectorTransferred.class, name = "SectorTransferred"),
  @JsonSubTypes.Type(value = SealingEvent.SourceReleased.class, name = "SourceReleased"),
  @JsonSubTypes.Type(value = SealingEvent.TransferFailed.class, name = "TransferFailed"),
  @JsonSubTypes.Type(value = SealingEvent.CopyLost.class, name = "CopyLost"),
  @JsonSubTypes.Type(value = SealingEvent.TransferRetried.class, name = "TransferRetried"),
  @JsonSubTypes.Type(value = SealingEvent.StepFailed.class, name = "StepFailed"),
  @JsonSubTypes.Type(value = SealingEvent.SteppedBack.class, name = "SteppedBack"),
  @JsonSubTypes.Type(value = SealingEvent.Retried.class, name = "Retried"),
  @JsonSubTypes.Type(value = SealingEvent.GivenUp.class, name = "GivenUp"),
  @JsonSubTypes.Type(value = SealingEvent.RemovalRequested.class, name = "RemovalRequested"),
  @JsonSubTypes.Type(value = SealingEvent.SectorRemoved.class, name = "SectorRemoved")
})
public sealed interface SealingEvent extends JournalEvent {
  /** When it was persisted. */
  Instant at();

  /**
   * The sector was asked for.
   *
   * @param plan its pieces and fillers, in order
   * @param request by which the client asked
   * @param host that its files were uploaded to; empty in journals of hosts on their own
   */
  record SectorBegun(
      Instant at,
      SectorId sector,
      SealProofType proofType,
      List<PlannedPiece> plan,
      Optional<UUID> request,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<HostId> host)
      implements SealingEvent {
    /** The list is copied. */
    public SectorBegun {
      plan = List.copyOf(plan);
    }
  }

  /** The next piece is in the unsealed file. */
  record PieceAdded(Instant at, PieceInfo piece) implements SealingEvent {}

  /** All pieces are: uploaded files are of no more use. */
  record SectorPacked(Instant at) implements SealingEvent {}

  /** The ticket was drawn from the epoch, which may be negative. */
  record TicketDrawn(Instant at, Ticket ticket, long epoch) implements SealingEvent {}

  /** The ticket was too old for a pre-commit at this head. */
  record TicketExpired(Instant at, long head) implements SealingEvent {}

  /**
   * PreCommit1 gave its result.
   *
   * @param output what PreCommit2 takes
   */
  record PreCommit1Done(Instant at, Bytes output, CommD commD) implements SealingEvent {}

  /** PreCommit2 gave its result. */
  record PreCommit2Done(Instant at, CommR commR) implements SealingEvent {}

  /** The pre-commit is about to be sent as this message, again and again until it has landed. */
  record PreCommitSubmitted(Instant at, UUID message) implements SealingEvent {}

  /** The pre-commit is on chain since the epoch. */
  record PreCommitLanded(Instant at, long epoch) implements SealingEvent {}

  /** The seed was drawn from the epoch. */
  record SeedDrawn(Instant at, Seed seed, long epoch) implements SealingEvent {}

  /** Commit1 gave its result: a file and its digest. */
  record Commit1Done(Instant at, Path output, String digest) implements SealingEvent {}

  /** Commit2 gave its result. */
  record Commit2Done(Instant at, SealProof proof) implements SealingEvent {}

  /** The proof is about to be sent as this message, again and again until it has landed. */
  record CommitSubmitted(Instant at, UUID message) implements SealingEvent {}

  /** The sector is proven on chain since the epoch. */
  record SectorProven(Instant at, long epoch) implements SealingEvent {}

  /** What only sealing needs is gone, and the record of the seal is written. */
  record Finalized(Instant at) implements SealingEvent {}

  /** A verified copy of the sector is in long-term storage. Only now its source may be deleted. */
  record SectorTransferred(Instant at, SectorCopy copy) implements SealingEvent {}

  /**
   * The sector's files have left the host that sealed it.
   *
   * @param copy because of which they were deleted
   */
  record SourceReleased(Instant at, SectorCopy copy) implements SealingEvent {}

  /** The sector could not be transferred, or its source not be deleted; it proves all the same. */
  record TransferFailed(Instant at, Failure failure) implements SealingEvent {}

  /** The copy was gone before the source was deleted: the source stays, and is sent again. */
  record CopyLost(Instant at, Failure failure) implements SealingEvent {}

  /** An operator had the transfer tried again. */
  record TransferRetried(Instant at, String by) implements SealingEvent {}

  /**
   * The step failed and is not tried again by itself, or was aborted (code {@code aborted}).
   *
   * @param to the state after it
   */
  record StepFailed(Instant at, SealingStateName to, Failure failure) implements SealingEvent {}

  /**
   * The step failed, and an earlier one has to be done again.
   *
   * @param to the state after it
   */
  record SteppedBack(Instant at, SealingStateName to, Failure cause) implements SealingEvent {}

  /**
   * An operator had the failed step tried again.
   *
   * @param to the state after it
   */
  record Retried(Instant at, SealingStateName to, String by) implements SealingEvent {}

  /** An operator gave the failed sector up. */
  record GivenUp(Instant at, String by, String cause) implements SealingEvent {}

  /** An operator had the sector removed. */
  record RemovalRequested(Instant at, String by) implements SealingEvent {}

  /** All files of the sector are gone. */
  record SectorRemoved(Instant at) implements SealingEvent {}
}
