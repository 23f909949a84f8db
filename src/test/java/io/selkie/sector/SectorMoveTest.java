package io.selkie.sector;

import static io.selkie.sector.SectorSamples.DIED;
import static io.selkie.sector.SectorSamples.HOST;
import static io.selkie.sector.SectorSamples.NOW;
import static io.selkie.sector.SectorSamples.OTHER_HOST;
import static io.selkie.sector.SectorSamples.RETRIES;
import static io.selkie.sector.SectorSamples.SECTOR;
import static io.selkie.sector.SectorSamples.TYPE;
import static io.selkie.sector.SectorSamples.request;
import static io.selkie.sector.SectorSamples.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.SectorRoute;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.storage.SectorCopy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sector that moves between two phases. */
class SectorMoveTest {
  private static final SectorCopy COPY =
      new SectorCopy(
          OTHER_HOST.value(),
          "http://10.0.0.2:4721",
          "/repo",
          List.of(new SectorCopy.File("selkie/" + SECTOR + ".json", 512, "blake3:00")));

  private final ReportRules reports = new ReportRules(RETRIES);
  private SectorState state = new SectorState.Unknown(SECTOR);
  private SectorStep last = SectorStep.nothing();

  @BeforeEach
  void labelled() {
    for (TaskKind kind : List.of(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1)) {
      take(DriverRules.perform(state, request(kind, 1), NOW));
      succeed(assign(HOST), HOST, result(kind));
    }
    take(DriverRules.perform(state, request(TaskKind.PRE_COMMIT_2, 1), NOW));
  }

  private void take(SectorStep step) {
    state = SectorTransitions.after(state, step.events());
    last = step;
  }

  private SectorState.Waiting waiting() {
    return assertInstanceOf(SectorState.Waiting.class, state);
  }

  private TaskId.Attempt assign(HostId host) {
    SectorState.Waiting waiting = waiting();
    take(
        PlacementRules.assigned(
            state, waiting.task().id(), host, false, waiting.notBefore().orElse(NOW)));
    SectorState.Running running = assertInstanceOf(SectorState.Running.class, state);
    return running.task().id().attempt(running.assignment().attempt());
  }

  private void succeed(TaskId.Attempt attempt, HostId host, TaskResult result) {
    take(
        reports.report(state, new TaskReport.Succeeded(attempt, host, NOW, NOW, 512, result), NOW));
  }

  private void fail(TaskId.Attempt attempt, Failure failure) {
    take(reports.report(state, new TaskReport.Failed(attempt, HOST, NOW, NOW, failure), NOW));
  }

  private void wish(HostId to, boolean lack) {
    SchedulerCommand.MoveWanted wish =
        new SchedulerCommand.MoveWanted(waiting().task().id(), HOST, to, lack);
    take(MoveRules.wanted(state, wish, NOW));
  }

  private List<String> events() {
    return last.events().stream().map(event -> event.getClass().getSimpleName()).toList();
  }

  private SectorFacts facts() {
    return ((SectorState.Known) state).facts();
  }

  private void move() {
    wish(OTHER_HOST, true);
    succeed(assign(HOST), HOST, new TaskResult.Moved(COPY));
  }

  @Test
  void theTaskIsSetAsideAndTakenUpWhereTheFilesHaveCome() {
    TaskId before = waiting().task().id();
    wish(OTHER_HOST, true);
    assertEquals(List.of("MoveRequested"), events());
    assertEquals(new TaskRequest.Move(TYPE, OTHER_HOST, 1), waiting().task().request());
    assertEquals(
        new SectorRoute(Set.of(), Optional.of(OTHER_HOST)), PlacementRules.route(waiting()));
    TaskId.Attempt attempt = assign(HOST);
    SectorEffect.Tell start = assertInstanceOf(SectorEffect.Tell.class, last.effects().get(0));
    assertTrue(start.waitsForInputs(true), "a move needs its other host to the end");

    succeed(attempt, HOST, new TaskResult.Moved(COPY));
    assertEquals(List.of("SectorMoved"), events());
    assertEquals(Optional.of(OTHER_HOST), facts().filesOn());
    assertEquals(
        new TaskRequest.Release(TYPE, COPY, Optional.of(HOST), Optional.empty()),
        waiting().task().request());
    assertEquals(Optional.of(HOST), PlacementRules.runsOn(waiting()));

    succeed(assign(HOST), HOST, new TaskResult.Released(COPY, 512));
    assertEquals(List.of("TaskSucceeded", "TaskResumed"), events());
    assertEquals(Optional.of(OTHER_HOST), facts().filesOn());
    assertEquals(request(TaskKind.PRE_COMMIT_2, 1), waiting().task().request());
    assertTrue(waiting().task().id().isNewerThan(before));
    assertEquals(new SectorRoute(Set.of(HOST), Optional.empty()), PlacementRules.route(waiting()));

    succeed(assign(OTHER_HOST), OTHER_HOST, result(TaskKind.PRE_COMMIT_2));
    assertInstanceOf(SectorState.Idle.class, state);
    assertEquals(TaskKind.PRE_COMMIT_2, facts().phase());
  }

  @Test
  void goesElsewhereOnceTheHostThatItMovesToIsRemoved() {
    wish(OTHER_HOST, true);
    TaskId.Attempt attempt = assign(HOST);

    take(HostLossRules.away(state, attempt.task(), OTHER_HOST, HostLoss.LOST, NOW, NOW));
    assertEquals(List.of(), last.effects(), "it may come back, and has a part of the files");
    take(HostLossRules.away(state, attempt.task(), OTHER_HOST, HostLoss.REMOVED, NOW, NOW));
    SectorEffect.Tell stop = assertInstanceOf(SectorEffect.Tell.class, last.effects().get(0));
    assertEquals(HOST, stop.host());
    assertEquals(new WorkerCommand.Stop(attempt, false), stop.command());
    assertFalse(stop.waitsForInputs(false), "the host that is gone has nothing to say to it");

    take(reports.report(state, new TaskReport.Stopped(attempt, HOST), NOW));
    assertEquals(List.of("TaskFailed", "TaskResumed"), events());
    assertEquals(request(TaskKind.PRE_COMMIT_2, 1), waiting().task().request());
  }

  @Test
  void waitsForNoRemovedHostToDeleteWhatItLeft() {
    move();
    TaskId.Attempt attempt = assign(HOST);

    take(HostLossRules.away(state, attempt.task(), OTHER_HOST, HostLoss.REMOVED, NOW, NOW));

    SectorEffect.Tell stop = assertInstanceOf(SectorEffect.Tell.class, last.effects().get(0));
    assertEquals(new WorkerCommand.Stop(attempt, false), stop.command());
  }

  @Test
  void nothingIsReleasedBeforeTheJournalNamesTheCopy() {
    wish(OTHER_HOST, true);
    assign(HOST);

    assertTrue(
        last.effects().stream().noneMatch(effect -> String.valueOf(effect).contains("Release")));
    assertEquals(Optional.of(HOST), facts().filesOn());
  }

  @Test
  void whoAsksMeanwhileHearsWhenTheTaskIsDone() {
    wish(OTHER_HOST, true);

    assertEquals(
        SectorStep.nothing(), DriverRules.perform(state, request(TaskKind.PRE_COMMIT_2, 1), NOW));
    assertTrue(
        String.valueOf(DriverRules.perform(state, request(TaskKind.COMMIT_1, 1), NOW))
            .contains("is busy with PreCommit2"));
  }

  @Test
  void aWishThatIsLateOrOutOfPlaceIsNotObeyed() {
    SchedulerCommand.MoveWanted early =
        new SchedulerCommand.MoveWanted(waiting().task().id(), HOST, OTHER_HOST, true);
    move();
    assertEquals(SectorStep.nothing(), MoveRules.wanted(state, early, NOW));
    succeed(assign(HOST), HOST, new TaskResult.Released(COPY, 512));
    assertEquals(SectorStep.nothing(), MoveRules.wanted(state, early, NOW));
  }

  @Test
  void aHostThatWasEvacuatedMayBeGoneBackTo() {
    wish(OTHER_HOST, false);
    succeed(assign(HOST), HOST, new TaskResult.Moved(COPY));
    succeed(assign(HOST), HOST, new TaskResult.Released(COPY, 512));

    SchedulerCommand.MoveWanted back =
        new SchedulerCommand.MoveWanted(waiting().task().id(), OTHER_HOST, HOST, true);
    take(MoveRules.wanted(state, back, NOW));
    assertEquals(List.of("MoveRequested"), events());
  }

  @Test
  void aMoveThatFailsIsThoughtOfAnewAndKeepsItsGoal() {
    wish(OTHER_HOST, true);
    fail(assign(HOST), new Failure(Failure.Action.ABANDON, "exists", "it is there"));

    assertEquals(List.of("TaskFailed", "TaskResumed"), events());
    assertEquals(request(TaskKind.PRE_COMMIT_2, 1), waiting().task().request());
    assertEquals(Optional.of(NOW.plus(RETRIES.longest())), waiting().notBefore());
    assertEquals(Optional.of(OTHER_HOST), PlacementRules.route(waiting()).peer());
  }

  @Test
  void anAbortEndsTheMoveAndATryAgainBeginsWithTheTask() {
    wish(OTHER_HOST, true);
    TaskId.Attempt attempt = assign(HOST);
    take(AbortRules.abort(state, "operator", "why not", true, NOW));
    take(reports.report(state, new TaskReport.Stopped(attempt, HOST), NOW));

    SectorState.Aborted aborted = assertInstanceOf(SectorState.Aborted.class, state);
    assertEquals(TaskKind.PRE_COMMIT_2, aborted.task().id().kind());
    assertEquals(Optional.of(HOST), facts().filesOn());
    take(DriverRules.retry(state, "operator", NOW));
    assertEquals(request(TaskKind.PRE_COMMIT_2, 1), waiting().task().request());
    assertTrue(waiting().task().id().isNewerThan(attempt.task()), "others have heard of the move");
  }

  @Test
  void aMoveThatEndedBeforeItWasStoppedStands() {
    wish(OTHER_HOST, true);
    TaskId.Attempt attempt = assign(HOST);
    take(AbortRules.abort(state, "operator", "why not", true, NOW));
    succeed(attempt, HOST, new TaskResult.Moved(COPY));

    assertEquals(List.of("SectorMoved"), events());
    assertEquals(Optional.of(OTHER_HOST), facts().filesOn());
    take(AbortRules.abort(state, "operator", "why not", true, NOW));
    assertEquals(List.of(), last.events());
  }

  @Test
  void aFormerHostThatIsLostHoldsNobodyUp() {
    move();
    TaskId.Attempt attempt = assign(HOST);
    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.SILENT, NOW, NOW));
    assertEquals(List.of(), events());
    take(HostLossRules.away(state, attempt.task(), HOST, HostLoss.LOST, NOW, NOW));

    assertEquals(List.of("TaskFailed", "TaskResumed"), events());
    assertEquals(request(TaskKind.PRE_COMMIT_2, 1), waiting().task().request());
    assertEquals(Optional.of(OTHER_HOST), facts().filesOn());
  }

  @Test
  void whatCannotBeDeletedForNowIsLeftInTheEnd() {
    move();
    for (int tries = 0; tries < RETRIES.retries(); tries++) {
      fail(assign(HOST), DIED);
      assertEquals(TaskKind.RELEASE, waiting().task().id().kind());
    }
    fail(assign(HOST), DIED);
    assertEquals(request(TaskKind.PRE_COMMIT_2, 1), waiting().task().request());
  }

  @Test
  void aCopyInDoubtStopsTheSector() {
    move();
    fail(assign(HOST), new Failure(Failure.Action.ABANDON, "no_copy", "it is not there"));

    assertInstanceOf(SectorState.Failed.class, state);
    take(DriverRules.retry(state, "operator", NOW));
    assertEquals(TaskKind.RELEASE, waiting().task().id().kind());
  }

  @Test
  void aNewGenerationMayGoWhereTheSectorCameFrom() {
    move();
    succeed(assign(HOST), HOST, new TaskResult.Released(COPY, 512));
    succeed(assign(OTHER_HOST), OTHER_HOST, result(TaskKind.PRE_COMMIT_2));
    take(DriverRules.perform(state, request(TaskKind.PRE_COMMIT_1, 2), NOW));

    assertEquals(2, facts().generation());
    assertEquals(SectorRoute.NONE, PlacementRules.route(waiting()));
  }
}
