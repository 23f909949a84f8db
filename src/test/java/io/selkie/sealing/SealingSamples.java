package io.selkie.sealing;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.SealingFacts.PlannedPiece;
import io.selkie.storage.SectorCopy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A state and an event of every kind, for tests; the events are in the journal's samples, too. */
public final class SealingSamples {
  static final SectorId SECTOR = SectorId.parse("s-t01000-7");
  static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  static final Instant AT = Instant.parse("2026-11-21T08:30:00.123456Z");
  static final UUID REQUEST = UUID.fromString("0b9b2ac0-5f0c-4d5b-8a55-a6f2f2f3c001");
  static final UUID MESSAGE = UUID.fromString("0b9b2ac0-5f0c-4d5b-8a55-a6f2f2f3c002");
  static final Path UPLOAD = Path.of("/repo/selkie/spool/1");
  static final PieceInfo PIECE = piece("a1");
  static final PieceInfo FILLER = piece("a2");
  static final Ticket TICKET = Ticket.ofHex("b2".repeat(32));
  static final Seed SEED = Seed.ofHex("c3".repeat(32));
  static final CommD COMM_D = CommD.ofHex("d4".repeat(32));
  static final CommR COMM_R = CommR.ofHex("e5".repeat(32));
  static final Bytes LABELS = Bytes.of(new byte[] {1, 2, 3});
  static final SealProof PROOF = new SealProof(Bytes.of(SEED.bytes().toByteArray()));
  static final Path VANILLA = Path.of("/repo/selkie/s-t01000-7.c1.json");
  static final String DIGEST = "blake3:" + "f6".repeat(32);
  static final Failure FAILURE = failure(Failure.Action.ABANDON, "no_space");
  static final Failure ABORTED = failure(Failure.Action.ABANDON, "aborted");
  static final Failure NO_PRE_COMMIT = failure(Failure.Action.ABANDON, "no_pre_commit");
  static final Failure REDO = failure(Failure.Action.REDO, "missing");

  static final SectorCopy COPY =
      new SectorCopy(
          "host-1",
          "http://10.0.0.5:4721",
          "/store",
          List.of(new SectorCopy.File("sealed/s-t01000-7", 2048, DIGEST)));

  private static final List<Failure> FAILURES = List.of(FAILURE, ABORTED, NO_PRE_COMMIT);

  static final List<PlannedPiece> PLAN =
      List.of(
          new PlannedPiece(PIECE.size(), PieceSource.file(UPLOAD, 700), Optional.of("a file.txt")),
          new PlannedPiece(FILLER.size(), PieceSource.zeros(), Optional.empty()));
  static final List<PlannedPiece> ZEROS =
      List.of(new PlannedPiece(new PaddedSize(2048), PieceSource.zeros(), Optional.empty()));

  static final HostId HOST = new HostId("host-1");
  static final SealingFacts.Order ORDER =
      new SealingFacts.Order(SECTOR, TYPE, PLAN, Optional.of(REQUEST), Optional.empty(), AT);
  static final SealingFacts.Packed PACKED = new SealingFacts.Packed(ORDER, List.of(PIECE, FILLER));
  static final SealingFacts.Ticketed TICKETED = new SealingFacts.Ticketed(PACKED, TICKET, -790);
  static final SealingFacts.Labelled LABELLED = new SealingFacts.Labelled(TICKETED, LABELS, COMM_D);
  static final SealingFacts.Encoded ENCODED = new SealingFacts.Encoded(LABELLED, COMM_R);
  static final SealingFacts.PreCommitted PRE_COMMITTED =
      new SealingFacts.PreCommitted(ENCODED, 112);
  static final SealingFacts.Seeded SEEDED = new SealingFacts.Seeded(PRE_COMMITTED, SEED, 122);
  static final SealingFacts.VanillaProved VANILLA_PROVED =
      new SealingFacts.VanillaProved(SEEDED, VANILLA, DIGEST);
  static final SealingFacts.Proved PROVED = new SealingFacts.Proved(SEEDED, PROOF);
  static final SealingFacts.Proven PROVEN = new SealingFacts.Proven(PROVED, 177);

  private static final Course COURSE = Course.begun(AT);

  /** The steps that a driver does by itself, in their order. */
  static final List<SealingState.Active> STEPS =
      List.of(
          new SealingState.Packing(COURSE, ORDER, List.of()),
          new SealingState.GetTicket(COURSE, PACKED),
          new SealingState.PreCommit1(COURSE, TICKETED),
          new SealingState.PreCommit2(COURSE, LABELLED),
          new SealingState.PreCommitting(COURSE, ENCODED),
          new SealingState.PreCommitWait(COURSE, ENCODED, MESSAGE),
          new SealingState.WaitSeed(COURSE, PRE_COMMITTED),
          new SealingState.Commit1(COURSE, SEEDED),
          new SealingState.Commit2(COURSE, VANILLA_PROVED),
          new SealingState.SubmitCommit(COURSE, PROVED),
          new SealingState.CommitWait(COURSE, PROVED, MESSAGE),
          new SealingState.FinalizeSector(COURSE, PROVEN),
          new SealingState.Removing(COURSE, PROVEN, Optional.empty()));

  private SealingSamples() {}

  private static PieceInfo piece(String digits) {
    return new PieceInfo(new PaddedSize(1024), CommP.ofHex(digits.repeat(32)));
  }

  static Failure failure(Failure.Action action, String code) {
    return new Failure(action, code, "it is " + code);
  }

  static <T> T step(Class<T> type) {
    return STEPS.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  /** Every state, and of those that wrap another one each that there can be. */
  static List<SealingState> states() {
    List<SealingState> states = new ArrayList<>();
    states.add(new SealingState.Undefined(SECTOR));
    states.addAll(STEPS);
    for (SealingState step : STEPS) {
      for (Failure why : FAILURES) {
        SealingState failed =
            SealingTransitions.next(
                step, new SealingEvent.StepFailed(AT, SealingStateName.PACKING, why));
        states.add(failed);
      }
    }
    SealingState.Proving proving = new SealingState.Proving(COURSE, PROVEN);
    SealingState.Transferred transferred = new SealingState.Transferred(COURSE, PROVEN, COPY);
    states.add(proving);
    states.add(transferred);
    states.add(new SealingState.Stored(COURSE, PROVEN, COPY));
    states.add(new SealingState.NotTransferred(proving, FAILURE));
    states.add(new SealingState.NotTransferred(transferred, FAILURE));
    states.add(new SealingState.FailedUnrecoverable(COURSE, PACKED, FAILURE));
    states.add(new SealingState.Removed(COURSE, ORDER));
    return states;
  }

  /** Begun with files that a host of a farm has. */
  public static SealingEvent uploaded() {
    return new SealingEvent.SectorBegun(
        AT, SECTOR, TYPE, PLAN, Optional.of(REQUEST), Optional.of(HOST));
  }

  /** An event of every kind. */
  public static List<SealingEvent> events() {
    return List.of(
        new SealingEvent.SectorBegun(
            AT, SECTOR, TYPE, PLAN, Optional.of(REQUEST), Optional.empty()),
        new SealingEvent.PieceAdded(AT, PIECE),
        new SealingEvent.SectorPacked(AT),
        new SealingEvent.TicketDrawn(AT, TICKET, -790),
        new SealingEvent.TicketExpired(AT, 4000),
        new SealingEvent.PreCommit1Done(AT, LABELS, COMM_D),
        new SealingEvent.PreCommit2Done(AT, COMM_R),
        new SealingEvent.PreCommitSubmitted(AT, MESSAGE),
        new SealingEvent.PreCommitLanded(AT, 112),
        new SealingEvent.SeedDrawn(AT, SEED, 122),
        new SealingEvent.Commit1Done(AT, VANILLA, DIGEST),
        new SealingEvent.Commit2Done(AT, new SealProof(Bytes.of(new byte[] {4, 5, 6}))),
        new SealingEvent.CommitSubmitted(AT, MESSAGE),
        new SealingEvent.SectorProven(AT, 177),
        new SealingEvent.Finalized(AT),
        new SealingEvent.SectorTransferred(AT, COPY),
        new SealingEvent.SourceReleased(AT, COPY),
        new SealingEvent.TransferFailed(AT, FAILURE),
        new SealingEvent.CopyLost(AT, FAILURE),
        new SealingEvent.TransferRetried(AT, "operator"),
        new SealingEvent.StepFailed(AT, SealingStateName.SEAL_FAILED, FAILURE),
        new SealingEvent.SteppedBack(AT, SealingStateName.PRE_COMMIT_1, REDO),
        new SealingEvent.Retried(AT, SealingStateName.COMMITTING, "operator"),
        new SealingEvent.GivenUp(AT, "operator", "the disk is gone"),
        new SealingEvent.RemovalRequested(AT, "operator"),
        new SealingEvent.SectorRemoved(AT));
  }

  static <E extends SealingEvent> E sample(Class<E> type) {
    return events().stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  /** Events of that kind as a driver in the state would persist them. */
  static List<SealingEvent> eventsFor(SealingState state, Class<? extends SealingEvent> type) {
    if (type == SealingEvent.StepFailed.class) {
      return FAILURES.stream().map(why -> SealingPlan.stepFailed(state, why, AT)).toList();
    }
    if (type == SealingEvent.Retried.class) {
      return List.of(SealingPlan.retried((SealingState.Failed) state, "operator", AT));
    }
    return List.of(
        type == SealingEvent.SteppedBack.class
            ? SealingPlan.decide(state, new SealingOutcome.Failed(REDO), 1, AT)
            : sample(type));
  }
}
