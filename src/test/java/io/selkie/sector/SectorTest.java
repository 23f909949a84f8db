package io.selkie.sector;

import static io.selkie.sector.SectorSamples.HOST;
import static io.selkie.sector.SectorSamples.SECTOR;
import static io.selkie.sector.SectorSamples.request;
import static io.selkie.sector.SectorSamples.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.WorkerCommand;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SectorTest {
  private static final Config CONFIG =
      ConfigFactory.parseString("akka.loglevel = OFF")
          .withFallback(EventSourcedBehaviorTestKit.config());
  private static final SectorSettings SETTINGS =
      new SectorSettings(SectorSamples.RETRIES, Duration.ofSeconds(5), Duration.ofMinutes(1));

  private final ActorTestKit kit = ActorTestKit.create(CONFIG);
  private final TestProbe<SchedulerCommand> scheduler = kit.createTestProbe();
  private final TestProbe<WorkerCommand> worker = kit.createTestProbe();
  private final TestProbe<Sector.Answer> driver = kit.createTestProbe();
  private final TestProbe<ClusterSharding.ShardCommand> shard = kit.createTestProbe();
  private final Map<TaskKind, CompletableFuture<Boolean>> looking = new EnumMap<>(TaskKind.class);
  private volatile Instant now = SectorSamples.NOW;
  private final InstantSource time = () -> now;
  private int looks;
  private boolean intact = true;
  private EventSourcedBehaviorTestKit<Sector.Command, SectorEvent, SectorState> sector;

  @BeforeEach
  void createSector() {
    createSector(SETTINGS);
  }

  private void createSector(SectorSettings settings) {
    // State and replies go by CBOR, events by JSON: the check of the kit writes and reads each.
    sector =
        EventSourcedBehaviorTestKit.create(
            kit.system(), Sector.create(SECTOR, surroundings(settings), shard.getRef()));
  }

  private Sector.Surroundings surroundings(SectorSettings settings) {
    return new Sector.Surroundings(
        scheduler.getRef(),
        (id, answered) -> looked(answered),
        settings,
        time.withZone(ZoneOffset.UTC));
  }

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  private SchedulerCommand.Submit submitted(TaskKind kind) {
    sector.runCommand(new Sector.Perform(request(kind, 1), Optional.empty(), driver.getRef()));
    return scheduler.expectMessageClass(SchedulerCommand.Submit.class);
  }

  private TaskId.Attempt started(TaskKind kind) {
    return placed(submitted(kind));
  }

  private TaskId.Attempt placed() {
    return placed(scheduler.expectMessageClass(SchedulerCommand.Submit.class));
  }

  private TaskId.Attempt placed(SchedulerCommand.Submit submit) {
    submit
        .replyTo()
        .tell(
            new SchedulerCommand.Assigned(submit.task(), HOST, worker.getRef(), Optional.empty()));
    WorkerCommand command = worker.receiveMessage();
    while (command instanceof WorkerCommand.Acknowledge) {
      command = worker.receiveMessage();
    }
    return assertInstanceOf(WorkerCommand.Start.class, command).attempt();
  }

  private CompletionStage<Boolean> looked(SectorFacts.Answered answered) {
    looks++;
    return looking.getOrDefault(answered.task().kind(), CompletableFuture.completedFuture(intact));
  }

  private TestProbe<Sector.Answer> asker(TaskKind kind) {
    TestProbe<Sector.Answer> asker = kit.createTestProbe();
    sector.runCommand(new Sector.Perform(request(kind, 1), Optional.empty(), asker.getRef()));
    return asker;
  }

  private void report(TaskReport report) {
    sector.runCommand(new Sector.Report(report, worker.getRef()));
  }

  @Test
  void aTaskGoesFromTheDriverToTheWorkerAndItsResultBack() {
    TaskId.Attempt attempt = started(TaskKind.ADD_PIECE);

    report(SectorSamples.succeeded(attempt));

    driver.expectMessage(new Sector.Done(attempt.task(), result(TaskKind.ADD_PIECE)));
    worker.expectMessage(new WorkerCommand.Acknowledge(attempt));
    scheduler.expectMessage(new SchedulerCommand.Withdraw(attempt.task()));
  }

  @Test
  void aRestartedSectorTakesUpItsTaskWhereItRuns() {
    TaskId.Attempt attempt = started(TaskKind.PRE_COMMIT_1);

    sector.restart();

    SchedulerCommand.Resume resume = scheduler.expectMessageClass(SchedulerCommand.Resume.class);
    assertEquals(HOST, resume.host());
    resume
        .replyTo()
        .tell(
            new SchedulerCommand.Assigned(resume.task(), HOST, worker.getRef(), Optional.empty()));
    assertEquals(attempt, worker.expectMessageClass(WorkerCommand.Start.class).attempt());
  }

  @Test
  void aRestartedSectorAsksAgainForTheHostItNeverGot() {
    TaskId task = submitted(TaskKind.ADD_PIECE).task();

    sector.restart();

    assertEquals(task, scheduler.expectMessageClass(SchedulerCommand.Submit.class).task());
  }

  @Test
  void theAnswerGoesToWhoeverAskedLast() {
    TaskId.Attempt attempt = started(TaskKind.ADD_PIECE);
    TestProbe<Sector.Answer> later = kit.createTestProbe();
    ActorRef<Sector.Answer> again = later.getRef();
    sector.runCommand(new Sector.Perform(request(TaskKind.ADD_PIECE, 1), Optional.empty(), again));

    report(SectorSamples.succeeded(attempt));

    later.expectMessageClass(Sector.Done.class);
    driver.expectNoMessage(Duration.ofMillis(50));
  }

  @Test
  void aKeptAnswerIsGivenOnceItsFilesWereLookedAt() {
    report(SectorSamples.succeeded(started(TaskKind.ADD_PIECE)));
    driver.expectMessageClass(Sector.Done.class);

    sector.runCommand(
        new Sector.Perform(request(TaskKind.ADD_PIECE, 1), Optional.empty(), driver.getRef()));

    driver.expectMessageClass(Sector.Done.class);
  }

  @Test
  void aKeptAnswerWhoseFilesAreGoneIsDoneAgain() {
    report(SectorSamples.succeeded(started(TaskKind.PRE_COMMIT_1)));
    scheduler.expectMessageClass(SchedulerCommand.Withdraw.class);
    intact = false;

    SchedulerCommand.Submit again = submitted(TaskKind.PRE_COMMIT_1);

    assertEquals(2, again.task().generation());
  }

  @Test
  void everyoneWhoseFilesAreLookedAtGetsTheAnswerToHisOwnRequest() {
    report(SectorSamples.succeeded(started(TaskKind.PRE_COMMIT_1)));
    scheduler.expectMessageClass(SchedulerCommand.Withdraw.class);
    worker.expectMessageClass(WorkerCommand.Acknowledge.class);
    report(SectorSamples.succeeded(started(TaskKind.PRE_COMMIT_2)));
    looking.put(TaskKind.PRE_COMMIT_1, new CompletableFuture<>());
    looking.put(TaskKind.PRE_COMMIT_2, new CompletableFuture<>());

    TestProbe<Sector.Answer> labels = asker(TaskKind.PRE_COMMIT_1);
    TestProbe<Sector.Answer> replica = asker(TaskKind.PRE_COMMIT_2);
    looking.values().forEach(look -> look.complete(true));

    assertEquals(TaskKind.PRE_COMMIT_1, labels.expectMessageClass(Sector.Done.class).task().kind());
    assertEquals(
        TaskKind.PRE_COMMIT_2, replica.expectMessageClass(Sector.Done.class).task().kind());
  }

  @Test
  void filesAreLookedAtOnceForAllWhoAskMeanwhile() {
    report(SectorSamples.succeeded(started(TaskKind.ADD_PIECE)));
    looking.put(TaskKind.ADD_PIECE, new CompletableFuture<>());

    asker(TaskKind.ADD_PIECE);
    TestProbe<Sector.Answer> last = asker(TaskKind.ADD_PIECE);
    assertEquals(1, looks);
    looking.get(TaskKind.ADD_PIECE).complete(true);

    last.expectMessageClass(Sector.Done.class);
  }

  @Test
  void aSectorStaysInMemoryWhileItsFilesAreLookedAt() {
    createSector(
        new SectorSettings(SectorSamples.RETRIES, Duration.ofMillis(10), Duration.ofMinutes(1)));
    report(SectorSamples.succeeded(started(TaskKind.ADD_PIECE)));
    looking.put(TaskKind.ADD_PIECE, new CompletableFuture<>());
    TestProbe<Sector.Answer> asker = asker(TaskKind.ADD_PIECE);

    now = now.plus(Duration.ofMinutes(2));
    shard.expectNoMessage(Duration.ofMillis(100));

    looking.get(TaskKind.ADD_PIECE).complete(true);
    asker.expectMessageClass(Sector.Done.class);
    shard.expectMessageClass(ClusterSharding.Passivate.class);
  }

  @Test
  void whoeverAskedForATaskThatCouldNotBeWrittenHearsNothingOfAnother() {
    ActorRef<Sector.Command> address =
        kit.spawn(Sector.create(SECTOR, surroundings(SETTINGS), shard.getRef()));
    address.tell(
        new Sector.Perform(request(TaskKind.PRE_COMMIT_2, 1), Optional.empty(), driver.getRef()));
    address.tell(
        new Sector.Report(SectorSamples.failed(placed(), SectorSamples.REDO), worker.getRef()));
    driver.expectMessageClass(Sector.TaskHasFailed.class);
    scheduler.expectMessageClass(SchedulerCommand.Withdraw.class);

    TestProbe<Sector.Answer> unwritten = kit.createTestProbe();
    sector.persistenceTestKit().failNextPersisted("Sector|" + SECTOR);
    address.tell(
        new Sector.Perform(
            request(TaskKind.PRE_COMMIT_1, 1), Optional.empty(), unwritten.getRef()));
    scheduler.expectMessageClass(SchedulerCommand.Withdraw.class, Duration.ofSeconds(10));
    address.tell(new Sector.Retry("operator", driver.getRef()));
    address.tell(new Sector.Report(SectorSamples.succeeded(placed()), worker.getRef()));

    worker.expectMessageClass(WorkerCommand.Acknowledge.class);
    unwritten.expectNoMessage(Duration.ofMillis(50));
  }

  @Test
  void theSchedulerHearsOfTheDeadlineThatTheDriverSaidLast() {
    createSector(
        new SectorSettings(SectorSamples.RETRIES, Duration.ofMillis(50), Duration.ofMinutes(1)));
    Optional<Instant> first = Optional.of(Instant.parse("2026-11-22T00:00:00Z"));
    Optional<Instant> later = Optional.of(Instant.parse("2026-11-23T00:00:00Z"));
    perform(TaskKind.PRE_COMMIT_1, first);
    assertEquals(first, submitted().deadline());

    perform(TaskKind.PRE_COMMIT_1, later);
    perform(TaskKind.PRE_COMMIT_1, Optional.empty());
    perform(TaskKind.PRE_COMMIT_2, first);

    SchedulerCommand.Submit repeated = submitted();
    while (repeated.deadline().equals(first)) {
      repeated = submitted();
    }
    assertEquals(later, repeated.deadline());
  }

  private SchedulerCommand.Submit submitted() {
    return scheduler.expectMessageClass(SchedulerCommand.Submit.class);
  }

  private void perform(TaskKind kind, Optional<Instant> deadline) {
    sector.runCommand(new Sector.Perform(request(kind, 1), deadline, driver.getRef()));
  }

  @Test
  void anAbortIsAnsweredWhenTheProverIsDead() {
    TaskId.Attempt attempt = started(TaskKind.PRE_COMMIT_1);
    TestProbe<Sector.Answer> operator = kit.createTestProbe();
    sector.runCommand(abort(TaskKind.PRE_COMMIT_1, operator.getRef()));
    worker.expectMessage(new WorkerCommand.Stop(attempt, true));
    operator.expectNoMessage(Duration.ofMillis(50));

    report(new TaskReport.Stopped(attempt, HOST));

    operator.expectMessage(new Sector.Accepted());
    Sector.TaskHasFailed failed = driver.expectMessageClass(Sector.TaskHasFailed.class);
    assertEquals("aborted", failed.failure().code());
  }

  private static Sector.Abort abort(TaskKind kind, ActorRef<Sector.Answer> replyTo) {
    return new Sector.Abort(
        "operator", "wrong data", Set.of(kind), Optional.empty(), true, replyTo);
  }

  @Test
  void anAbortOfAnotherTaskLeavesTheRunningOneAlone() {
    started(TaskKind.COMMIT_2);
    TestProbe<Sector.Answer> operator = kit.createTestProbe();

    sector.runCommand(abort(TaskKind.UNSEAL, operator.getRef()));

    operator.expectMessageClass(Sector.Refused.class);
    assertInstanceOf(SectorState.Running.class, sector.getState());
  }

  @Test
  void anUnsealingForNobodyEndsAtARestart() {
    report(SectorSamples.succeeded(started(TaskKind.FINALIZE)));
    worker.expectMessageClass(WorkerCommand.Acknowledge.class);
    scheduler.expectMessageClass(SchedulerCommand.Withdraw.class);
    started(TaskKind.UNSEAL);

    sector.restart();

    TestProbe<SectorState> asker = kit.createTestProbe();
    asker.awaitAssert(
        () -> {
          sector.runCommand(new Sector.Get(asker.getRef()));
          assertInstanceOf(SectorState.Stopping.class, asker.receiveMessage());
          return null;
        });
  }

  /** A miner's call waits for it. */
  @Test
  void anUnsealingIntoTheUnsealedFileGoesOnAfterARestart() {
    TestProbe<Sector.Answer> caller = kit.createTestProbe();
    sector.runCommand(
        new Sector.Perform(
            new TaskRequest.UnsealPiece(
                SectorSamples.TYPE, SectorSamples.TICKET, SectorSamples.COMM_D, 0, 127),
            Optional.empty(),
            caller.getRef()));

    sector.restart();

    assertInstanceOf(SectorState.Waiting.class, sector.getState());
    TestProbe<SectorState> asker = kit.createTestProbe();
    sector.runCommand(new Sector.Get(asker.getRef()));
    assertInstanceOf(SectorState.Waiting.class, asker.receiveMessage());
  }

  @Test
  void aSlotThatMayNotHaveBeenGivenBackIsGivenBackAtARestart() {
    TaskId.Attempt attempt = started(TaskKind.PRE_COMMIT_2);
    report(SectorSamples.failed(attempt, SectorSamples.REDO));
    scheduler.expectMessage(new SchedulerCommand.Withdraw(attempt.task()));

    sector.restart();

    scheduler.expectMessage(new SchedulerCommand.Withdraw(attempt.task()));
  }

  @Test
  void theStateIsTold() {
    started(TaskKind.ADD_PIECE);
    TestProbe<SectorState> asker = kit.createTestProbe();
    sector.runCommand(new Sector.Get(asker.getRef()));
    assertInstanceOf(SectorState.Running.class, asker.receiveMessage());
  }

  /** As on a node that stood still: the other actor of the sector is elsewhere. */
  @Test
  void anActorThatIsBehindReadsTheJournalAgainBeforeItStopsAnything() {
    SectorSettings settings = SETTINGS;
    ActorRef<Sector.Command> behind = spawn(settings);
    behind.tell(
        new Sector.Perform(request(TaskKind.ADD_PIECE, 1), Optional.empty(), driver.getRef()));
    TaskId.Attempt first = placed();
    ActorRef<Sector.Command> elsewhere = spawn(settings);
    // The second one takes the task up, ends it and begins the next, all unheard by the first.
    SchedulerCommand.Resume resume = scheduler.expectMessageClass(SchedulerCommand.Resume.class);
    resume
        .replyTo()
        .tell(
            new SchedulerCommand.Assigned(resume.task(), HOST, worker.getRef(), Optional.empty()));
    worker.expectMessageClass(WorkerCommand.Start.class);
    elsewhere.tell(new Sector.Report(SectorSamples.succeeded(first), worker.getRef()));
    worker.expectMessageClass(WorkerCommand.Acknowledge.class);
    elsewhere.tell(
        new Sector.Perform(request(TaskKind.PRE_COMMIT_1, 1), Optional.empty(), driver.getRef()));
    TaskId.Attempt second = placedAfterWithdrawal();

    now = now.plus(Sector.FRESH);
    behind.tell(new Sector.Report(new TaskReport.Found(second, HOST), worker.getRef()));

    kit.createTestProbe().expectTerminated(behind);
    spawn(settings).tell(new Sector.Report(new TaskReport.Found(second, HOST), worker.getRef()));
    WorkerCommand word = worker.receiveMessage();
    assertEquals(second, assertInstanceOf(WorkerCommand.Start.class, word).attempt());
  }

  private TaskId.Attempt placedAfterWithdrawal() {
    SchedulerCommand command = scheduler.receiveMessage();
    while (!(command instanceof SchedulerCommand.Submit)) {
      command = scheduler.receiveMessage();
    }
    return placed((SchedulerCommand.Submit) command);
  }

  private ActorRef<Sector.Command> spawn(SectorSettings settings) {
    return kit.spawn(Sector.create(SECTOR, surroundings(settings), shard.getRef()));
  }
}
