package io.selkie.sector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.journal.Database;
import io.selkie.journal.JournalSamples;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.serialization.JournalEvent;
import io.selkie.storage.StateDirectory;
import io.selkie.view.ProjectedEvent;
import io.selkie.view.SectorHistory;
import io.selkie.view.SectorSummary;
import io.selkie.view.SectorView;
import io.selkie.view.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectorProjectionTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final HostId HOST = new HostId("sealer-1");
  private static final Instant AT = Instant.parse("2026-11-21T08:30:00Z");
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final PaddedSize SIZE = new PaddedSize(2048);
  private static final PieceInfo PIECE = new PieceInfo(SIZE, CommP.ofHex("a1".repeat(32)));
  private static final Ticket TICKET = Ticket.ofHex("b2".repeat(32));
  private static final CommD COMM_D = CommD.ofHex("d4".repeat(32));
  private static final CommR COMM_R = CommR.ofHex("e5".repeat(32));
  private static final TaskRequest ADD_PIECE =
      new TaskRequest.AddPiece(TYPE, List.of(), SIZE, PieceSource.zeros(), Optional.empty());
  private static final TaskRequest PRE_COMMIT_1 =
      new TaskRequest.PreCommit1(TYPE, TICKET, List.of(PIECE));
  private static final TaskRequest PRE_COMMIT_2 =
      new TaskRequest.PreCommit2(TYPE, TICKET, List.of(PIECE), Bytes.of(new byte[100]));

  @TempDir Path temp;
  private final SectorProjection projection = new SectorProjection();
  private Database database;
  private SectorView view;
  private long events;
  private int task;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(new StateDirectory(temp.resolve("state")));
    view = new SectorView(database.dataSource());
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  @Test
  void aPhaseHasItsNumberFromItsRequestAndTheNextFromItsResult() throws SQLException {
    request(ADD_PIECE);
    assertStands("waiting", "AddPiece", 0);
    assign(1);
    assertStands("running", "AddPiece", 0);
    succeed(1, new TaskResult.PieceAdded(PIECE));
    assertStands("idle", "AddPiece", 1);

    request(PRE_COMMIT_1);

    assertStands("waiting", "PreCommit1", 10);
    SectorSummary summary = summary();
    assertEquals(Optional.of(TYPE), summary.proofType());
    assertEquals(1, summary.pieces());
    assertEquals(2, summary.tasks());
    assertEquals(0, summary.attempt());
    assertEquals(1, summary.attempts());
    assertEquals(Optional.of("sealer-1"), summary.host());
    assertEquals(2048, summary.bytes());
  }

  @Test
  void aSectorThatAnotherWorkerBeganIsKnownByItsCommand() throws SQLException {
    handle(new SectorEvent.SectorAdopted(AT, TaskKind.COMMIT_1));
    request(
        new TaskRequest.Commit1(
            TYPE, TICKET, Seed.ofHex("c3".repeat(32)), List.of(PIECE, PIECE), COMM_R, COMM_D));

    assertStands("waiting", "Commit1", 30);
    assertEquals(2, summary().pieces());
    assertEquals(Optional.of(COMM_R), summary().commR());
    assertEquals(Optional.of("Commit1"), history().get(0).phase());
  }

  @Test
  void aFailureIsShownUntilTheTaskIsTriedByHand() throws SQLException {
    Instant next = AT.plusSeconds(60);
    request(PRE_COMMIT_1);
    assign(1);
    fail(1, Optional.of(next));
    assertStands("waiting", "PreCommit1", 10);
    assertEquals(Optional.of(next), summary().nextAttemptAt());

    assign(2);
    assertEquals(Optional.empty(), summary().nextAttemptAt());
    assertEquals(Optional.of("died"), summary().failureCode());
    fail(2, Optional.empty());
    assertStands("failed", "PreCommit1", 10);
    assertEquals(2, summary().failures());

    handle(new SectorEvent.RetryRequested(AT, "operator"));

    assertStands("waiting", "PreCommit1", 10);
    assertEquals(Optional.empty(), summary().failureCode());
    assertEquals(Optional.empty(), summary().failureMessage());
    assertEquals(2, summary().attempts());
  }

  @Test
  void anAbortIsOverAtOnceUnlessAHostHasTheTask() throws SQLException {
    request(PRE_COMMIT_1);
    abort(true);
    assertStands("aborted", "PreCommit1", 10);

    handle(new SectorEvent.RetryRequested(AT, "api"));
    assign(1);
    abort(false);
    assertStands("stopping", "PreCommit1", 10);

    handle(new SectorEvent.TaskStopped(AT, 1, task, 1, HOST));
    assertStands("aborted", "PreCommit1", 10);
  }

  @Test
  void anAbortThatDiscardsGoesToTheHostThatTriedBefore() throws SQLException {
    request(PRE_COMMIT_1);
    assign(1);
    abort(false);
    handle(new SectorEvent.TaskStopped(AT, 1, task, 1, HOST));
    handle(new SectorEvent.RetryRequested(AT, "api"));

    abort(true);

    assertStands("stopping", "PreCommit1", 10);
  }

  @Test
  void anAbortThatFreesAPlaceGoesToTheHostThatHasIt() throws SQLException {
    request(PRE_COMMIT_1);
    assign(1);
    abort(false);
    handle(new SectorEvent.TaskStopped(AT, 1, task, 1, HOST));
    request(PRE_COMMIT_2);

    handle(
        new SectorEvent.AbortRequested(
            AT, "api", "not needed", Optional.of(true), Optional.of(true)));

    assertStands("stopping", "PreCommit2", 20);
  }

  private void abort(boolean discard) throws SQLException {
    handle(
        new SectorEvent.AbortRequested(
            AT, "api", "not needed", discard ? Optional.of(true) : Optional.empty()));
  }

  @Test
  void goingBackMakesTheReplicaVoid() throws SQLException {
    request(PRE_COMMIT_2);
    assign(1);
    succeed(1, new TaskResult.Encoded(COMM_R, COMM_D));
    assertEquals(Optional.of(COMM_R), summary().commR());

    handle(new SectorEvent.GenerationBegan(AT, 2, "the ticket expired"));
    assertEquals(2, summary().generation());
    request(PRE_COMMIT_1);

    assertStands("waiting", "PreCommit1", 10);
    assertEquals(Optional.empty(), summary().commR());
  }

  @Test
  void aTaskThatIsNoPhaseLeavesThePhase() throws SQLException {
    request(new TaskRequest.Finalize(TYPE, true));
    assign(1);
    succeed(1, new TaskResult.Finalized(4));
    request(new TaskRequest.Unseal(TYPE, TICKET, COMM_D, 0, 127, Path.of("/tmp/x")));
    assertStands("waiting", "Finalize", 50);
    assertEquals(Optional.of("Unseal"), summary().taskKind());

    assign(1);
    succeed(1, new TaskResult.Unsealed(Path.of("/tmp/x"), 127));
    assertStands("idle", "Finalize", 50);

    request(new TaskRequest.Remove(TYPE));
    assign(1);
    succeed(1, new TaskResult.FilesRemoved());
    assertStands("removed", "Finalize", 50);
  }

  @Test
  void theHistorySaysWhatWhereAndHowLong() throws SQLException {
    request(PRE_COMMIT_2);
    assign(1);
    fail(1, Optional.empty());

    SectorHistory row = history().get(2);

    assertEquals("TaskFailed", row.event());
    assertEquals("Sector", row.source());
    assertEquals(3, row.sequence());
    assertEquals(Optional.of("PreCommit2"), row.phase());
    assertEquals(Optional.of(1), row.attempt());
    assertEquals(Optional.of("sealer-1"), row.host());
    assertEquals(Optional.of(1500L), row.durationMillis());
    assertEquals(Optional.of("died: the prover was killed"), row.cause());
  }

  @Test
  void bulkStaysInTheJournal() throws SQLException {
    request(PRE_COMMIT_2);
    assertTrue(history().get(0).detail().contains("\"100 bytes\""), history().get(0).detail());

    request(new TaskRequest.PreCommit1(TYPE, TICKET, Collections.nCopies(1000, PIECE)));
    assertTrue(history().get(1).detail().startsWith("{\"omittedCharacters\":"));
  }

  /** Each with a task under way, since most are about one. */
  @Test
  void everyEventHasItsRow() throws SQLException {
    for (JournalEvent event : JournalSamples.all().values()) {
      if (event instanceof SectorEvent happened) {
        request(PRE_COMMIT_1);
        handle(happened);

        SectorHistory row = history().get(history().size() - 1);
        assertEquals(happened.getClass().getSimpleName(), row.event());
        assertFalse(row.detail().isEmpty());
      }
    }
  }

  private void request(TaskRequest request) throws SQLException {
    task++;
    handle(new SectorEvent.TaskRequested(AT, 1, task, "key", request));
  }

  private void assign(int attempt) throws SQLException {
    handle(new SectorEvent.TaskAssigned(AT, 1, task, attempt, HOST));
  }

  private void succeed(int attempt, TaskResult result) throws SQLException {
    handle(
        new SectorEvent.TaskSucceeded(
            AT, 1, task, attempt, HOST, AT, AT.plusMillis(1500), 2048, result));
  }

  private void fail(int attempt, Optional<Instant> next) throws SQLException {
    Failure failure = new Failure(Failure.Action.RETRY, "died", "the prover was killed");
    handle(
        new SectorEvent.TaskFailed(
            AT, 1, task, attempt, HOST, AT, AT.plusMillis(1500), failure, next));
  }

  private void handle(SectorEvent event) throws SQLException {
    events++;
    ProjectedEvent<SectorEvent> projected =
        new ProjectedEvent<>(events, "Sector|" + SECTOR, events, event);
    TestDatabase.commit(database, connection -> projection.handle(connection, projected));
  }

  private SectorSummary summary() {
    return view.find(SECTOR).orElseThrow();
  }

  private List<SectorHistory> history() {
    return view.history(SECTOR, 0, 1000);
  }

  private void assertStands(String state, String phase, int number) {
    SectorSummary summary = summary();
    assertEquals(
        state + " " + phase + " " + number,
        summary.state()
            + " "
            + summary.phase().orElse("")
            + " "
            + summary.phaseNumber().orElse(-1));
  }
}
