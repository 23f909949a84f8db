package io.selkie.worker;

import static io.selkie.scheduler.TestTasks.request;
import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.selkie.failpoints.FailPoints;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TestLimits;
import io.selkie.scheduler.TestTasks;
import io.selkie.scheduler.WorkerCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("akka.actor.serialize-messages = on")
              .withFallback(ConfigFactory.load()));
  private static final HostId HOST = new HostId("a");
  private static final Map<TaskKind, Integer> SLOTS =
      Map.of(TaskKind.PRE_COMMIT_1, 1, TaskKind.PRE_COMMIT_2, 1);
  private static final TaskId.Attempt FIRST = preCommit1(1);

  private static final List<Device> DEVICES =
      List.of(new Device("GPU-0", Map.of(Devices.VISIBLE, "GPU-0")));

  @TempDir private Path temp;

  private final ScriptedMeans means = new ScriptedMeans(TestLimits.slots(SLOTS));
  private final ScriptedRunner runner = new ScriptedRunner();
  private final TestProbe<SchedulerCommand> scheduler = KIT.createTestProbe();
  private final TestProbe<TaskReport> sectors = KIT.createTestProbe();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @AfterEach
  void nothingIsHeld() {
    FailPoints.arm(Set.of(), Path.of("."));
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              if (Arrays.stream(stack)
                  .anyMatch(at -> at.getClassName().equals(FailPoints.class.getName()))) {
                thread.interrupt();
              }
            });
  }

  private static TaskId.Attempt preCommit1(long sector) {
    return task(sector, 2, TaskKind.PRE_COMMIT_1).attempt(1);
  }

  private ActorRef<WorkerCommand> worker() {
    return KIT.spawn(
        Worker.create(
            HOST,
            new Worker.Parts(runner, means, DEVICES, new LeaseFiles(temp), Runnable::run),
            scheduler.getRef(),
            (sector, report) -> sectors.getRef().tell(report)));
  }

  private static WorkerCommand start(TaskId.Attempt attempt) {
    return new WorkerCommand.Start(attempt, request(attempt.task().kind()));
  }

  private Set<TaskId.Attempt> announced() {
    SchedulerCommand.HostReport report =
        scheduler.expectMessageClass(SchedulerCommand.HostReport.class);
    assertEquals(HOST, report.host());
    assertEquals(means.limits(), report.limits());
    return report.present();
  }

  @Test
  void runsATaskAndTellsItsSectorAndTheScheduler() throws Exception {
    ActorRef<WorkerCommand> worker = worker();
    assertEquals(Set.of(), announced());

    worker.tell(start(FIRST));
    assertEquals(Set.of(FIRST), announced());
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    runner.ends(FIRST, ScriptedRunner.DONE);
    sectors.expectMessage(ScriptedRunner.DONE.report(FIRST, HOST));
    assertEquals(Set.of(), announced());
    worker.tell(new WorkerCommand.Acknowledge(FIRST));

    assertEquals("run " + FIRST, runner.nextCall());
    assertEquals("remove " + FIRST, runner.nextCall());
  }

  /** With hundreds of sectors a look takes long. */
  @Test
  void disksAreLookedAtForATenthOfTheTimeAtMost() throws Exception {
    means.look = Duration.ofMillis(50);
    long begun = System.nanoTime();
    ActorRef<WorkerCommand> worker = worker();

    for (int sector = 1; sector <= 20; sector++) {
      TaskId.Attempt attempt = preCommit1(sector);
      worker.tell(start(attempt));
      sectors.expectMessage(new TaskReport.Started(attempt, HOST));
      runner.ends(attempt, ScriptedRunner.DONE);
      sectors.expectMessage(ScriptedRunner.DONE.report(attempt, HOST));
      worker.tell(new WorkerCommand.Acknowledge(attempt));
    }

    long most = 3 + (System.nanoTime() - begun) / means.look.multipliedBy(10).toNanos();
    assertTrue(means.looks.get() <= most, means.looks + " looks, at most " + most);
  }

  @Test
  void refusesATaskWithoutAFreeSlot() {
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    worker.tell(start(preCommit1(2)));

    TaskReport.Failed refusal = sectors.expectMessageClass(TaskReport.Failed.class);
    assertEquals(preCommit1(2), refusal.attempt());
    assertEquals("no_slot", refusal.failure().code());
    assertEquals(
        "waits for a free PreCommit1 slot on host a (1 of 1 in use; selkie.parallel.precommit1)",
        refusal.failure().message());
  }

  @Test
  void aJobThatItsSectorHasNotSpokenOfKeepsItsSlot() throws Exception {
    runner.has(FIRST);
    ActorRef<WorkerCommand> worker = worker();
    sectors.expectMessage(new TaskReport.Found(FIRST, HOST));

    worker.tell(start(preCommit1(2)));
    assertEquals("no_slot", sectors.expectMessageClass(TaskReport.Failed.class).failure().code());

    worker.tell(new WorkerCommand.Stop(FIRST, false));
    runner.dies(FIRST);
    sectors.expectMessage(new TaskReport.Stopped(FIRST, HOST));
    worker.tell(start(preCommit1(3)));
    sectors.expectMessage(new TaskReport.Started(preCommit1(3), HOST));
  }

  @Test
  void whatAnAbortedTaskWroteIsGoneBeforeItsSectorHearsOfTheEnd() throws Exception {
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));

    worker.tell(new WorkerCommand.Stop(FIRST, true));
    assertEquals("run " + FIRST, runner.nextCall());
    assertEquals("stop " + FIRST, runner.nextCall());
    assertTrue(runner.isQuiet());
    runner.dies(FIRST);

    assertEquals("discard " + FIRST, runner.nextCall());
    sectors.expectMessage(new TaskReport.Stopped(FIRST, HOST));
  }

  @Test
  void refusesAPhaseThatTheHostDoesNotOffer() {
    TaskId.Attempt commit2 = task(1, 5, TaskKind.COMMIT_2).attempt(1);
    worker().tell(start(commit2));

    TaskReport.Failed refusal = sectors.expectMessageClass(TaskReport.Failed.class);
    assertEquals("no_slot", refusal.failure().code());
  }

  @Test
  void aSlotIsFreeOnceItsTaskHasEnded() {
    ActorRef<WorkerCommand> worker = worker();
    for (int sector = 1; sector <= 5; sector++) {
      worker.tell(start(preCommit1(sector)));
      sectors.expectMessage(new TaskReport.Started(preCommit1(sector), HOST));
      runner.ends(preCommit1(sector), ScriptedRunner.DONE);
      sectors.expectMessage(ScriptedRunner.DONE.report(preCommit1(sector), HOST));
    }
  }

  @Test
  void aSlotIsFreeOnceItsTaskWasStopped() throws Exception {
    ActorRef<WorkerCommand> worker = worker();
    for (int sector = 1; sector <= 5; sector++) {
      TaskId.Attempt attempt = preCommit1(sector);
      worker.tell(start(attempt));
      sectors.expectMessage(new TaskReport.Started(attempt, HOST));
      runner.dies(attempt);
      worker.tell(new WorkerCommand.Stop(attempt, false));
      // Its own end may be told first; the sector takes the one or the other.
      TaskReport report = sectors.receiveMessage();
      if (report instanceof TaskReport.Failed) {
        report = sectors.receiveMessage();
      }
      assertEquals(new TaskReport.Stopped(attempt, HOST), report);
    }
  }

  @Test
  void tasksBesideThePoolsRunTogether() {
    ActorRef<WorkerCommand> worker = worker();
    for (int sector = 1; sector <= 5; sector++) {
      TaskId.Attempt attempt = task(sector, 9, TaskKind.FINALIZE).attempt(1);
      worker.tell(start(attempt));
      sectors.expectMessage(new TaskReport.Started(attempt, HOST));
    }
  }

  @Test
  void aNewerAttemptBeginsWhenTheOlderIsDead() throws Exception {
    TaskId.Attempt second = FIRST.task().attempt(2);
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    worker.tell(start(second));
    assertEquals("run " + FIRST, runner.nextCall());
    assertEquals("stop " + FIRST, runner.nextCall());
    sectors.expectNoMessage(Duration.ofMillis(50));
    assertTrue(runner.isQuiet());

    runner.dies(FIRST);

    assertEquals("remove " + FIRST, runner.nextCall());
    assertEquals("run " + second, runner.nextCall());
    sectors.expectMessage(new TaskReport.Started(second, HOST));
  }

  @Test
  void aTaskThatCannotBeFollowedHasFailed() {
    worker().tell(start(FIRST));
    runner.failsToEnd(FIRST, "lost");
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));

    TaskReport.Failed failed = sectors.expectMessageClass(TaskReport.Failed.class);
    assertEquals("internal", failed.failure().code());
  }

  @Test
  void theNextWorkerTakesUpWhatTheFirstLeft() throws Exception {
    ActorRef<WorkerCommand> first = worker();
    first.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    KIT.stop(first);

    ActorRef<WorkerCommand> next = worker();

    sectors.expectMessage(new TaskReport.Found(FIRST, HOST));
    next.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    runner.ends(FIRST, ScriptedRunner.DONE);
    sectors.expectMessage(ScriptedRunner.DONE.report(FIRST, HOST));
  }

  @Test
  void jobsThatAreThereRunAboveTheLimit() throws Exception {
    ActorRef<WorkerCommand> first = worker();
    first.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    KIT.stop(first);
    runner.run(preCommit1(2), request(TaskKind.PRE_COMMIT_1), Map.of(), () -> {});

    ActorRef<WorkerCommand> next = worker();
    sectors.receiveSeveralMessages(2);
    next.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    next.tell(start(preCommit1(2)));
    sectors.expectMessage(new TaskReport.Started(preCommit1(2), HOST));
    next.tell(start(preCommit1(3)));
    assertEquals(
        "waits for a free PreCommit1 slot on host a (2 of 1 in use; selkie.parallel.precommit1)",
        sectors.expectMessageClass(TaskReport.Failed.class).failure().message());
  }

  @Test
  void aFoundJobOfNoUseIsKilledAndRemoved() throws Exception {
    runner.run(FIRST, request(TaskKind.PRE_COMMIT_1), Map.of(), () -> {});
    runner.nextCall();
    ActorRef<WorkerCommand> worker = worker();
    sectors.expectMessage(new TaskReport.Found(FIRST, HOST));

    worker.tell(new WorkerCommand.Stop(FIRST, false));
    assertEquals("stop " + FIRST, runner.nextCall());
    runner.dies(FIRST);

    sectors.expectMessage(new TaskReport.Stopped(FIRST, HOST));
    assertEquals("remove " + FIRST, runner.nextCall());
  }

  @Test
  void aWorkerWithABugStartsAnew() {
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));

    runner.failsOnce();
    worker.tell(new WorkerCommand.Acknowledge(preCommit1(2)));

    sectors.expectMessage(new TaskReport.Found(FIRST, HOST));
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
  }

  @Test
  void aTaskWhoseSupervisorHasABugIsTakenUpByTheNextLife(@TempDir Path temp) throws Exception {
    ActorRef<WorkerCommand> worker = worker();
    assertEquals(Set.of(), announced());
    FailPoints.arm(
        Set.of("PreCommit1.start.after-effect@" + FIRST.sector()), temp.resolve("missing"));
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Found(FIRST, HOST));

    FailPoints.arm(Set.of(), temp);
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
  }

  @Test
  void aFailPointHoldsOnlyItsOwnTask(@TempDir Path marks) throws Exception {
    FailPoints.arm(Set.of("PreCommit1.start.before-effect@" + FIRST.sector()), marks);
    TaskId.Attempt other = task(2, 3, TaskKind.PRE_COMMIT_2).attempt(1);
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(FIRST));
    worker.tell(start(other));

    sectors.expectMessage(new TaskReport.Started(other, HOST));
    assertEquals("run " + other, runner.nextCall());
    assertTrue(runner.isQuiet());
  }

  @Test
  void aTaskHeldBeforeItsReportHasRun(@TempDir Path marks) throws Exception {
    FailPoints.arm(Set.of("PreCommit1.report.before-acknowledgement@" + FIRST.sector()), marks);
    worker().tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    runner.ends(FIRST, ScriptedRunner.DONE);

    sectors.expectNoMessage(Duration.ofMillis(50));
    assertEquals("run " + FIRST, runner.nextCall());
  }

  private static HostLimits scarce(int maxTasks, long memory, int devices) {
    HostLimits ample =
        TestLimits.slots(
            Map.of(TaskKind.PRE_COMMIT_1, 2, TaskKind.PRE_COMMIT_2, 2, TaskKind.COMMIT_2, 2));
    return new HostLimits(
        ample.slots(),
        maxTasks,
        1,
        memory,
        ample.needs(),
        new HostLimits.Devices(devices, true),
        List.of());
  }

  @Test
  void whatASchedulerGaveTooMuchIsRefusedAndNoFailure() {
    means.limits = scarce(1, 1L << 40, 1);
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    worker.tell(start(task(2, 3, TaskKind.PRE_COMMIT_2).attempt(1)));

    Failure refusal = sectors.expectMessageClass(TaskReport.Failed.class).failure();
    assertEquals(
        "waits for a task on host a to end (1 of 1 in use; selkie.max-tasks)", refusal.message());
    assertEquals(Failure.NO_ROOM, refusal.code());
    assertFalse(refusal.wasTried());
  }

  @Test
  void aProverIsKeptToItsDeviceAndTheLeaseIsWrittenDown() throws Exception {
    TaskId.Attempt proving = task(1, 5, TaskKind.COMMIT_2).attempt(1);
    means.limits = scarce(9, 1L << 40, 1);
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(proving));
    sectors.expectMessage(new TaskReport.Started(proving, HOST));

    assertEquals(Map.of(Devices.VISIBLE, "GPU-0"), runner.environmentOf(proving));
    assertEquals(Optional.of("GPU-0"), new LeaseFiles(temp).read(proving.toString()));

    runner.ends(proving, ScriptedRunner.DONE);
    sectors.expectMessage(ScriptedRunner.DONE.report(proving, HOST));
    worker.tell(new WorkerCommand.Acknowledge(proving));
    TaskId.Attempt next = task(2, 5, TaskKind.COMMIT_2).attempt(1);
    worker.tell(start(next));
    sectors.expectMessage(new TaskReport.Started(next, HOST));
    assertEquals(Optional.empty(), new LeaseFiles(temp).read(proving.toString()));
  }

  @Test
  void aProverFromBeforeARestartKeepsItsDevice() throws Exception {
    TaskId.Attempt proving = task(1, 5, TaskKind.COMMIT_2).attempt(1);
    TaskId.Attempt next = task(2, 5, TaskKind.COMMIT_2).attempt(1);
    means.limits = scarce(9, 1L << 40, 2); // the scheduler was told of one more than there is
    means.sectors =
        List.of(
            new HostSector(proving.sector(), TestTasks.TYPE, HostSector.Presence.VISITING, false));
    runner.has(proving);
    new LeaseFiles(temp).write(proving.toString(), "GPU-0");
    ActorRef<WorkerCommand> worker = worker();
    sectors.expectMessage(new TaskReport.Found(proving, HOST));
    worker.tell(start(next));
    worker.tell(start(proving));

    sectors.expectMessage(new TaskReport.Started(proving, HOST));
    sectors.expectNoMessage(Duration.ofMillis(50));
    runner.ends(proving, ScriptedRunner.DONE);
    sectors.expectMessage(ScriptedRunner.DONE.report(proving, HOST));
    sectors.expectMessage(new TaskReport.Started(next, HOST));
  }

  @Test
  void whoWaitsForADeviceCanBeStopped() throws Exception {
    TaskId.Attempt proving = task(1, 5, TaskKind.COMMIT_2).attempt(1);
    TaskId.Attempt next = task(2, 5, TaskKind.COMMIT_2).attempt(1);
    means.limits = scarce(9, 1L << 40, 2);
    ActorRef<WorkerCommand> worker = worker();
    worker.tell(start(proving));
    sectors.expectMessage(new TaskReport.Started(proving, HOST));
    worker.tell(start(next));
    runner.dies(next);
    worker.tell(new WorkerCommand.Stop(next, false));
    sectors.expectMessage(new TaskReport.Stopped(next, HOST));

    runner.ends(proving, ScriptedRunner.DONE);
    sectors.expectMessage(ScriptedRunner.DONE.report(proving, HOST));
    sectors.expectNoMessage(Duration.ofMillis(50));
  }

  @Test
  void anUnfitHostTakesNoMoreWorkAndSaysWhy() {
    ActorRef<WorkerCommand> worker = worker();
    assertEquals(Set.of(), announced());
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));
    runner.ends(
        FIRST,
        new Ended.Failed(
            Instant.EPOCH,
            Instant.EPOCH,
            new Failure(Failure.Action.HALT, Failures.UNFIT, "the prover program is not there")));
    assertFalse(sectors.expectMessageClass(TaskReport.Failed.class).failure().wasTried());
    SchedulerCommand.HostReport report =
        (SchedulerCommand.HostReport)
            scheduler
                .fishForMessage(
                    Duration.ofSeconds(10),
                    message ->
                        message instanceof SchedulerCommand.HostReport told
                                && told.unfit().isPresent()
                            ? FishingOutcomes.complete()
                            : FishingOutcomes.continueAndIgnore())
                .get(0);
    assertEquals(Optional.of("the prover program is not there"), report.unfit());

    worker.tell(start(preCommit1(2)));
    assertEquals(
        "host a takes no work: the prover program is not there",
        sectors.expectMessageClass(TaskReport.Failed.class).failure().message());
  }

  @Test
  void aHostThatIsStoppedSaysSoLast() {
    ActorRef<WorkerCommand> worker = worker();
    assertEquals(Set.of(), announced());
    TestProbe<SchedulerCommand.Ordered> answer = KIT.createTestProbe();

    worker.tell(new Worker.Stopping(answer.getRef()));
    worker.tell(start(FIRST));
    sectors.expectMessage(new TaskReport.Started(FIRST, HOST));

    assertEquals(new SchedulerCommand.HostStops(HOST, answer.getRef()), scheduler.receiveMessage());
    scheduler.expectNoMessage();
  }

  @Test
  void aHostThatIsUnfitFromTheStartSaysSo() {
    means.unfit = Optional.of("no job can be written");
    worker();

    assertEquals(
        means.unfit, scheduler.expectMessageClass(SchedulerCommand.HostReport.class).unfit());
  }
}
