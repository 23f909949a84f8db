package io.selkie.lotus.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import io.selkie.sector.SectorTasks;
import io.selkie.storage.FileType;
import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LotusCallTest {
  private static final Config CONFIG =
      ConfigFactory.parseString("akka.loglevel = OFF")
          .withFallback(ManualTime.config())
          .withFallback(EventSourcedBehaviorTestKit.config());
  private static final Duration REPEAT = Duration.ofSeconds(5);
  private static final SectorId SECTOR = SectorId.parse("s-t01000-7");
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final HostId HOST = new HostId("h1");
  private static final UUID CALL = UUID.randomUUID();
  private static final PieceInfo PIECE =
      new PieceInfo(new PaddedSize(2048), CommP.ofHex("07".repeat(32)));
  private static final TaskRequest LABEL =
      new TaskRequest.PreCommit1(TYPE, Ticket.ofHex("0a".repeat(32)), List.of(PIECE));
  private static final TaskResult LABELS =
      new TaskResult.Labelled(Bytes.of(new byte[] {7}), CommD.ofHex("0b".repeat(32)), 0);
  private static final TaskId TASK = new TaskId(SECTOR, 1, 1, TaskKind.PRE_COMMIT_1);

  private final ActorTestKit kit = ActorTestKit.create(CONFIG);
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestProbe<ClusterSharding.ShardCommand> shard = kit.createTestProbe();
  private final TestProbe<LotusCall.Taken> miner = kit.createTestProbe();
  private final TestProbe<Object> done = kit.createTestProbe();
  private final ScriptedSector sector = new ScriptedSector();
  private final ScriptedHosts hosts = new ScriptedHosts();
  private final List<UUID> woken = new ArrayList<>();
  private final EventSourcedBehaviorTestKit<LotusCall.Command, CallEvent, CallState> call =
      EventSourcedBehaviorTestKit.create(
          kit.system(),
          LotusCall.create(
              CALL,
              new LotusCall.Surroundings(sector, hosts, woken::add, REPEAT, () -> Instant.EPOCH),
              shard.getRef()));

  /** Answers in the order of its script; then as a sector that has time. */
  private final class ScriptedSector implements SectorTasks {
    private final Queue<Sector.Answer> script = new ArrayDeque<>();
    private final List<TaskRequest> asked = new ArrayList<>();
    private final List<String> aborted = new ArrayList<>();
    private SectorState state = idle(Optional.of(HOST));

    @Override
    public synchronized CompletionStage<Sector.Answer> perform(
        SectorId sector, TaskRequest request, Optional<Instant> deadline, Optional<HostId> pin) {
      asked.add(request);
      done.getRef().tell(request);
      return script.isEmpty()
          ? CompletableFuture.failedStage(new TimeoutException("no answer yet"))
          : CompletableFuture.completedStage(script.remove());
    }

    @Override
    public synchronized CompletionStage<Sector.Answer> abort(
        SectorId sector, String by, String cause) {
      aborted.add(cause);
      done.getRef().tell(cause);
      return CompletableFuture.completedStage(new Sector.Accepted());
    }

    @Override
    public synchronized CompletionStage<SectorState> state(SectorId sector) {
      return CompletableFuture.completedStage(state);
    }
  }

  private final class ScriptedHosts implements CallEffects {
    private boolean taking = true;
    private int troubles;
    private boolean anywhere;
    private CallOutcome stored =
        new CallOutcome.Failed(
            new Failure(Failure.Action.RETRY, CallOrder.SEALED_HERE, "the farm sealed it"));

    @Override
    public CompletionStage<Boolean> isTakingPiece(HostId host, UUID call) {
      done.getRef().tell("taking?");
      return CompletableFuture.completedStage(taking);
    }

    @Override
    public CompletionStage<Boolean> isAnywhere(SectorId of, Set<FileType> types) {
      return CompletableFuture.completedStage(anywhere);
    }

    @Override
    public CompletionStage<CallOutcome> store(
        UUID id, SectorId of, CallOrder order, Optional<HostId> first) {
      done.getRef().tell("store");
      return troubles-- > 0
          ? CompletableFuture.failedStage(new IOException("the miner is away"))
          : CompletableFuture.completedStage(stored);
    }

    @Override
    public CompletionStage<CallOutcome> dataCid(
        UUID id, CallOrder.DataCid order, Optional<Path> file) {
      done.getRef().tell(file);
      return troubles-- > 0
          ? CompletableFuture.failedStage(new IOException("its prover is busy"))
          : CompletableFuture.completedStage(
              new CallOutcome.Gave(new TaskResult.PieceAdded(PIECE)));
    }

    @Override
    public CompletionStage<Void> report(UUID id, CallState.Ended ended, Optional<HostId> host) {
      done.getRef().tell(ended.outcome());
      return troubles-- > 0
          ? CompletableFuture.failedStage(new IOException("the miner is away"))
          : CompletableFuture.completedStage(null);
    }
  }

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void isDurableBeforeTheMinerHearsItsId() {
    take(new CallOrder.Perform(LABEL));

    assertEquals(
        new CallState.Open(SECTOR, new CallOrder.Perform(LABEL), Optional.empty()),
        call.getState());
    assertEquals(LABEL, done.receiveMessage());
  }

  @Test
  void reportsWhatTheSectorGaveUntilTheMinerHasIt() {
    hosts.troubles = 2;
    sector.script.add(new Sector.Done(TASK, LABELS));
    take(new CallOrder.Perform(LABEL));
    done.expectMessage(LABEL);
    done.expectMessage(new CallOutcome.Gave(LABELS));

    time.timePasses(REPEAT);
    done.expectMessage(new CallOutcome.Gave(LABELS));
    assertInstanceOf(CallState.Ended.class, call.getState());
    time.timePasses(REPEAT);
    done.expectMessage(new CallOutcome.Gave(LABELS));

    awaitReported();
    assertEquals(List.of(LABEL), sector.asked);
  }

  @Test
  void goesOnAfterACrashWithTheSameTask() {
    take(new CallOrder.Perform(LABEL));
    done.expectMessage(LABEL);

    call.restart();

    done.expectMessage(LABEL);
    sector.script.add(new Sector.Done(TASK, LABELS));
    time.timePasses(REPEAT);
    done.expectMessage(LABEL);
    done.expectMessage(new CallOutcome.Gave(LABELS));
    awaitReported();
  }

  @Test
  void aResultThatWasNotTakenIsReportedAfterACrash() {
    hosts.troubles = 1;
    sector.script.add(new Sector.Done(TASK, LABELS));
    take(new CallOrder.Perform(LABEL));
    done.expectMessage(LABEL);
    done.expectMessage(new CallOutcome.Gave(LABELS));

    call.restart();

    done.expectMessage(new CallOutcome.Gave(LABELS));
    awaitReported();
    assertEquals(1, sector.asked.size());
  }

  @Test
  void aFailureIsReported() {
    Failure failure = new Failure(Failure.Action.RETRY, "no_space", "the disk is full");
    sector.script.add(new Sector.TaskHasFailed(TASK, failure));
    take(new CallOrder.Perform(LABEL));

    done.expectMessage(LABEL);
    done.expectMessage(new CallOutcome.Failed(failure));
    awaitReported();
  }

  @Test
  void whatTheMinerDoesNotWaitForAnyMoreMakesWay() {
    TaskRequest other = new TaskRequest.Finalize(TYPE, true);
    sector.state =
        new SectorState.Waiting(
            facts(Optional.of(HOST)),
            new SectorState.Task(TASK, "key", other, Instant.EPOCH, 0, 0),
            Optional.empty());
    sector.script.add(new Sector.Refused("it is busy", false));
    take(new CallOrder.Perform(LABEL));

    done.expectMessage(LABEL);
    done.expectMessage("the miner asked for PreCommit1 instead");
    sector.state = idle(Optional.of(HOST));
    sector.script.add(new Sector.Done(TASK, LABELS));
    time.timePasses(REPEAT);
    done.expectMessage(LABEL);
    done.expectMessage(new CallOutcome.Gave(LABELS));
  }

  /** Two calls wait for one task; the miner goes on when the first of them is answered. */
  @Test
  void whatCameOfTheSameRequestIsNotEnded() {
    sector.state =
        new SectorState.Waiting(
            labelled(),
            new SectorState.Task(
                TASK, "key", new TaskRequest.Finalize(TYPE, true), Instant.EPOCH, 0, 0),
            Optional.empty());
    sector.script.add(new Sector.Refused("it is busy", false));
    take(new CallOrder.Perform(LABEL));

    done.expectMessage(LABEL);
    done.expectMessage(new CallOutcome.Gave(LABELS));
    awaitReported();
    assertEquals(List.of(), sector.aborted);
  }

  @Test
  void aTaskThatWasDoneWhileTheCallWaitedIsNotAskedForAgain() {
    take(new CallOrder.Perform(LABEL));
    done.expectMessage(LABEL);
    sector.state = new SectorState.Idle(labelled());

    time.timePasses(REPEAT);

    done.expectMessage(new CallOutcome.Gave(LABELS));
    assertEquals(List.of(LABEL), sector.asked);
  }

  /** What it gave before is not what the call waits for. */
  @Test
  void aTaskThatIsBeingDoneAgainIsWaitedFor() {
    take(new CallOrder.Perform(LABEL));
    done.expectMessage(LABEL);
    sector.state =
        new SectorState.Waiting(
            labelled(),
            new SectorState.Task(TASK, "key", LABEL, Instant.EPOCH, 0, 0),
            Optional.empty());

    time.timePasses(REPEAT);

    done.expectMessage(LABEL);
    assertInstanceOf(CallState.Open.class, call.getState());
  }

  /** A miner that asked again waits for a worker which has the file: it must not go meanwhile. */
  @Test
  void aReleaseThatACrashInterruptedFailsSoThatTheMinerAsksAgain() {
    call.initialize(
        new CallEvent.CallTaken(Instant.EPOCH, SECTOR, new CallOrder.ReleaseUnsealed(TYPE, false)));

    assertEquals(
        CallOrder.BEGUN_ANEW, done.expectMessageClass(CallOutcome.Failed.class).failure().code());
    awaitReported();
  }

  @Test
  void aRefusalForGoodIsAFailure() {
    sector.script.add(new Sector.Refused("it was removed", true));
    take(new CallOrder.Perform(LABEL));

    done.expectMessage(LABEL);
    assertEquals(
        "it was removed", done.expectMessageClass(CallOutcome.Failed.class).failure().message());
  }

  @Test
  void aPushedPieceIsAddedOnceItsBytesAreThere() {
    take(pushed());
    done.expectMessage("taking?");

    call.runCommand(new LotusCall.PieceIsStored(Path.of("/spool/1")));

    assertEquals(
        new TaskRequest.AddPiece(
            TYPE,
            List.of(),
            new PaddedSize(2048),
            PieceSource.file(Path.of("/spool/1"), 2032),
            Optional.empty(),
            Optional.of(HOST)),
        done.receiveMessage());
  }

  @Test
  void aPushedPieceWhoseHostBeganAnewFailsSoThatTheMinerSendsItAgain() {
    take(pushed());
    done.expectMessage("taking?");

    hosts.taking = false;
    time.timePasses(REPEAT);

    done.expectMessage("taking?");
    assertEquals(
        CallOrder.STREAM_LOST, done.expectMessageClass(CallOutcome.Failed.class).failure().code());
  }

  @Test
  void dataWithoutASectorIsComputedOnceItsBytesAreThere() {
    hosts.troubles = 1;
    take(CallOrder.DataCid.NO_SECTOR, data(false));
    done.expectMessage("taking?");

    Path file = Path.of("/spool/1");
    call.runCommand(new LotusCall.PieceIsStored(file));

    done.expectMessage(Optional.of(file));
    time.timePasses(REPEAT);
    done.expectMessage(Optional.of(file));
    done.expectMessage(new CallOutcome.Gave(new TaskResult.PieceAdded(PIECE)));
    awaitReported(CallOrder.DataCid.NO_SECTOR);
    assertEquals(List.of(), sector.asked);
  }

  @Test
  void dataWithoutASectorGoesOnAfterACrash() {
    hosts.troubles = 1;
    take(CallOrder.DataCid.NO_SECTOR, data(true));
    done.expectMessage(Optional.empty());

    call.restart();

    done.expectMessage(Optional.empty());
    done.expectMessage(new CallOutcome.Gave(new TaskResult.PieceAdded(PIECE)));
    awaitReported(CallOrder.DataCid.NO_SECTOR);
  }

  @Test
  void dataWithoutASectorThatDidNotComeFailsSoThatTheMinerSendsItAgain() {
    take(CallOrder.DataCid.NO_SECTOR, data(false));
    done.expectMessage("taking?");
    hosts.taking = false;

    call.restart();

    done.expectMessage("taking?");
    assertEquals(
        CallOrder.STREAM_LOST, done.expectMessageClass(CallOutcome.Failed.class).failure().code());
  }

  @Test
  void filesThatAreHereNeedNoFetching() {
    take(new CallOrder.Fetch(TYPE, Set.of(FileType.CACHE, FileType.SEALED), false, true));

    done.expectMessage(new CallOutcome.Done());
  }

  @Test
  void offeredFilesAreDownloadedByAHost() {
    sector.state = new SectorState.Unknown(SECTOR);
    hosts.stored = new CallOutcome.Done();
    URI url = URI.create("http://10.0.0.1/sealed");
    take(
        new CallOrder.Download(
            TYPE,
            false,
            Map.of(FileType.SEALED, new CallOrder.Download.Source(url, List.of())),
            HOST));

    done.expectMessage("store");
    done.expectMessage(new CallOutcome.Done());
  }

  /** Which host needs them is known with the task. */
  @Test
  void filesThatOthersHaveComeWithTheTask() {
    sector.state = new SectorState.Unknown(SECTOR);
    hosts.anywhere = true;
    take(new CallOrder.Fetch(TYPE, Set.of(FileType.CACHE, FileType.SEALED), false, true));

    done.expectMessage(new CallOutcome.Done());
  }

  @Test
  void filesThatOthersHaveAreStoredByAHost() {
    sector.state = new SectorState.Unknown(SECTOR);
    hosts.stored = new CallOutcome.Done();
    hosts.troubles = 1;
    take(new CallOrder.Fetch(TYPE, Set.of(FileType.CACHE, FileType.SEALED), true, true));
    done.expectMessage("store");

    time.timePasses(REPEAT);

    done.expectMessage("store");
    done.expectMessage(new CallOutcome.Done());
    assertEquals(List.of(), sector.asked);
  }

  @Test
  void filesOfASectorThatNobodyKnowsCannotBeFetched() {
    sector.state = new SectorState.Unknown(SECTOR);
    take(new CallOrder.Fetch(TYPE, Set.of(FileType.CACHE, FileType.SEALED), false, true));

    assertEquals(
        "nobody is known to have files of s-t01000-7",
        done.expectMessageClass(CallOutcome.Failed.class).failure().message());
  }

  @Test
  void aSectorThatIsToBeStoredIsCopiedAndThenReleased() {
    SectorCopy copy = copy();
    sector.script.add(new Sector.Done(TASK, new TaskResult.Transferred(copy)));
    sector.script.add(new Sector.Done(TASK, new TaskResult.Released(copy, 2048)));
    take(new CallOrder.Fetch(TYPE, Set.of(FileType.CACHE, FileType.SEALED), true, true));

    done.expectMessage("store");
    done.expectMessage(new TaskRequest.Transfer(TYPE));
    done.expectMessage(new TaskRequest.Release(TYPE, copy));
    done.expectMessage(new CallOutcome.Done());
  }

  @Test
  void oneThatIsOverLeavesMemoryAndOneThatBeganMeanwhileComesBack() {
    sector.script.add(new Sector.Done(TASK, LABELS));
    take(new CallOrder.Perform(LABEL));
    awaitReported();

    time.timePasses(REPEAT);

    shard.expectMessageClass(ClusterSharding.Passivate.class);
    assertTrue(woken.isEmpty());
  }

  private void take(CallOrder order) {
    take(SECTOR, order);
  }

  private void take(SectorId of, CallOrder order) {
    call.runCommand(new LotusCall.Take(of, order, miner.getRef()));
    miner.expectMessageClass(LotusCall.Taken.class);
  }

  private void awaitReported() {
    awaitReported(SECTOR);
  }

  private void awaitReported(SectorId of) {
    done.awaitAssert(
        () -> {
          assertEquals(new CallState.Reported(of), call.getState());
          return null;
        });
  }

  private static CallOrder data(boolean zeros) {
    return new CallOrder.DataCid(new UnpaddedSize(2032), HOST, zeros);
  }

  private static CallOrder pushed() {
    return new CallOrder.AddPushedPiece(TYPE, List.of(), new UnpaddedSize(2032), HOST);
  }

  private static SectorCopy copy() {
    return new SectorCopy("store-1", "/store", "/store", List.of());
  }

  private static SectorState idle(Optional<HostId> host) {
    return new SectorState.Idle(facts(host));
  }

  private static SectorFacts labelled() {
    return new SectorFacts(
        SECTOR,
        TYPE,
        1,
        1,
        TaskKind.PRE_COMMIT_1,
        true,
        Optional.of(HOST),
        List.of(new SectorFacts.Answered(TASK, "key", LABEL, LABELS)));
  }

  private static SectorFacts facts(Optional<HostId> host) {
    return new SectorFacts(SECTOR, TYPE, 1, 1, TaskKind.PRE_COMMIT_1, true, host, List.of());
  }
}
