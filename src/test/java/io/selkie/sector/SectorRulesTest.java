package io.selkie.sector;

import static io.selkie.sector.SectorSamples.COMM_D;
import static io.selkie.sector.SectorSamples.DIED;
import static io.selkie.sector.SectorSamples.HOST;
import static io.selkie.sector.SectorSamples.NOW;
import static io.selkie.sector.SectorSamples.OTHER_HOST;
import static io.selkie.sector.SectorSamples.PHASES;
import static io.selkie.sector.SectorSamples.REDO;
import static io.selkie.sector.SectorSamples.RETRIES;
import static io.selkie.sector.SectorSamples.SECTOR;
import static io.selkie.sector.SectorSamples.TYPE;
import static io.selkie.sector.SectorSamples.request;
import static io.selkie.sector.SectorSamples.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.PaddedSize;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.WorkerCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SectorRulesTest {
  private final ReportRules reports = new ReportRules(RETRIES);
  private SectorState state = new SectorState.Unknown(SECTOR);
  private SectorStep last = SectorStep.nothing();

  private void take(SectorStep step) {
    state = SectorTransitions.after(state, step.events());
    last = step;
  }

  private void ask(TaskKind kind, int mark) {
    take(DriverRules.perform(state, request(kind, mark), NOW));
  }

  private TaskId.Attempt start(TaskKind kind, int mark) {
    ask(kind, mark);
    return assign();
  }

  private TaskId.Attempt assign() {
    SectorState.Waiting waiting = assertInstanceOf(SectorState.Waiting.class, state);
    take(
        PlacementRules.assigned(
            state, waiting.task().id(), HOST, false, waiting.notBefore().orElse(NOW)));
    SectorState.Running running = assertInstanceOf(SectorState.Running.class, state);
    return running.task().id().attempt(running.assignment().attempt());
  }

  private void finish(TaskId.Attempt attempt) {
    take(reports.report(state, SectorSamples.succeeded(attempt), NOW));
  }

  private void seal(TaskKind... kinds) {
    for (TaskKind kind : kinds) {
      finish(start(kind, 1));
    }
  }

  private List<String> events() {
    return last.events().stream().map(event -> event.getClass().getSimpleName()).toList();
  }

  private String refusal() {
    SectorEffect.Reply reply = assertInstanceOf(SectorEffect.Reply.class, last.effects().get(0));
    assertTrue(last.events().isEmpty());
    return assertInstanceOf(Sector.Refused.class, reply.answer()).reason();
  }

  @Test
  void dataOfASectorThatWasSealedElsewhereIsUnsealedByAnyHost() {
    TaskRequest.UnsealPiece piece =
        new TaskRequest.UnsealPiece(
            SectorSamples.TYPE, SectorSamples.TICKET, SectorSamples.COMM_D, 0, 127);
    take(DriverRules.perform(state, piece, NOW));
    assertEquals(List.of("SectorAdopted", "TaskRequested"), events());

    TaskId.Attempt attempt = assign();
    assertEquals(Optional.of(HOST), filesOn());
    finish(attempt);

    SectorState.Idle idle = assertInstanceOf(SectorState.Idle.class, state);
    assertEquals(TaskKind.FINALIZE, idle.facts().phase());
    assertTrue(idle.facts().phaseDone());
    assertEquals(List.of(), idle.facts().answers());
    take(DriverRules.perform(state, piece, NOW));
    assertEquals(List.of("TaskRequested"), events(), "it is looked at again each time");
  }

  @Test
  void aNewSectorAsksForAHostAndStartsThere() {
    ask(TaskKind.ADD_PIECE, 1);
    assertEquals(List.of("TaskRequested"), events());
    assertEquals(List.of(new SectorEffect.Submit((SectorState.Waiting) state)), last.effects());

    TaskId.Attempt attempt = assign();
    WorkerCommand start = new WorkerCommand.Start(attempt, request(TaskKind.ADD_PIECE, 1));
    assertEquals(List.of(new SectorEffect.Tell(attempt.task(), HOST, start)), last.effects());
  }

  private TaskId.Attempt proveElsewhere() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1, TaskKind.PRE_COMMIT_2, TaskKind.COMMIT_1);
    ask(TaskKind.COMMIT_2, 1);
    take(
        PlacementRules.assigned(
            state, ((SectorState.Waiting) state).task().id(), OTHER_HOST, false, NOW));
    SectorState.Running running = assertInstanceOf(SectorState.Running.class, state);
    return running.task().id().attempt(running.assignment().attempt());
  }

  private Optional<HostId> filesOn() {
    return ((SectorState.Known) state).facts().filesOn();
  }

  @Test
  void aCommit2ElsewhereLeavesTheFilesWhereTheyAre() {
    TaskId.Attempt attempt = proveElsewhere();
    assertEquals(Optional.of(HOST), filesOn());
    assertEquals(
        List.of(
            new SectorEffect.Tell(
                attempt.task(),
                OTHER_HOST,
                new WorkerCommand.Start(attempt, request(TaskKind.COMMIT_2, 1)),
                Optional.of(HOST))),
        last.effects());

    take(
        reports.report(
            state,
            new TaskReport.Succeeded(attempt, OTHER_HOST, NOW, NOW, 1, result(TaskKind.COMMIT_2)),
            NOW));
    assertEquals(Optional.of(HOST), filesOn());
  }

  @Test
  void aCommit2LeavesASilentHostAtOnce() {
    TaskId.Attempt attempt = proveElsewhere();
    take(HostLossRules.away(state, attempt.task(), OTHER_HOST, HostLoss.SILENT, NOW, NOW));

    assertEquals(List.of("TaskFailed"), events());
    SectorState.Waiting waiting = assertInstanceOf(SectorState.Waiting.class, state);
    assertEquals(Optional.of(NOW), waiting.notBefore());
    assertEquals(0, waiting.task().failures(), "the task is not to blame");
    assertEquals(new SectorEffect.Withdraw(attempt.task()), last.effects().get(0));
  }

  @Test
  void whatNeedsItsFilesWaitsForASilentHost() {
    TaskId.Attempt attempt = start(TaskKind.ADD_PIECE, 1);
    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.SILENT, NOW, NOW));

    assertEquals(SectorStep.nothing(), last);
  }

  @Test
  void aLostHostIsToldToTheDriverOnceMoreEachTimeAndMayComeBack() {
    TaskId.Attempt attempt = start(TaskKind.ADD_PIECE, 1);
    SectorEffect told =
        new SectorEffect.AnswerTask(new Sector.HostIsLost(attempt.task(), HOST, NOW));
    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.LOST, NOW, NOW));
    assertEquals(List.of("HostLost"), events());
    assertEquals(told, last.effects().get(0));
    assertInstanceOf(SectorState.Running.class, state);

    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.LOST, NOW, NOW));
    assertEquals(SectorStep.only(told), last);

    take(reports.report(state, SectorSamples.succeeded(attempt), NOW));
    assertEquals(List.of("HostReturned", "TaskSucceeded"), events());
    assertEquals(Optional.empty(), ((SectorState.Known) state).facts().lost());
  }

  @Test
  void aSectorOfARemovedHostHasFailedAndHasNoFiles() {
    TaskId.Attempt attempt = start(TaskKind.ADD_PIECE, 1);
    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.REMOVED, NOW, NOW));

    assertEquals(List.of("TaskFailed", "FilesLost"), events());
    SectorState.Failed failed = assertInstanceOf(SectorState.Failed.class, state);
    assertEquals(Failure.HOST_REMOVED, failed.failure().code());
    assertEquals(Optional.empty(), filesOn());

    seal(TaskKind.ADD_PIECE);
    ask(TaskKind.PRE_COMMIT_1, 1);
    take(
        HostLossRules.away(
            state, ((SectorState.Waiting) state).task().id(), HOST, HostLoss.REMOVED, NOW, NOW));
    assertEquals(List.of("FilesLost"), events());
    assertInstanceOf(SectorState.Failed.class, state);
  }

  @Test
  void nothingIsReadOfASectorWhoseFilesAreGone() {
    TaskId.Attempt attempt = start(TaskKind.ADD_PIECE, 1);
    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.REMOVED, NOW, NOW));
    ask(TaskKind.UNSEAL, 1);

    assertEquals("s-t01000-7 has no files on any host that is known", refusal());
  }

  @Test
  void anAbortIsConfirmedForARemovedHost() {
    TaskId.Attempt attempt = start(TaskKind.ADD_PIECE, 1);
    take(AbortRules.abort(state, "operator", "enough", false, NOW));
    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.REMOVED, NOW, NOW));

    assertEquals(List.of("TaskStopped", "FilesLost"), events());
    assertInstanceOf(SectorState.Aborted.class, state);
  }

  @Test
  void whoTakesATaskUpWritesItBeforeItIsStartedAgain() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    SectorState before = state;

    take(PlacementRules.assigned(state, attempt.task(), HOST, false, NOW));

    assertEquals(List.of("TaskTakenUp"), events());
    assertEquals(before, state);
    assertEquals(UnderWay.of(state), last.effects());
  }

  @Test
  void whoStopsATaskThatItTakesUpWritesItBefore() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));

    take(PlacementRules.assigned(state, attempt.task(), HOST, false, NOW));

    assertEquals(List.of("TaskTakenUp"), events());
    assertInstanceOf(SectorState.Stopping.class, state);
    assertEquals(UnderWay.of(state), last.effects());
  }

  @Test
  void aTaskThatWasStartedAtTheWorkerIsOnlyToldAgain() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);

    take(PlacementRules.assigned(state, attempt.task(), HOST, true, NOW));

    assertEquals(SectorStep.resume(state), last);
  }

  @Test
  void aHostWithoutTheFilesIsNotTaken() {
    seal(TaskKind.ADD_PIECE);
    ask(TaskKind.PRE_COMMIT_1, 1);
    TaskId task = ((SectorState.Waiting) state).task().id();
    take(PlacementRules.assigned(state, task, OTHER_HOST, false, NOW));

    assertEquals(SectorStep.only(new SectorEffect.Withdraw(task)), last);
  }

  @Test
  void aSectorThatAnotherWorkerBeganIsAdopted() {
    ask(TaskKind.COMMIT_2, 1);
    assertEquals(List.of("SectorAdopted", "TaskRequested"), events());
  }

  @Test
  void aLaterPieceOfAnUnknownSectorIsAnAdoption() {
    TaskRequest second =
        new TaskRequest.AddPiece(
            TYPE,
            List.of(new PaddedSize(1024)),
            new PaddedSize(1024),
            PieceSource.zeros(),
            Optional.empty());
    take(DriverRules.perform(state, second, NOW));
    assertEquals(List.of("SectorAdopted", "TaskRequested"), events());
  }

  @Test
  void nothingButAPhaseBeginsASector() {
    ask(TaskKind.UNSEAL, 1);
    assertEquals("s-t01000-7 is not known here", refusal());
  }

  @Test
  void aResultIsAnsweredAcknowledgedAndGivesTheSlotBack() {
    TaskId.Attempt attempt = start(TaskKind.ADD_PIECE, 1);
    finish(attempt);
    assertEquals(List.of("TaskSucceeded"), events());
    assertEquals(
        List.of(
            new SectorEffect.AnswerTask(
                new Sector.Done(attempt.task(), result(TaskKind.ADD_PIECE))),
            new SectorEffect.AnswerAbort(
                new Sector.Refused("AddPiece had ended before it was stopped", false)),
            new SectorEffect.Tell(attempt.task(), HOST, new WorkerCommand.Acknowledge(attempt)),
            new SectorEffect.Withdraw(attempt.task())),
        last.effects());
  }

  @Test
  void aSectorAtRestSaysAgainThatItNeedsNoHost() {
    assertEquals(List.of(), UnderWay.of(state));
    TaskId.Attempt attempt = start(TaskKind.ADD_PIECE, 1);
    assertFalse(UnderWay.isAtRest(state));

    finish(attempt);
    List<SectorEffect> withdraw = List.of(new SectorEffect.Withdraw(attempt.task()));
    assertTrue(UnderWay.isAtRest(state));
    assertEquals(withdraw, UnderWay.of(state));

    TaskId.Attempt failing = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, SectorSamples.failed(failing, REDO), NOW));
    assertEquals(List.of(new SectorEffect.Withdraw(failing.task())), UnderWay.of(state));

    ask(TaskKind.PRE_COMMIT_1, 1);
    take(AbortRules.abort(state, "operator", "wrong data", false, NOW));
    assertEquals(List.of(new SectorEffect.Withdraw(failing.task())), UnderWay.of(state));
  }

  @Test
  void aRemovedSectorGivesItsSlotBackByTheNumberOfItsTask() {
    seal(TaskKind.ADD_PIECE);
    TaskId.Attempt removal = start(TaskKind.REMOVE, 1);
    finish(removal);
    SectorEffect.Withdraw withdraw =
        assertInstanceOf(SectorEffect.Withdraw.class, UnderWay.of(state).get(0));
    assertEquals(removal.task().task(), withdraw.task().task());
    assertEquals(removal.task().generation(), withdraw.task().generation());
  }

  @Test
  void aRequestRepeatedWhileItRunsChangesNothing() {
    start(TaskKind.PRE_COMMIT_1, 1);
    ask(TaskKind.PRE_COMMIT_1, 1);
    assertEquals(SectorStep.nothing(), last);
  }

  @Test
  void anotherRequestWhileOneRunsIsRefused() {
    start(TaskKind.PRE_COMMIT_1, 1);
    ask(TaskKind.PRE_COMMIT_1, 2);
    assertEquals("s-t01000-7 is busy with PreCommit1; abort that first", refusal());
  }

  @Test
  void aKeptAnswerIsGivenAgainWhenItsFilesAreIntact() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    ask(TaskKind.PRE_COMMIT_1, 1);
    SectorFacts.Answered kept = ((SectorState.Idle) state).facts().answers().get(1);
    assertEquals(List.of(new SectorEffect.CheckFiles(kept)), last.effects());

    take(DriverRules.filesChecked(state, kept, Optional.of(true), NOW));
    assertEquals(
        List.of(new SectorEffect.Reply(new Sector.Done(kept.task(), kept.result()))),
        last.effects());
  }

  @Test
  void aKeptAnswerWhoseFilesChangedIsDoneAgainInANewGeneration() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    ask(TaskKind.PRE_COMMIT_1, 1);
    SectorFacts.Answered kept = ((SectorState.Idle) state).facts().answers().get(1);
    take(DriverRules.filesChecked(state, kept, Optional.of(false), NOW));
    assertEquals(List.of("GenerationBegan", "TaskRequested"), events());
    assertEquals(2, ((SectorState.Waiting) state).task().id().generation());
  }

  @Test
  void filesThatCannotBeLookedAtAreNotMadeAgain() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    ask(TaskKind.PRE_COMMIT_1, 1);
    SectorFacts.Answered kept = ((SectorState.Idle) state).facts().answers().get(1);

    take(DriverRules.filesChecked(state, kept, Optional.empty(), NOW));

    assertEquals(
        "the files of PreCommit1 of s-t01000-7 cannot be looked at now: see the node's log, and its"
            + " disk",
        refusal());
  }

  @Test
  void goingBackMakesLaterAnswersVoid() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1, TaskKind.PRE_COMMIT_2);
    ask(TaskKind.PRE_COMMIT_1, 2);
    SectorFacts facts = ((SectorState.Waiting) state).facts();
    assertEquals(2, facts.generation());
    assertEquals(
        List.of(TaskKind.ADD_PIECE),
        facts.answers().stream().map(answered -> answered.request().kind()).toList());
  }

  @Test
  void anEarlierAnswerIsNotReusedAfterALaterPhaseFailed() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    TaskId.Attempt encoding = start(TaskKind.PRE_COMMIT_2, 1);
    take(reports.report(state, SectorSamples.failed(encoding, REDO), NOW));
    ask(TaskKind.PRE_COMMIT_1, 1);
    assertEquals(List.of("GenerationBegan", "TaskRequested"), events());
  }

  @Test
  void piecesAreRefusedOnceLabellingBegan() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    ask(TaskKind.ADD_PIECE, 2);
    assertEquals("s-t01000-7 takes no more pieces: PreCommit1 has begun", refusal());
  }

  @Test
  void aFailedAttemptIsTriedAgainLaterAndLaterUntilItHasFailed() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, SectorSamples.failed(attempt, DIED), NOW));
    assertEquals(Optional.of(NOW.plusSeconds(5)), ((SectorState.Waiting) state).notBefore());
    assertTrue(last.effects().contains(new SectorEffect.WakeAt(NOW.plusSeconds(5))));

    TaskId.Attempt second = assign();
    take(reports.report(state, SectorSamples.failed(second, DIED), NOW));
    assertEquals(Optional.of(NOW.plusSeconds(10)), ((SectorState.Waiting) state).notBefore());

    TaskId.Attempt third = assign();
    assertEquals(3, third.number());
    take(reports.report(state, SectorSamples.failed(third, DIED), NOW));
    assertInstanceOf(SectorState.Failed.class, state);
    assertEquals(
        new SectorEffect.AnswerTask(new Sector.TaskHasFailed(third.task(), DIED)),
        last.effects().get(0));
  }

  @Test
  void aFailureThatNeedsAnEarlierPhaseIsNotTriedAgain() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_2, 1);
    take(reports.report(state, SectorSamples.failed(attempt, REDO), NOW));
    assertInstanceOf(SectorState.Failed.class, state);
    assertEquals(OptionalInt.of(20), SectorStatus.of(state).number());
    assertEquals(Optional.of(REDO), SectorStatus.of(state).failure());
  }

  @Test
  void aRequestForTheFailedTaskTriesItAgain() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_2, 1);
    take(reports.report(state, SectorSamples.failed(attempt, REDO), NOW));
    ask(TaskKind.PRE_COMMIT_2, 1);
    assertEquals(List.of("RetryRequested"), events());
    assertEquals(attempt.task().attempt(2), assign());
  }

  @Test
  void aWaitIsCutShortByTheOperator() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, SectorSamples.failed(attempt, DIED), NOW));
    take(DriverRules.retry(state, "operator", NOW));
    assertEquals(Optional.empty(), ((SectorState.Waiting) state).notBefore());
    assertEquals(new SectorEffect.Submit((SectorState.Waiting) state), last.effects().get(1));
  }

  @Test
  void aResultOfAnotherAttemptIsAcknowledgedAndNothingElse() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, SectorSamples.succeeded(attempt.task().attempt(7)), NOW));
    assertEquals(
        SectorStep.only(
            new SectorEffect.Tell(
                attempt.task(), HOST, new WorkerCommand.Acknowledge(attempt.task().attempt(7)))),
        last);
  }

  @Test
  void whatRunsForAnotherAttemptIsStopped() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    TaskId.Attempt old = attempt.task().attempt(0);
    take(reports.report(state, new TaskReport.Found(old, HOST), NOW));
    assertEquals(
        SectorStep.only(
            new SectorEffect.Tell(attempt.task(), HOST, new WorkerCommand.Stop(old, false))),
        last);
  }

  @Test
  void whatAnotherHostSaysOfTheAttemptIsNotBelieved() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, new TaskReport.Stopped(attempt, OTHER_HOST), NOW));
    assertInstanceOf(SectorState.Running.class, state);
    assertTrue(last.events().isEmpty());
  }

  @Test
  void aWorkerThatFoundTheJobIsToldToGoOn() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, new TaskReport.Found(attempt, HOST), NOW));
    assertEquals(UnderWay.of(state), last.effects());
    assertTrue(last.events().isEmpty());
  }

  @Test
  void anAbortWaitsUntilTheHostConfirms() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));
    assertInstanceOf(SectorState.Stopping.class, state);
    assertEquals(
        List.of(new SectorEffect.Tell(attempt.task(), HOST, new WorkerCommand.Stop(attempt, true))),
        last.effects());

    take(reports.report(state, new TaskReport.Stopped(attempt, HOST), NOW));
    assertInstanceOf(SectorState.Aborted.class, state);
    assertTrue(last.effects().contains(new SectorEffect.AnswerAbort(new Sector.Accepted())));
    assertTrue(last.effects().contains(new SectorEffect.Withdraw(attempt.task())));
  }

  @Test
  void anAttemptThatTheSectorDoesNotKnowYetIsAheadOfIt() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    TaskId task = attempt.task();
    TaskId next = new TaskId(SECTOR, task.generation(), task.task() + 1, TaskKind.PRE_COMMIT_2);
    TaskId later = new TaskId(SECTOR, task.generation() + 1, 1, TaskKind.PRE_COMMIT_1);

    assertFalse(isAhead(attempt));
    assertFalse(isAhead(task.attempt(0)));
    assertTrue(isAhead(task.attempt(2)));
    assertTrue(isAhead(next.attempt(1)));
    assertTrue(isAhead(later.attempt(1)));

    finish(attempt);
    assertFalse(isAhead(attempt), "of a task that is over no attempt is to come");
    assertTrue(isAhead(next.attempt(1)));
  }

  private boolean isAhead(TaskId.Attempt attempt) {
    return ReportRules.isAhead(state, new TaskReport.Found(attempt, HOST));
  }

  @Test
  void aTaskThatWaitsIsAbortedAtOnce() {
    ask(TaskKind.PRE_COMMIT_1, 1);
    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));
    assertInstanceOf(SectorState.Aborted.class, state);
  }

  @Test
  void aTaskThatHadNotBegunGivesTheSectorsPlaceBackWhenItIsAborted() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    ask(TaskKind.PRE_COMMIT_2, 1);
    TaskId task = ((SectorState.Waiting) state).task().id();

    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));

    TaskId.Attempt none = task.attempt(0);
    assertInstanceOf(SectorState.Stopping.class, state);
    assertEquals(
        List.of(new SectorEffect.Tell(task, HOST, new WorkerCommand.Stop(none, true))),
        last.effects());
    take(reports.report(state, new TaskReport.Stopped(none, HOST), NOW));
    assertInstanceOf(SectorState.Aborted.class, state);
    assertTrue(last.effects().contains(new SectorEffect.AnswerAbort(new Sector.Accepted())));
    assertTrue(last.effects().contains(new SectorEffect.Withdraw(task)));
    ask(TaskKind.PRE_COMMIT_2, 1);
    assertEquals(task.attempt(1), assign());
  }

  @Test
  void aTaskThatHadNotBegunIsAbortedAtOnceWhileTheHostOfItsFilesIsLost() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    ask(TaskKind.PRE_COMMIT_2, 1);
    TaskId task = ((SectorState.Waiting) state).task().id();
    take(HostLossRules.away(state, task, HOST, HostLoss.LOST, NOW, NOW));

    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));

    assertInstanceOf(SectorState.Aborted.class, state);
  }

  @Test
  void anAbortOfAnEarlierBuildIsOverAtOnceAsItWas() {
    seal(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1);
    ask(TaskKind.PRE_COMMIT_2, 1);

    SectorState after =
        SectorTransitions.next(
            state, new SectorEvent.AbortRequested(NOW, "api", "enough", Optional.of(true)));

    assertInstanceOf(SectorState.Aborted.class, after);
  }

  @Test
  void anAttemptThatFailsWhileItIsAbortedIsStoppedAllTheSameSoThatItsFilesGo() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));

    take(reports.report(state, SectorSamples.failed(attempt, DIED), NOW));

    assertInstanceOf(SectorState.Stopping.class, state);
    assertEquals(
        List.of(new SectorEffect.Tell(attempt.task(), HOST, new WorkerCommand.Stop(attempt, true))),
        last.effects());
  }

  @Test
  void aTaskThatFailedAndWaitsIsStoppedOnItsHostSoThatItsFilesGo() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, SectorSamples.failed(attempt, DIED), NOW));
    assertInstanceOf(SectorState.Waiting.class, state);

    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));
    assertEquals(
        List.of(new SectorEffect.Tell(attempt.task(), HOST, new WorkerCommand.Stop(attempt, true))),
        last.effects());

    take(reports.report(state, new TaskReport.Stopped(attempt, HOST), NOW));
    assertInstanceOf(SectorState.Aborted.class, state);
    assertTrue(last.effects().contains(new SectorEffect.AnswerAbort(new Sector.Accepted())));

    ask(TaskKind.PRE_COMMIT_1, 1);
    assertEquals(attempt.task().attempt(2), assign());
  }

  @Test
  void anAbortThatKeepsTheFilesNeedsNoHostWhileTheTaskWaits() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, SectorSamples.failed(attempt, DIED), NOW));

    take(AbortRules.abort(state, "node", "nobody waits", false, NOW));

    assertInstanceOf(SectorState.Aborted.class, state);
  }

  @Test
  void aResultThatCameBeforeTheAbortStands() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(AbortRules.abort(state, "operator", "wrong data", true, NOW));
    finish(attempt);
    assertInstanceOf(SectorState.Idle.class, state);
  }

  @Test
  void aHostThatComesTooLateIsGivenBack() {
    seal(TaskKind.ADD_PIECE);
    TaskId gone = new TaskId(SECTOR, 1, 1, TaskKind.ADD_PIECE);
    take(PlacementRules.assigned(state, gone, HOST, false, NOW));
    assertEquals(SectorStep.only(new SectorEffect.Withdraw(gone)), last);
  }

  @Test
  void aHostThatComesBeforeTheWaitIsOverIsGivenBack() {
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    take(reports.report(state, SectorSamples.failed(attempt, DIED), NOW));

    take(PlacementRules.assigned(state, attempt.task(), HOST, false, NOW.plusSeconds(4)));
    assertEquals(SectorStep.only(new SectorEffect.Withdraw(attempt.task())), last);

    take(PlacementRules.assigned(state, attempt.task(), HOST, false, NOW.plusSeconds(5)));
    assertInstanceOf(SectorState.Running.class, state);
  }

  @Test
  void aSectorThatIsRemovedTakesNothingMore() {
    seal(TaskKind.ADD_PIECE, TaskKind.REMOVE);
    assertInstanceOf(SectorState.Removed.class, state);
    ask(TaskKind.ADD_PIECE, 1);
    assertEquals("s-t01000-7 was removed", refusal());
  }

  @Test
  void unsealingLeavesThePhaseAlone() {
    seal(PHASES.toArray(TaskKind[]::new));
    start(TaskKind.UNSEAL, 1);
    assertEquals(OptionalInt.of(50), SectorStatus.of(state).number());
    assertEquals(Optional.of(TaskKind.FINALIZE), SectorStatus.of(state).phase());
  }

  @Test
  void phasesHaveTheNumbersOperatorsKnow() {
    List<Integer> numbers = new ArrayList<>();
    for (TaskKind kind : PHASES) {
      TaskId.Attempt attempt = start(kind, 1);
      numbers.add(SectorStatus.of(state).number().orElseThrow());
      finish(attempt);
      numbers.add(SectorStatus.of(state).number().orElseThrow());
    }
    assertEquals(List.of(0, 1, 10, 11, 20, 21, 30, 31, 40, 41, 50, 50), numbers);
    assertEquals(
        COMM_D,
        ((SectorState.Idle) state).facts().answers().get(2).result()
                instanceof TaskResult.Encoded encoded
            ? encoded.commD()
            : null);
  }

  @Test
  void whatTheHostDidNotTryIsNoFailureHoweverOften() {
    Failure unfit = new Failure(Failure.Action.HALT, "unfit", "the prover program is not there");
    Failure full = new Failure(Failure.Action.RETRY, Failure.NO_ROOM, "others were quicker");
    TaskId.Attempt attempt = start(TaskKind.PRE_COMMIT_1, 1);
    for (int time = 0; time < 10; time++) {
      take(reports.report(state, SectorSamples.failed(attempt, time % 2 == 0 ? unfit : full), NOW));
      SectorState.Waiting waiting = assertInstanceOf(SectorState.Waiting.class, state);
      assertEquals(Optional.of(NOW.plusSeconds(5)), waiting.notBefore());
      assertEquals(0, waiting.task().failures());
      attempt = assign();
    }
  }

  @Test
  void aSectorWithDataOfClientsSaysSo() {
    ask(TaskKind.ADD_PIECE, 1);

    assertTrue(assertInstanceOf(SectorState.Busy.class, state).hasDeals());
  }

  @Test
  void aSectorOfZerosHasNoDeals() {
    TaskRequest zeros =
        new TaskRequest.AddPiece(
            TYPE, List.of(), new PaddedSize(2048), PieceSource.zeros(), Optional.empty());
    take(DriverRules.perform(state, zeros, NOW));

    assertFalse(assertInstanceOf(SectorState.Busy.class, state).hasDeals());
  }
}
