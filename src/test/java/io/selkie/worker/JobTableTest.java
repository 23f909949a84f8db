package io.selkie.worker;

import static io.selkie.scheduler.TestTasks.request;
import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.worker.JobTable.Effect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobTableTest {
  private static final HostId HOST = new HostId("a");
  private static final TaskId PC1 = task(1, 2, TaskKind.PRE_COMMIT_1);
  private static final TaskId PC2 = task(1, 3, TaskKind.PRE_COMMIT_2);
  private static final TaskId.Attempt FIRST = PC1.attempt(1);
  private static final TaskId.Attempt SECOND = PC1.attempt(2);
  private static final Ended DONE =
      new Ended.Succeeded(
          Instant.EPOCH, Instant.EPOCH.plusSeconds(1), 2048, new TaskResult.FilesRemoved());
  private static final Ended FAILED =
      new Ended.Failed(
          Instant.EPOCH,
          Instant.EPOCH.plusSeconds(1),
          new Failure(Failure.Action.RETRY, "died", "the prover was killed"));

  private JobTable table = new JobTable(HOST, Set.of(), new Newest());

  private static TaskRequest requestOf(TaskId.Attempt attempt) {
    return request(attempt.task().kind());
  }

  private List<Effect> start(TaskId.Attempt attempt) {
    return table.start(attempt, requestOf(attempt));
  }

  private static Effect run(TaskId.Attempt attempt, boolean present) {
    return new Effect.Run(attempt, requestOf(attempt), present);
  }

  private static Effect found(TaskId.Attempt attempt) {
    return new Effect.Tell(new TaskReport.Found(attempt, HOST));
  }

  private static Effect started(TaskId.Attempt attempt) {
    return new Effect.Tell(new TaskReport.Started(attempt, HOST));
  }

  private static Effect stopped(TaskId.Attempt attempt) {
    return new Effect.Tell(new TaskReport.Stopped(attempt, HOST));
  }

  private static Effect told(TaskId.Attempt attempt, Ended end) {
    return new Effect.Tell(end.report(attempt, HOST));
  }

  private static Effect kill(TaskId.Attempt attempt) {
    return new Effect.Kill(attempt);
  }

  private static Effect remove(TaskId.Attempt attempt) {
    return new Effect.Remove(attempt);
  }

  private static Effect announce(TaskId.Attempt... present) {
    return new Effect.Announce(Set.of(present));
  }

  /** What is told in so many ticks, each with the tick it was told in. */
  private List<String> tellsIn(int ticks) {
    List<String> tells = new ArrayList<>();
    for (int tick = 0; tick < ticks; tick++) {
      for (Effect effect : table.tick()) {
        if (effect instanceof Effect.Tell tell) {
          tells.add(tick + " " + tell.report().getClass().getSimpleName());
        }
      }
    }
    return tells;
  }

  @Test
  void runsAnAttemptToItsEnd() {
    assertEquals(List.of(run(FIRST, false), announce(FIRST)), start(FIRST));
    assertEquals(List.of(started(FIRST)), table.durable(FIRST));
    assertEquals(List.of(told(FIRST, DONE), announce()), table.ended(FIRST, DONE));
    assertEquals(List.of(remove(FIRST)), table.acknowledge(FIRST));
  }

  @Test
  void aStartThatComesTwiceBeginsOnce() {
    start(FIRST);

    assertEquals(List.of(), start(FIRST));
    table.durable(FIRST);
    assertEquals(List.of(started(FIRST)), start(FIRST));
    table.ended(FIRST, DONE);
    assertEquals(List.of(told(FIRST, DONE)), start(FIRST));
  }

  @Test
  void aStartAfterTheAcknowledgementBeginsNothing() {
    start(FIRST);
    table.durable(FIRST);
    table.ended(FIRST, DONE);
    table.acknowledge(FIRST);

    assertEquals(List.of(stopped(FIRST)), start(FIRST));
  }

  @Test
  void aStartThatComesAfterItsStopBeginsNothing() {
    assertEquals(List.of(remove(FIRST), stopped(FIRST)), table.stop(FIRST, false));
    assertEquals(List.of(stopped(FIRST)), start(FIRST));
  }

  @Test
  void anOlderAttemptIsDeadBeforeANewerBegins() {
    start(FIRST);
    table.durable(FIRST);

    assertEquals(List.of(kill(FIRST), announce(FIRST, SECOND)), start(SECOND));
    assertEquals(List.of(), start(SECOND));
    assertEquals(
        List.of(remove(FIRST), run(SECOND, false), announce(SECOND)), table.stopped(FIRST));
  }

  @Test
  void anOlderTaskIsDeadBeforeANewerBegins() {
    start(FIRST);

    assertEquals(List.of(kill(FIRST), announce(FIRST, PC2.attempt(1))), start(PC2.attempt(1)));
    assertEquals(
        List.of(remove(FIRST), run(PC2.attempt(1), false), announce(PC2.attempt(1))),
        table.stopped(FIRST));
  }

  @Test
  void anOlderGenerationIsDeadBeforeANewerBegins() {
    TaskId again = new TaskId(PC1.sector(), 2, 4, TaskKind.PRE_COMMIT_1);
    start(PC2.attempt(1));

    assertEquals(
        List.of(kill(PC2.attempt(1)), announce(PC2.attempt(1), again.attempt(1))),
        start(again.attempt(1)));
  }

  @Test
  void otherSectorsAreLeftAlone() {
    TaskId.Attempt other = task(2, 9, TaskKind.PRE_COMMIT_1).attempt(1);
    start(FIRST);

    assertEquals(List.of(run(other, false), announce(FIRST, other)), start(other));
  }

  @Test
  void theResultOfAnAttemptThatIsBeingKilledIsNotTold() {
    start(FIRST);
    table.stop(FIRST, false);

    assertEquals(List.of(), table.durable(FIRST));
    assertEquals(List.of(), table.ended(FIRST, DONE));
    assertEquals(List.of(remove(FIRST), stopped(FIRST), announce()), table.stopped(FIRST));
  }

  @Test
  void anEndedAttemptGoesWhenANewerComes() {
    start(FIRST);
    table.ended(FIRST, DONE);

    assertEquals(List.of(remove(FIRST), run(SECOND, false), announce(SECOND)), start(SECOND));
  }

  @Test
  void anAttemptThatFailedIsKilledBeforeANewerBegins() {
    start(FIRST);
    table.ended(FIRST, FAILED);

    assertEquals(List.of(kill(FIRST), announce(FIRST, SECOND)), start(SECOND));
    assertEquals(
        List.of(remove(FIRST), run(SECOND, false), announce(SECOND)), table.stopped(FIRST));
  }

  @Test
  void anAttemptThatFailedIsKilledBeforeItIsForgotten() {
    start(FIRST);
    table.ended(FIRST, FAILED);

    assertEquals(List.of(kill(FIRST), announce(FIRST)), table.acknowledge(FIRST));
    assertEquals(List.of(remove(FIRST), announce()), table.stopped(FIRST));
  }

  @Test
  void aStartIsStaleAlsoForAWorkerThatStartedAnew() {
    Newest newest = new Newest();
    table = new JobTable(HOST, Set.of(), newest);
    start(FIRST);
    table.ended(FIRST, DONE);
    table.acknowledge(FIRST);

    table = new JobTable(HOST, Set.of(), newest);

    assertEquals(List.of(stopped(FIRST)), start(FIRST));
  }

  @Test
  void aStaleStartIsNotRun() {
    start(SECOND);

    assertEquals(List.of(remove(FIRST), stopped(FIRST)), start(FIRST));
  }

  @Test
  void aStaleStartOfADyingAttemptIsAnsweredOnceItIsDead() {
    start(FIRST);
    start(SECOND);

    assertEquals(List.of(), start(FIRST));
    assertEquals(
        List.of(remove(FIRST), stopped(FIRST), run(SECOND, false), announce(SECOND)),
        table.stopped(FIRST));
  }

  @Test
  void aStopIsAnsweredOnceItsProverIsDead() {
    start(FIRST);

    assertEquals(List.of(kill(FIRST)), table.stop(FIRST, false));
    assertEquals(List.of(), table.stop(FIRST, false));
    assertEquals(List.of(remove(FIRST), stopped(FIRST), announce()), table.stopped(FIRST));
    assertEquals(List.of(remove(FIRST), stopped(FIRST)), table.stop(FIRST, false));
  }

  private static Effect discard(TaskId.Attempt attempt) {
    return new Effect.Discard(attempt);
  }

  @Test
  void whatAStoppedAttemptWroteGoesBeforeTheStopIsAnswered() {
    start(FIRST);

    assertEquals(List.of(kill(FIRST)), table.stop(FIRST, true));
    assertEquals(List.of(discard(FIRST)), table.stopped(FIRST));
    assertEquals(List.of(), table.stop(FIRST, true));
    assertEquals(List.of(remove(FIRST), stopped(FIRST), announce()), table.discarded(FIRST));
  }

  @Test
  void whatAnAttemptOfAnEarlierLifeWroteGoesToo() {
    assertEquals(List.of(discard(FIRST), announce(FIRST)), table.stop(FIRST, true));
    assertEquals(List.of(remove(FIRST), stopped(FIRST), announce()), table.discarded(FIRST));
  }

  @Test
  void aStopThatDiscardsCountsMoreThanOneThatDoesNot() {
    start(FIRST);
    table.stop(FIRST, false);

    assertEquals(List.of(), table.stop(FIRST, true));
    assertEquals(List.of(discard(FIRST)), table.stopped(FIRST));
  }

  @Test
  void theFilesOfANewerAttemptAreNotDiscardedByALateStop() {
    start(SECOND);

    assertEquals(List.of(remove(FIRST), stopped(FIRST)), table.stop(FIRST, true));
  }

  @Test
  void aNewerAttemptBeginsOnlyWhenTheDiscardIsDone() {
    start(FIRST);
    table.stop(FIRST, true);
    table.stopped(FIRST);

    assertEquals(List.of(announce(FIRST, SECOND)), start(SECOND));
    assertEquals(
        List.of(remove(FIRST), stopped(FIRST), run(SECOND, false), announce(SECOND)),
        table.discarded(FIRST));
  }

  @Test
  void nothingIsDiscardedWhileAnOlderAttemptMayWrite() {
    start(FIRST);

    assertEquals(List.of(kill(FIRST), remove(SECOND)), table.stop(SECOND, true));
    table.stopped(FIRST);
    assertEquals(List.of(discard(SECOND), announce(SECOND)), table.stop(SECOND, true));
  }

  @Test
  void aResultThatIsToldIsNotDiscarded() {
    start(FIRST);
    table.ended(FIRST, DONE);

    assertEquals(List.of(told(FIRST, DONE)), table.stop(FIRST, true));
    assertEquals(List.of(remove(FIRST)), table.acknowledge(FIRST));
  }

  @Test
  void aStopOfAnEndedAttemptIsAnsweredAtOnce() {
    start(FIRST);
    table.ended(FIRST, DONE);

    assertEquals(List.of(remove(FIRST), stopped(FIRST)), table.stop(FIRST, false));
  }

  @Test
  void anAttemptThatWaitsForAnOlderOneCanBeStopped() {
    start(FIRST);
    start(SECOND);

    assertEquals(
        List.of(remove(SECOND), stopped(SECOND), announce(FIRST)), table.stop(SECOND, false));
    assertEquals(List.of(remove(FIRST), announce()), table.stopped(FIRST));
  }

  @Test
  void aKillThatFailedIsTriedAgain() {
    start(FIRST);
    table.tick();
    table.stop(FIRST, false);
    table.stopFailed(FIRST);

    List<Effect> effects = new ArrayList<>();
    for (int tick = 0; tick < JobTable.FIRST_WAIT + 1; tick++) {
      effects.addAll(table.tick());
    }

    assertEquals(
        List.of(kill(FIRST)), effects.stream().filter(Effect.Kill.class::isInstance).toList());
    assertEquals(List.of(remove(FIRST), stopped(FIRST), announce()), table.stopped(FIRST));
  }

  @Test
  void anAcknowledgementForNobodyRemovesWhatMayBeThere() {
    assertEquals(List.of(remove(FIRST)), table.acknowledge(FIRST));
    assertEquals(List.of(remove(FIRST)), table.acknowledge(FIRST));
  }

  @Test
  void theEndIsToldUntilItIsAcknowledged() {
    start(FIRST);
    table.ended(FIRST, FAILED);

    assertEquals(
        List.of("5 Failed", "15 Failed", "35 Failed", "75 Failed", "135 Failed", "195 Failed"),
        tellsIn(200));
    table.acknowledge(FIRST);
    assertEquals(List.of(), tellsIn(200));
  }

  @Test
  void theHostAnnouncesItselfAgainAndAgain() {
    start(FIRST);

    List<Effect> effects = new ArrayList<>();
    for (int tick = 0; tick < 2 * JobTable.ANNOUNCE_EVERY; tick++) {
      effects.addAll(table.tick());
    }

    assertEquals(List.of(announce(FIRST), announce(FIRST)), effects);
  }

  @Test
  void aJobThatIsFoundIsToldUntilTheSectorSpeaks() {
    table = new JobTable(HOST, Set.of(FIRST), new Newest());

    assertEquals(List.of("0 Found", "5 Found", "15 Found"), tellsIn(20));
    assertEquals(List.of(run(FIRST, true)), start(FIRST));
    assertEquals(List.of(), tellsIn(20));
  }

  @Test
  void aStartAnnouncesWhatWasFound() {
    table = new JobTable(HOST, Set.of(FIRST), new Newest());

    assertEquals(List.of(announce(FIRST), found(FIRST)), table.tick());
  }

  @Test
  void aFoundJobOfAnOlderAttemptIsKilledFirst() {
    table = new JobTable(HOST, Set.of(FIRST), new Newest());
    table.tick();

    assertEquals(List.of(kill(FIRST), announce(FIRST, SECOND)), start(SECOND));
  }

  @Test
  void ofTwoFoundJobsTheNewerIsTakenUpOnceTheOlderIsDead() {
    table = new JobTable(HOST, Set.of(FIRST, SECOND), new Newest());
    table.tick();

    assertEquals(List.of(kill(FIRST)), start(SECOND));
    assertEquals(List.of(remove(FIRST), run(SECOND, true), announce(SECOND)), table.stopped(FIRST));
  }

  @Test
  void aFoundJobThatWaitsIsKilledWhenItIsStopped() {
    table = new JobTable(HOST, Set.of(FIRST, SECOND), new Newest());
    table.tick();
    start(SECOND);

    assertEquals(List.of(kill(SECOND)), table.stop(SECOND, false));
  }

  @Test
  void aFoundJobThatIsStaleIsKilledWhenItIsStarted() {
    table = new JobTable(HOST, Set.of(FIRST, SECOND), new Newest());
    table.tick();

    assertEquals(List.of(kill(FIRST)), start(FIRST));
  }

  @Test
  void anAcknowledgedJobThatIsFoundIsKilledToBeSure() {
    table = new JobTable(HOST, Set.of(FIRST), new Newest());
    table.tick();

    assertEquals(List.of(kill(FIRST)), table.acknowledge(FIRST));
    assertEquals(List.of(remove(FIRST), announce()), table.stopped(FIRST));
  }

  @Test
  void eventsOfUnknownAttemptsChangeNothing() {
    assertEquals(List.of(), table.durable(FIRST));
    assertEquals(List.of(), table.ended(FIRST, DONE));
    assertEquals(List.of(), table.stopped(FIRST));
    assertEquals(List.of(), table.stopFailed(FIRST));
    assertEquals(List.of(run(FIRST, false), announce(FIRST)), start(FIRST));
  }
}
