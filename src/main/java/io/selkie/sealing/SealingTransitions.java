package io.selkie.sealing;

import static io.selkie.sealing.SealingRows.row;

import io.selkie.filecoin.PieceInfo;
import io.selkie.scheduler.TaskKind;
import io.selkie.sealing.SealingEvent.Commit1Done;
import io.selkie.sealing.SealingEvent.Commit2Done;
import io.selkie.sealing.SealingEvent.CommitSubmitted;
import io.selkie.sealing.SealingEvent.CopyLost;
import io.selkie.sealing.SealingEvent.Finalized;
import io.selkie.sealing.SealingEvent.PieceAdded;
import io.selkie.sealing.SealingEvent.PreCommit1Done;
import io.selkie.sealing.SealingEvent.PreCommit2Done;
import io.selkie.sealing.SealingEvent.PreCommitLanded;
import io.selkie.sealing.SealingEvent.PreCommitSubmitted;
import io.selkie.sealing.SealingEvent.SectorBegun;
import io.selkie.sealing.SealingEvent.SectorPacked;
import io.selkie.sealing.SealingEvent.SectorProven;
import io.selkie.sealing.SealingEvent.SectorTransferred;
import io.selkie.sealing.SealingEvent.SeedDrawn;
import io.selkie.sealing.SealingEvent.SourceReleased;
import io.selkie.sealing.SealingEvent.SteppedBack;
import io.selkie.sealing.SealingEvent.TicketDrawn;
import io.selkie.sealing.SealingEvent.TicketExpired;
import io.selkie.sealing.SealingEvent.TransferFailed;
import io.selkie.sealing.SealingEvent.TransferRetried;
import io.selkie.sealing.SealingState.Commit1;
import io.selkie.sealing.SealingState.Commit2;
import io.selkie.sealing.SealingState.CommitWait;
import io.selkie.sealing.SealingState.FinalizeSector;
import io.selkie.sealing.SealingState.GetTicket;
import io.selkie.sealing.SealingState.NotTransferred;
import io.selkie.sealing.SealingState.Packing;
import io.selkie.sealing.SealingState.PreCommit1;
import io.selkie.sealing.SealingState.PreCommit2;
import io.selkie.sealing.SealingState.PreCommitWait;
import io.selkie.sealing.SealingState.PreCommitting;
import io.selkie.sealing.SealingState.Proving;
import io.selkie.sealing.SealingState.Stored;
import io.selkie.sealing.SealingState.SubmitCommit;
import io.selkie.sealing.SealingState.Transferred;
import io.selkie.sealing.SealingState.Undefined;
import io.selkie.sealing.SealingState.WaitSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Which event leads from which state to which: all that the driver may do. */
public final class SealingTransitions {
  private static final List<Row> ROWS = table();

  private SealingTransitions() {}

  /**
   * A row of the table.
   *
   * @param to the states that the event may lead to
   */
  public record Row(
      Class<? extends SealingState> from,
      Class<? extends SealingEvent> event,
      Set<Class<? extends SealingState>> to,
      BiFunction<SealingState, SealingEvent, SealingState> apply) {}

  /** The table. */
  public static List<Row> rows() {
    return ROWS;
  }

  /** Whether the event may happen in the state. */
  static boolean accepts(SealingState state, SealingEvent event) {
    return rowOf(state, event).isPresent();
  }

  /**
   * The state after the event.
   *
   * @throws IllegalStateException if the event may not happen in the state
   */
  static SealingState next(SealingState state, SealingEvent event) {
    Optional<Row> row = rowOf(state, event);
    if (row.isEmpty()) {
      throw new IllegalStateException(
          event.getClass().getSimpleName()
              + " may not happen in "
              + state.getClass().getSimpleName());
    }
    return row.get().apply().apply(state, event);
  }

  private static Optional<Row> rowOf(SealingState state, SealingEvent event) {
    return ROWS.stream()
        .filter(row -> row.from() == state.getClass() && row.event() == event.getClass())
        .findFirst();
  }

  private static List<Row> table() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(replica());
    rows.addAll(preCommit());
    rows.addAll(proof());
    rows.addAll(transfer());
    rows.addAll(SealingRows.failing());
    rows.addAll(SealingRows.retrying());
    rows.addAll(SealingRows.ending());
    return List.copyOf(rows);
  }

  private static List<Row> replica() {
    return List.of(
        row(
            Undefined.class,
            SectorBegun.class,
            Packing.class,
            (state, event) -> new Packing(Course.begun(event.at()), order(event), List.of())),
        row(
            Packing.class,
            PieceAdded.class,
            Packing.class,
            (state, event) ->
                new Packing(state.course(), state.facts(), with(state.added(), event.piece()))),
        row(
            Packing.class,
            SectorPacked.class,
            GetTicket.class,
            (state, event) ->
                new GetTicket(
                    state.course().after(TaskKind.ADD_PIECE, event.at()),
                    new SealingFacts.Packed(state.facts(), state.added()))),
        row(
            GetTicket.class,
            TicketDrawn.class,
            PreCommit1.class,
            (state, event) ->
                new PreCommit1(
                    state.course().at(event.at()),
                    new SealingFacts.Ticketed(state.facts(), event.ticket(), event.epoch()))),
        row(
            PreCommit1.class,
            TicketExpired.class,
            GetTicket.class,
            (state, event) -> new GetTicket(state.course().at(event.at()), state.facts().packed())),
        row(
            PreCommit1.class,
            PreCommit1Done.class,
            PreCommit2.class,
            (state, event) ->
                new PreCommit2(
                    state.course().after(TaskKind.PRE_COMMIT_1, event.at()),
                    new SealingFacts.Labelled(state.facts(), event.output(), event.commD()))),
        row(
            PreCommit2.class,
            SteppedBack.class,
            PreCommit1.class,
            (state, event) ->
                new PreCommit1(state.course().back(event.at()), state.facts().ticketed())),
        row(
            PreCommit2.class,
            PreCommit2Done.class,
            PreCommitting.class,
            (state, event) ->
                new PreCommitting(
                    state.course().after(TaskKind.PRE_COMMIT_2, event.at()),
                    new SealingFacts.Encoded(state.facts(), event.commR()))));
  }

  private static List<Row> preCommit() {
    return List.of(
        row(
            PreCommitting.class,
            TicketExpired.class,
            GetTicket.class,
            (state, event) ->
                new GetTicket(
                    state.course().at(event.at()), state.facts().labelled().ticketed().packed())),
        row(
            PreCommitting.class,
            PreCommitSubmitted.class,
            PreCommitWait.class,
            (state, event) ->
                new PreCommitWait(state.course().at(event.at()), state.facts(), event.message())),
        row(
            PreCommitting.class,
            PreCommitLanded.class,
            WaitSeed.class,
            (state, event) -> landed(state.course(), state.facts(), event)),
        row(
            PreCommitWait.class,
            PreCommitLanded.class,
            WaitSeed.class,
            (state, event) -> landed(state.course(), state.facts(), event)),
        row(
            WaitSeed.class,
            SeedDrawn.class,
            Commit1.class,
            (state, event) -> seeded(state.course(), state.facts(), event)));
  }

  private static List<Row> proof() {
    return List.of(
        row(
            Commit1.class,
            SteppedBack.class,
            PreCommit1.class,
            (state, event) ->
                new PreCommit1(
                    state.course().back(event.at()),
                    state.facts().preCommitted().encoded().labelled().ticketed())),
        row(
            Commit1.class,
            Commit1Done.class,
            Commit2.class,
            (state, event) ->
                new Commit2(
                    state.course().after(TaskKind.COMMIT_1, event.at()),
                    new SealingFacts.VanillaProved(state.facts(), event.output(), event.digest()))),
        row(
            Commit2.class,
            SteppedBack.class,
            Commit1.class,
            (state, event) -> new Commit1(state.course().back(event.at()), state.facts().seeded())),
        row(
            Commit2.class,
            Commit2Done.class,
            SubmitCommit.class,
            (state, event) ->
                new SubmitCommit(
                    state.course().after(TaskKind.COMMIT_2, event.at()),
                    new SealingFacts.Proved(state.facts().seeded(), event.proof()))),
        row(
            SubmitCommit.class,
            SeedDrawn.class,
            Commit1.class,
            (state, event) -> seeded(state.course(), state.facts().seeded().preCommitted(), event)),
        row(
            SubmitCommit.class,
            CommitSubmitted.class,
            CommitWait.class,
            (state, event) ->
                new CommitWait(state.course().at(event.at()), state.facts(), event.message())),
        row(
            SubmitCommit.class,
            SectorProven.class,
            FinalizeSector.class,
            (state, event) -> proven(state.course(), state.facts(), event)),
        row(
            CommitWait.class,
            SectorProven.class,
            FinalizeSector.class,
            (state, event) -> proven(state.course(), state.facts(), event)),
        row(
            FinalizeSector.class,
            Finalized.class,
            Proving.class,
            (state, event) ->
                new Proving(state.course().after(TaskKind.FINALIZE, event.at()), state.facts())));
  }

  private static List<Row> transfer() {
    return List.of(
        row(
            Proving.class,
            SectorTransferred.class,
            Transferred.class,
            (state, event) -> new Transferred(state.course(), state.facts(), event.copy())),
        row(
            Proving.class,
            TransferFailed.class,
            NotTransferred.class,
            (state, event) -> new NotTransferred(state, event.failure())),
        row(
            Transferred.class,
            SourceReleased.class,
            Stored.class,
            (state, event) -> new Stored(state.course(), state.facts(), event.copy())),
        row(
            Transferred.class,
            TransferFailed.class,
            NotTransferred.class,
            (state, event) -> new NotTransferred(state, event.failure())),
        row(
            Transferred.class,
            CopyLost.class,
            Proving.class,
            (state, event) -> new Proving(state.course(), state.facts())),
        SealingRows.row(
            NotTransferred.class,
            TransferRetried.class,
            Set.of(Proving.class, Transferred.class),
            (state, event) -> state.at()));
  }

  private static SealingFacts.Order order(SectorBegun event) {
    return new SealingFacts.Order(
        event.sector(), event.proofType(), event.plan(), event.request(), event.host(), event.at());
  }

  private static List<PieceInfo> with(List<PieceInfo> added, PieceInfo piece) {
    List<PieceInfo> more = new ArrayList<>(added);
    more.add(piece);
    return more;
  }

  private static WaitSeed landed(Course course, SealingFacts.Encoded facts, PreCommitLanded event) {
    return new WaitSeed(course.at(event.at()), new SealingFacts.PreCommitted(facts, event.epoch()));
  }

  private static Commit1 seeded(Course course, SealingFacts.PreCommitted facts, SeedDrawn event) {
    return new Commit1(
        course.at(event.at()), new SealingFacts.Seeded(facts, event.seed(), event.epoch()));
  }

  private static FinalizeSector proven(
      Course course, SealingFacts.Proved facts, SectorProven event) {
    return new FinalizeSector(course.at(event.at()), new SealingFacts.Proven(facts, event.epoch()));
  }
}
