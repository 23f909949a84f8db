package io.selkie.sealing;

import static io.selkie.sealing.SealingSamples.AT;
import static io.selkie.sealing.SealingSamples.COMM_D;
import static io.selkie.sealing.SealingSamples.COMM_R;
import static io.selkie.sealing.SealingSamples.PLAN;
import static io.selkie.sealing.SealingSamples.REDO;
import static io.selkie.sealing.SealingSamples.REQUEST;
import static io.selkie.sealing.SealingSamples.SECTOR;
import static io.selkie.sealing.SealingSamples.TYPE;
import static io.selkie.sealing.SealingSamples.ZEROS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.chain.Chain;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sealing.SealingFacts.PlannedPiece;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorTasks;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingSectorTest {
  private static final Config CONFIG =
      ConfigFactory.parseString("akka.loglevel = OFF")
          .withFallback(ManualTime.config())
          .withFallback(EventSourcedBehaviorTestKit.config());
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration OFTEN = Duration.ofMillis(5);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final SealingSettings SETTINGS =
      new SealingSettings(900, 6, POLL, Duration.ofSeconds(30), Duration.ofMinutes(1), 3, IDLE);
  private static final List<TaskKind> PHASES =
      List.of(
          TaskKind.ADD_PIECE,
          TaskKind.PRE_COMMIT_1,
          TaskKind.PRE_COMMIT_2,
          TaskKind.COMMIT_1,
          TaskKind.COMMIT_2,
          TaskKind.FINALIZE);

  @TempDir Path temp;

  private final ActorTestKit kit = ActorTestKit.create(CONFIG);
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestProbe<SealingSector.Answer> operator = kit.createTestProbe();
  private final TestProbe<ClusterSharding.ShardCommand> shard = kit.createTestProbe();
  private final ScriptedTasks tasks = new ScriptedTasks();
  private final ScriptedChain chain = new ScriptedChain();
  private final List<SectorId> woken = new CopyOnWriteArrayList<>();

  /** By which requests sectors were begun in the place of others. */
  private final List<UUID> anew = new CopyOnWriteArrayList<>();

  private EventSourcedBehaviorTestKit<SealingSector.Command, SealingEvent, SealingState> driver;

  @BeforeEach
  void createDriver() throws IOException {
    files(SECTOR).createDirectories();
    driver =
        EventSourcedBehaviorTestKit.create(
            kit.system(), SealingSector.create(SECTOR, surroundings(tasks), shard.getRef()));
  }

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  private SectorFiles files(SectorId sector) {
    return new SectorFiles(temp, sector);
  }

  @Test
  void aPledgedSectorGoesAllTheWayToProving() throws IOException {
    pledge();
    awaitSeed();

    SealingState.Proving proving = await(SealingState.Proving.class);

    assertEquals(PHASES, tasks.kinds());
    assertEquals(
        -800,
        proving
            .facts()
            .proved()
            .seeded()
            .preCommitted()
            .encoded()
            .labelled()
            .ticketed()
            .ticketEpoch());
    assertEquals(110, proving.facts().proved().seeded().seedEpoch());
    assertEquals(116, proving.facts().epoch());
    assertEquals(2, chain.messages());
    SealRecord record = SealRecord.read(files(SECTOR).seal());
    assertEquals(Optional.of(COMM_D), record.commD());
    assertEquals(Optional.of(COMM_R), record.commR());
    assertEquals(Optional.of(SealingSamples.TICKET), record.ticket());
    assertEquals(Optional.of(SealingSamples.SEED), record.seed());
    assertEquals(Optional.of(SealingSamples.PROOF), record.proof());
    assertEquals(Optional.of(true), record.verified());
    assertEquals(
        PHASES.stream().map(TaskKind::toString).toList(),
        record.phases().stream().map(SealRecord.PhaseTime::phase).toList());
  }

  @Test
  void tasksSayWhenTheirWorkIsLost() {
    pledge();
    awaitSeed();
    await(SealingState.Proving.class);

    Optional<Instant> ticket = Optional.of(Instant.ofEpochSecond(-800 + 3780));
    Optional<Instant> preCommit =
        Optional.of(Instant.ofEpochSecond(100 + ScriptedChain.MAX_PROVE_COMMIT));
    assertEquals(
        Map.of(
            TaskKind.ADD_PIECE, Optional.empty(),
            TaskKind.PRE_COMMIT_1, ticket,
            TaskKind.PRE_COMMIT_2, ticket,
            TaskKind.COMMIT_1, preCommit,
            TaskKind.COMMIT_2, preCommit,
            TaskKind.FINALIZE, Optional.empty()),
        tasks.deadlines);
  }

  @Test
  void aSectorOfZerosIsPreCommittedWithoutACommD() {
    pledge();
    await(SealingState.WaitSeed.class);

    assertEquals(
        Optional.empty(),
        chain.preCommitOf(SECTOR).toCompletableFuture().join().orElseThrow().preCommit().commD());
  }

  private static Sector.Answer lost(TaskKind kind) {
    return new Sector.HostIsLost(new TaskId(SECTOR, 1, 1, kind), new HostId("gone"), AT);
  }

  @Test
  void aSectorOfZerosWhoseHostIsLostIsSealedAnew() {
    tasks.answer(TaskKind.PRE_COMMIT_1, lost(TaskKind.PRE_COMMIT_1));
    pledge();

    assertEquals("host_lost", await(SealingState.SealFailed.class).failure().code());
    operator.awaitAssert(
        () -> {
          assertEquals(1, anew.size());
          return null;
        });
    assertEquals(List.of("its host is gone"), tasks.aborted);
  }

  @Test
  void aSectorThatIsPreCommittedWaitsForItsLostHost() {
    pledge();
    tasks.answer(TaskKind.COMMIT_1, lost(TaskKind.COMMIT_1));
    awaitSeed();

    await(SealingState.Commit1.class);
    assertEquals(List.of(), anew);
  }

  @Test
  void filesArePutIntoTheSectorAndThenDeleted() throws IOException {
    Path upload = Files.writeString(temp.resolve("upload"), "x".repeat(700));
    tasks.hold(TaskKind.PRE_COMMIT_1);
    List<PlannedPiece> plan =
        List.of(
            new PlannedPiece(
                PLAN.get(0).size(), PieceSource.file(upload, 700), Optional.of("name")),
            PLAN.get(1));
    tasks.hold(TaskKind.ADD_PIECE);

    begin(plan);
    await(SealingState.Packing.class);
    assertTrue(Files.exists(upload));
    tasks.release(TaskKind.ADD_PIECE);
    await(SealingState.PreCommit1.class);

    assertFalse(Files.exists(upload));
    TaskRequest.AddPiece filler = (TaskRequest.AddPiece) tasks.asked.get(1);
    assertEquals(List.of(PLAN.get(0).size()), filler.existing());
    assertEquals(PieceSource.zeros(), filler.source());
    assertEquals(Optional.empty(), filler.name());
  }

  @Test
  void theSameRequestBeginsTheSectorOnce() {
    tasks.hold(TaskKind.ADD_PIECE);
    begin(PLAN);

    List<SealingFacts.PlannedPiece> uploadedAgain =
        List.of(
            new SealingFacts.PlannedPiece(
                PLAN.get(0).size(),
                PieceSource.file(Path.of("/repo/selkie/spool/2"), 700),
                PLAN.get(0).name()),
            PLAN.get(1));
    driver.runCommand(
        new SealingSector.Begin(
            TYPE, uploadedAgain, Optional.of(REQUEST), Optional.empty(), operator.getRef()));
    operator.expectMessage(new SealingSector.BegunBefore(List.of(SealingSamples.UPLOAD)));
    driver.runCommand(
        new SealingSector.Begin(
            TYPE, PLAN, Optional.of(UUID.randomUUID()), Optional.empty(), operator.getRef()));
    operator.expectMessage(new SealingSector.Refused("s-t01000-7 is in use already"));
  }

  @Test
  void theSameRequestWithOtherContentIsRefused() {
    tasks.hold(TaskKind.ADD_PIECE);
    begin(PLAN);

    driver.runCommand(
        new SealingSector.Begin(
            TYPE, ZEROS, Optional.of(REQUEST), Optional.empty(), operator.getRef()));

    operator.expectMessage(
        new SealingSector.Refused(
            "the request was made before, with other content, for s-t01000-7"));
  }

  /** At each step the node dies: what was asked for is asked for again, with the same facts. */
  @Test
  void aRestartedDriverGoesOnWhereItWas() {
    tasks.hold(PHASES.toArray(TaskKind[]::new));
    pledge();
    for (TaskKind kind : PHASES) {
      awaitAsked(kind);
      TaskRequest before = last();
      int asked = tasks.asked.size();

      driver.restart();
      awaitCount(asked + 1);

      assertEquals(before, last());
      tasks.release(kind);
      if (kind == TaskKind.PRE_COMMIT_2) {
        awaitSeed();
      }
    }
    await(SealingState.Proving.class);
    assertEquals(2, chain.messages());
  }

  @Test
  void aMessageWhoseAnswerWasLostIsSentAgainAsTheSame() {
    chain.loseAnswers(true);
    pledge();
    UUID sent = await(SealingState.PreCommitWait.class).message();
    driver.restart();
    assertEquals(sent, await(SealingState.PreCommitWait.class).message());
    chain.loseAnswers(false);
    time.timePasses(Duration.ofSeconds(2));
    await(SealingState.WaitSeed.class);

    assertEquals(1, chain.messages());
  }

  @Test
  void whatIsOnChainIsNotSentAgain() {
    tasks.hold(TaskKind.PRE_COMMIT_2);
    pledge();
    awaitAsked(TaskKind.PRE_COMMIT_2);
    chain.land(preCommit(COMM_R), 90);
    chain.pass(50);

    tasks.release(TaskKind.PRE_COMMIT_2);
    SealingState.Proving proving = await(SealingState.Proving.class);

    assertEquals(100, proving.facts().proved().seeded().seedEpoch());
    assertEquals(1, chain.messages());
  }

  @Test
  void aSectorThatIsProvenAlreadyIsNotProvenAgain() {
    tasks.hold(TaskKind.COMMIT_2);
    pledge();
    awaitSeed();
    awaitAsked(TaskKind.COMMIT_2);
    chain.prove(SECTOR);

    tasks.release(TaskKind.COMMIT_2);

    await(SealingState.Proving.class);
    assertEquals(1, chain.messages());
  }

  @Test
  void anotherReplicaOnChainIsNotProvenAsOurs() {
    tasks.hold(TaskKind.PRE_COMMIT_2);
    pledge();
    awaitAsked(TaskKind.PRE_COMMIT_2);
    chain.land(preCommit(CommR.ofHex("ee".repeat(32))), 90);

    tasks.release(TaskKind.PRE_COMMIT_2);

    assertEquals("other_replica", await(SealingState.PreCommitFailed.class).failure().code());
    assertEquals(0, chain.messages());
  }

  @Test
  void aChainOutOfReachIsAskedAgainLaterAndLater() {
    chain.outOfReach(3);
    pledge();
    awaitCalls(1);
    assertEquals(Optional.of("the chain is out of reach"), awaitWaitsFor());
    time.timePasses(Duration.ofMillis(999));
    assertEquals(1, chain.calls.size());
    time.timePasses(Duration.ofMillis(1));
    awaitCalls(2);
    time.timePasses(Duration.ofSeconds(2));
    awaitCalls(3);
    time.timePasses(Duration.ofSeconds(4));

    await(SealingState.WaitSeed.class);
  }

  @Test
  void aRefusedPreCommitWaitsForTheOperatorAndGetsANewMessage() {
    chain.refuseNext("not enough funds");
    pledge();
    SealingState.PreCommitFailed failed = await(SealingState.PreCommitFailed.class);
    assertEquals("the chain refused: not enough funds", failed.failure().message());
    assertInstanceOf(SealingState.PreCommitting.class, failed.at());

    retry();

    await(SealingState.WaitSeed.class);
    assertEquals(1, chain.messages());
  }

  @Test
  void aRefusedProofWaitsForTheOperator() {
    pledge();
    await(SealingState.WaitSeed.class);
    chain.refuseNext("does not verify");
    awaitSeed();
    assertInstanceOf(SealingState.SubmitCommit.class, await(SealingState.CommitFailed.class).at());

    retry();

    await(SealingState.Proving.class);
  }

  @Test
  void aPreCommitThatTheChainLostIsLookedForAndSentAgain() {
    pledge();
    await(SealingState.WaitSeed.class);
    chain.forget(SECTOR);
    chain.pass(20);
    time.timePasses(POLL);
    assertInstanceOf(
        SealingState.PreCommitting.class, await(SealingState.PreCommitFailed.class).at());

    retry();

    await(SealingState.WaitSeed.class);
    assertEquals(2, chain.messages());
  }

  @Test
  void anOldTicketIsDrawnAnewBeforeItsSectorIsLabelled() {
    tasks.answer(TaskKind.PRE_COMMIT_1, new Sector.Refused("busy", false));
    pledge();
    awaitAsked(TaskKind.PRE_COMMIT_1);
    chain.pass(10_000);
    time.timePasses(POLL);

    SealingState.WaitSeed waiting = await(SealingState.WaitSeed.class);

    assertEquals(9200, waiting.facts().encoded().labelled().ticketed().ticketEpoch());
    assertEquals(List.of("the ticket is too old"), tasks.aborted);
  }

  @Test
  void aStepThatIsRefusedForGoodIsNotAskedForAgain() {
    tasks.answer(TaskKind.PRE_COMMIT_1, new Sector.Refused("s-t01000-7 was removed", true));
    pledge();

    SealingState.Failed failed = await(SealingState.Failed.class);

    assertEquals(
        new Failure(Failure.Action.ABANDON, "refused", "s-t01000-7 was removed"), failed.failure());
  }

  @Test
  void anOldTicketIsNotPreCommitted() {
    tasks.hold(TaskKind.PRE_COMMIT_2);
    pledge();
    awaitAsked(TaskKind.PRE_COMMIT_2);
    chain.pass(10_000);

    tasks.release(TaskKind.PRE_COMMIT_2);

    SealingState.WaitSeed waiting = await(SealingState.WaitSeed.class);
    assertEquals(9200, waiting.facts().encoded().labelled().ticketed().ticketEpoch());
    assertEquals(1, chain.messages());
  }

  @Test
  void aSeedThatChangedIsProvenAnew() {
    Seed other = Seed.ofHex("cc".repeat(32));
    tasks.hold(TaskKind.COMMIT_2);
    pledge();
    awaitSeed();
    awaitAsked(TaskKind.COMMIT_2);
    chain.reorganise(other);

    tasks.release(TaskKind.COMMIT_2);

    SealingState.Proving proving = await(SealingState.Proving.class);
    assertEquals(other, proving.facts().proved().seeded().seed());
    assertEquals(2, tasks.kinds().stream().filter(TaskKind.COMMIT_1::equals).count());
  }

  @Test
  void aLostFileOfCommit1IsMadeAgain() {
    tasks.fail(TaskKind.COMMIT_2, REDO);
    pledge();
    awaitSeed();
    await(SealingState.Proving.class);

    assertEquals(
        List.of(
            TaskKind.COMMIT_1,
            TaskKind.COMMIT_2,
            TaskKind.COMMIT_1,
            TaskKind.COMMIT_2,
            TaskKind.FINALIZE),
        tasks.kinds().subList(3, 8));
  }

  @Test
  void aLostReplicaIsMadeAgainWithTheSameTicketAndPreCommit() {
    tasks.fail(TaskKind.COMMIT_1, REDO);
    pledge();
    awaitSeed();
    await(SealingState.Proving.class);

    List<TaskRequest> labelled =
        tasks.asked.stream().filter(TaskRequest.PreCommit1.class::isInstance).toList();
    assertEquals(List.of(labelled.get(0), labelled.get(0)), labelled);
    assertEquals(2, chain.messages());
  }

  @Test
  void aSectorThatGoesBackTooOftenWaitsForItsOperator() {
    for (int i = 0; i < 4; i++) {
      tasks.fail(TaskKind.PRE_COMMIT_2, REDO);
    }
    pledge();

    assertEquals(REDO, await(SealingState.SealFailed.class).failure());
    assertEquals(4, tasks.kinds().stream().filter(TaskKind.PRE_COMMIT_1::equals).count());

    retry();
    await(SealingState.WaitSeed.class);
  }

  @Test
  void everyTaskThatFailsLeadsToItsFailureAndBack() {
    List<Class<? extends SealingState.Failed>> failures =
        List.of(
            SealingState.PackingFailed.class,
            SealingState.SealFailed.class,
            SealingState.SealFailed.class,
            SealingState.ComputeProofFailed.class,
            SealingState.ComputeProofFailed.class,
            SealingState.FinalizeFailed.class);
    PHASES.forEach(kind -> tasks.fail(kind, SealingSamples.FAILURE));
    pledge();
    for (int i = 0; i < PHASES.size(); i++) {
      assertEquals(SealingSamples.FAILURE, await(failures.get(i)).failure());
      assertEquals(PHASES.get(i), last().kind());
      assertFalse(Files.exists(files(SECTOR).seal()));
      retry();
      if (PHASES.get(i) == TaskKind.PRE_COMMIT_2) {
        awaitSeed();
      }
    }
    await(SealingState.Proving.class);
    assertTrue(Files.exists(files(SECTOR).seal()));
  }

  @Test
  void anAbortIsPersistedBeforeTheTaskIsEndedAndSurvivesARestart() {
    tasks.hold(TaskKind.PRE_COMMIT_1);
    pledge();
    awaitAsked(TaskKind.PRE_COMMIT_1);

    driver.runCommand(new SealingSector.Abort("operator", "too hot", operator.getRef()));

    operator.expectMessage(new SealingSector.Accepted());
    Failure failure = await(SealingState.SealFailed.class).failure();
    assertEquals("aborted by operator: too hot", failure.message());
    assertEquals(List.of(failure.message()), tasks.aborted);
    int asked = tasks.asked.size();
    driver.restart();
    awaitAborts(2);
    assertEquals(asked, tasks.asked.size());

    tasks.release(TaskKind.PRE_COMMIT_1);
    retry();
    await(SealingState.WaitSeed.class);
  }

  @Test
  void aMessageThatMayHaveBeenSentIsSentAgainAfterAnAbort() {
    chain.loseAnswers(true);
    pledge();
    await(SealingState.PreCommitWait.class);
    driver.runCommand(new SealingSector.Abort("operator", "why not", operator.getRef()));
    operator.expectMessage(new SealingSector.Accepted());
    chain.loseAnswers(false);

    retry();

    await(SealingState.WaitSeed.class);
    assertEquals(1, chain.messages());
  }

  @Test
  void anAbortThatIsSaidTwiceIsOne() {
    tasks.hold(TaskKind.PRE_COMMIT_1);
    pledge();
    awaitAsked(TaskKind.PRE_COMMIT_1);
    driver.runCommand(new SealingSector.Abort("operator", "too hot", operator.getRef()));
    operator.expectMessage(new SealingSector.Accepted());

    driver.runCommand(new SealingSector.Abort("operator", "too hot", operator.getRef()));

    operator.expectMessage(new SealingSector.Accepted());
    await(SealingState.SealFailed.class);
  }

  @Test
  void aFailedSectorIsGivenUpByAnAbort() {
    tasks.fail(TaskKind.PRE_COMMIT_1, SealingSamples.FAILURE);
    pledge();
    await(SealingState.SealFailed.class);

    driver.runCommand(new SealingSector.Abort("operator", "no use", operator.getRef()));

    operator.expectMessage(new SealingSector.Accepted());
    assertEquals("given_up", await(SealingState.FailedUnrecoverable.class).failure().code());
    driver.runCommand(new SealingSector.Retry("operator", operator.getRef()));
    operator.expectMessage(
        new SealingSector.Refused(
            "s-t01000-7 is in state FailedUnrecoverable: there is nothing to try again"));
  }

  @Test
  void whatHasNotFailedIsNotRetriedAndWhatIsProvenIsNotAborted() {
    pledge();
    await(SealingState.WaitSeed.class);
    driver.runCommand(new SealingSector.Retry("operator", operator.getRef()));
    operator.expectMessage(
        new SealingSector.Refused(
            "s-t01000-7 is in state WaitSeed: there is nothing to try again"));

    awaitSeed();
    await(SealingState.Proving.class);
    driver.runCommand(new SealingSector.Abort("operator", "late", operator.getRef()));
    operator.expectMessage(
        new SealingSector.Refused("s-t01000-7 is in state Proving: there is nothing to abort"));
  }

  @Test
  void aSectorIsRemovedWhateverItIsAt() throws IOException {
    Path upload = Files.writeString(temp.resolve("upload"), "x".repeat(700));
    tasks.hold(TaskKind.ADD_PIECE);
    begin(
        List.of(
            new PlannedPiece(PLAN.get(0).size(), PieceSource.file(upload, 700), Optional.empty()),
            PLAN.get(1)));
    awaitAsked(TaskKind.ADD_PIECE);

    driver.runCommand(new SealingSector.Remove("operator", operator.getRef()));

    operator.expectMessage(new SealingSector.Accepted());
    await(SealingState.Removed.class);
    assertEquals(List.of("the sector is removed"), tasks.aborted);
    assertEquals(TaskKind.REMOVE, last().kind());
    assertFalse(Files.exists(upload));
    driver.runCommand(new SealingSector.Remove("operator", operator.getRef()));
    operator.expectMessage(new SealingSector.Accepted());
  }

  @Test
  void aRemovalThatHadEndedBeforeACrashIsOver() {
    tasks.hold(TaskKind.REMOVE);
    pledge();
    await(SealingState.WaitSeed.class);
    driver.runCommand(new SealingSector.Remove("operator", operator.getRef()));
    operator.expectMessage(new SealingSector.Accepted());
    awaitAsked(TaskKind.REMOVE);
    int asked = tasks.asked.size();
    driver.restart();
    awaitCount(asked + 1);

    tasks.release(TaskKind.REMOVE);
    await(SealingState.Removed.class);
  }

  @Test
  void aSectorThatWasNeverAskedForAnythingIsRemovedAtOnce() {
    ScriptedTasks none = new ScriptedTasks();
    SealingEffects effects = new SealingEffects(surroundings(none));

    SealingOutcome outcome =
        effects
            .run(SECTOR, SealingPlan.step(SealingSamples.step(SealingState.Removing.class)))
            .toCompletableFuture()
            .join();

    assertInstanceOf(SealingOutcome.TaskDone.class, outcome);
    assertEquals(List.of(), none.asked);
  }

  @Test
  void aFailedRemovalIsTriedAgainByHand() {
    tasks.fail(TaskKind.REMOVE, SealingSamples.FAILURE);
    pledge();
    await(SealingState.WaitSeed.class);
    driver.runCommand(new SealingSector.Remove("operator", operator.getRef()));
    operator.expectMessage(new SealingSector.Accepted());
    await(SealingState.RemoveFailed.class);

    retry();

    await(SealingState.Removed.class);
  }

  @Test
  void nothingIsKnownOfASectorThatWasNotBegun() {
    TestProbe<SealingSector.Status> asker = kit.createTestProbe();

    driver.runCommand(new SealingSector.Get(asker.getRef()));
    asker.expectMessage(new SealingSector.Status(Optional.empty(), List.of()));
    driver.runCommand(new SealingSector.Remove("operator", operator.getRef()));
    operator.expectMessage(
        new SealingSector.Refused(
            "s-t01000-7 is in state UndefinedSectorState: there is no such sector"));
  }

  @Test
  void tellsWhatItKnowsSoFar() {
    pledge();
    await(SealingState.WaitSeed.class);

    SealingStatus status = status();

    assertEquals(SealingStateName.WAIT_SEED, status.state());
    assertEquals(Optional.of(REQUEST), status.request());
    assertEquals(Optional.of(COMM_R), status.commR());
    assertEquals(Optional.of(100L), status.preCommitEpoch());
    assertEquals(Optional.empty(), status.seed());
    assertEquals(Optional.of("waits for epoch 116, now 100"), awaitWaitsFor());
  }

  @Test
  void leavesMemoryWhenThereIsNothingToDo() {
    pledge();
    awaitSeed();
    await(SealingState.Proving.class);
    shard.expectNoMessage();

    time.timePasses(IDLE);

    shard.expectMessageClass(ClusterSharding.Passivate.class);
  }

  @Test
  void aDriverThatGotWorkWhileItWasToLeaveComesBack() {
    tasks.hold(TaskKind.ADD_PIECE);
    pledge();

    ActorRef<SealingSector.Command> again =
        kit.spawn(SealingSector.create(SECTOR, surroundings(tasks), shard.getRef()));
    again.tell(new SealingSector.Leave());
    operator.expectTerminated(again);

    assertEquals(List.of(SECTOR), woken);
  }

  @Test
  void aSealedSectorLeavesAndItsSourceIsReleasedForTheCopyInTheJournal() {
    transfers = true;
    pledge();
    awaitSeed();

    SealingState.Stored stored = await(SealingState.Stored.class);

    assertEquals(SealingSamples.COPY, stored.copy());
    assertEquals(new TaskRequest.Release(TYPE, SealingSamples.COPY), last());
    assertEquals(SealingStateName.PROVING, SealingStateName.of(stored.getClass()));
    SealingStatus.Transfer transfer =
        SealingStatus.of(stored, Optional.empty()).transfer().orElseThrow();
    assertEquals("done", transfer.state());
    assertTrue(transfer.released());
  }

  @Test
  void aFailedTransferLeavesTheSectorProvingAndIsTriedAgainByHand() {
    transfers = true;
    tasks.fail(TaskKind.TRANSFER, SealingSamples.FAILURE);
    pledge();
    awaitSeed();
    SealingState.NotTransferred stuck = await(SealingState.NotTransferred.class);
    assertEquals(SealingSamples.FAILURE, stuck.failure());
    assertEquals(
        "failed", SealingStatus.of(stuck, Optional.empty()).transfer().orElseThrow().state());
    assertFalse(tasks.kinds().contains(TaskKind.RELEASE));

    tasks.fail(TaskKind.RELEASE, SealingSamples.FAILURE);
    retry();
    awaitAsked(TaskKind.RELEASE);
    awaitTrue(() -> driver.getState() instanceof SealingState.NotTransferred);
    retry();

    await(SealingState.Stored.class);
  }

  @Test
  void aCopyThatWasLostBeforeItsSourceWasDeletedIsMadeAgain() {
    transfers = true;
    tasks.fail(
        TaskKind.RELEASE,
        new Failure(Failure.Action.ABANDON, "no_copy", "the store does not have it any more"));
    pledge();
    awaitSeed();

    await(SealingState.Stored.class);

    assertEquals(
        List.of(TaskKind.TRANSFER, TaskKind.RELEASE, TaskKind.TRANSFER, TaskKind.RELEASE),
        tasks.kinds().stream().filter(TaskKind::isMove).toList());
  }

  @Test
  void aSealedSectorThatRestsLeavesOnceThereIsAPlaceToGoTo() {
    pledge();
    awaitSeed();
    await(SealingState.Proving.class);
    awaitTrue(() -> !tasks.kinds().isEmpty() && last() instanceof TaskRequest.Finalize);

    transfers = true;
    driver.runCommand(new SealingSector.Wake());

    await(SealingState.Stored.class);
  }

  @Test
  void whoRemovesAStoredSectorRemovesItsCopyToo() {
    transfers = true;
    pledge();
    awaitSeed();
    await(SealingState.Stored.class);

    driver.runCommand(new SealingSector.Remove("operator", operator.getRef()));
    await(SealingState.Removed.class);

    TaskRequest.Remove removal = (TaskRequest.Remove) last();
    assertEquals(Optional.of(SealingSamples.COPY), removal.copy());
    assertTrue(removal.replica().orElseThrow().ticket().isPresent());
    assertTrue(removal.replica().orElseThrow().commR().isPresent());
  }

  /** Whether sealed sectors leave. */
  private boolean transfers;

  private SealingSector.Surroundings surroundings(SectorTasks sectors) {
    return new SealingSector.Surroundings(
        sectors,
        chain,
        SealFiles.here(this::files, Runnable::run),
        SETTINGS,
        () -> AT,
        () -> transfers,
        (size, request) -> {
          anew.add(request);
          return CompletableFuture.completedStage(SECTOR);
        },
        woken::add);
  }

  private static Chain.PreCommit preCommit(CommR commR) {
    return new Chain.PreCommit(SECTOR, TYPE, commR, Optional.empty(), -800);
  }

  private void pledge() {
    begin(ZEROS);
  }

  private void begin(List<PlannedPiece> plan) {
    driver.runCommand(
        new SealingSector.Begin(
            TYPE, plan, Optional.of(REQUEST), Optional.empty(), operator.getRef()));
    operator.expectMessage(new SealingSector.Accepted());
  }

  private void retry() {
    driver.runCommand(new SealingSector.Retry("operator", operator.getRef()));
    operator.expectMessage(new SealingSector.Accepted());
  }

  /** The epoch of the seed, and those that it is waited for beyond. */
  private void awaitSeed() {
    await(SealingState.WaitSeed.class);
    awaitWaitsFor();
    chain.pass(ScriptedChain.DELAY + SETTINGS.seedConfidence());
    time.timePasses(POLL);
  }

  private TaskRequest last() {
    return tasks.asked.get(tasks.asked.size() - 1);
  }

  private <S extends SealingState> S await(Class<S> type) {
    List<S> reached = new ArrayList<>();
    operator.awaitAssert(
        DEADLINE,
        OFTEN,
        () -> {
          reached.add(assertInstanceOf(type, driver.getState()));
          return reached;
        });
    return reached.get(reached.size() - 1);
  }

  private Optional<String> awaitWaitsFor() {
    return operator.awaitAssert(
        DEADLINE,
        OFTEN,
        () -> {
          Optional<String> why = status().waitsFor();
          assertTrue(why.isPresent());
          return why;
        });
  }

  private SealingStatus status() {
    TestProbe<SealingSector.Status> asker = kit.createTestProbe();
    driver.runCommand(new SealingSector.Get(asker.getRef()));
    return asker.receiveMessage().status().orElseThrow();
  }

  private void awaitAsked(TaskKind kind) {
    awaitTrue(() -> tasks.kinds().contains(kind));
  }

  private void awaitCount(int count) {
    awaitTrue(() -> tasks.asked.size() >= count);
  }

  private void awaitCalls(int count) {
    awaitTrue(() -> chain.calls.size() >= count);
  }

  private void awaitAborts(int count) {
    awaitTrue(() -> tasks.aborted.size() >= count);
  }

  private void awaitTrue(BooleanSupplier condition) {
    operator.awaitAssert(
        DEADLINE,
        OFTEN,
        () -> {
          assertTrue(condition.getAsBoolean());
          return condition;
        });
  }
}
