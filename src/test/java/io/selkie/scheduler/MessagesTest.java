package io.selkie.scheduler;

import static io.selkie.scheduler.TestTasks.task;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SectorSize;
import io.selkie.storage.SectorSpace;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message comes out of the serializer as it went in. */
class MessagesTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final HostId HOST = new HostId("sealer-1.5f3a9c");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final Bytes32 BYTES = Bytes32.ofHex("0a".repeat(32));
  private static final TaskId.Attempt ATTEMPT = task(1, 2, TaskKind.PRE_COMMIT_1).attempt(3);

  private static final FileSource SOURCE = new FileSource(HOST, URI.create("http://10.0.0.5:4721"));

  private static final HostLimits LIMITS =
      new HostLimits(
          Map.of(TaskKind.PRE_COMMIT_1, 14, TaskKind.COMMIT_2, 0),
          14,
          1,
          1L << 40,
          new TaskMemory(
              List.of(new TaskMemory.Changed(TaskKind.COMMIT_2, SectorSize.GIB_64, 1L << 37))),
          new HostLimits.Devices(2, true),
          List.of(
              new HostLimits.Disk(
                  "/repo/cache", Set.of(SectorSpace.Part.CACHE, SectorSpace.Part.OWN), -5)));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static void survives(Object message) {
    KIT.serializationTestKit().verifySerialization(message, true);
  }

  @ParameterizedTest
  @EnumSource
  void everyRequestSurvives(TaskKind kind) {
    survives(new WorkerCommand.Start(task(1, 1, kind).attempt(1), TestTasks.request(kind)));
  }

  @Test
  void aRequestOfAMinerSurvives() {
    TaskRequest.Unseal like = (TaskRequest.Unseal) TestTasks.request(TaskKind.UNSEAL);
    survives(
        new WorkerCommand.Start(
            task(1, 1, TaskKind.UNSEAL).attempt(1),
            new TaskRequest.UnsealPiece(like.proofType(), like.ticket(), like.commD(), 127, 254)));
  }

  static Stream<TaskResult> results() {
    return Stream.of(
        new TaskResult.PieceAdded(new PieceInfo(new PaddedSize(2048), new CommP(BYTES))),
        new TaskResult.Labelled(Bytes.of(new byte[] {1, 2}), new CommD(BYTES), 2),
        new TaskResult.Encoded(new CommR(BYTES), new CommD(BYTES)),
        new TaskResult.VanillaProved(Path.of("/repo/selkie/c1.json"), 45_000_000, "blake3:00"),
        new TaskResult.Proved(new SealProof(Bytes.of(new byte[192]))),
        new TaskResult.Finalized(14),
        new TaskResult.Unsealed(Path.of("/data/out"), 127),
        new TaskResult.FilesRemoved(),
        new TaskResult.Transferred(TestTasks.COPY),
        new TaskResult.Released(TestTasks.COPY, 2048),
        new TaskResult.Moved(TestTasks.COPY));
  }

  @ParameterizedTest
  @MethodSource("results")
  void everyResultSurvives(TaskResult result) {
    survives(new TaskReport.Succeeded(ATTEMPT, HOST, NOW, NOW.plusNanos(1), 34359738368L, result));
  }

  @ParameterizedTest
  @EnumSource
  void everyFailureSurvives(Failure.Action action) {
    survives(
        new TaskReport.Failed(ATTEMPT, HOST, NOW, NOW, new Failure(action, "died", "it died")));
  }

  @Test
  void otherReportsSurvive() {
    survives(new TaskReport.Found(ATTEMPT, HOST));
    survives(new TaskReport.Started(ATTEMPT, HOST));
    survives(new TaskReport.Stopped(ATTEMPT, HOST));
  }

  @Test
  void otherCommandsSurvive() {
    survives(new WorkerCommand.Acknowledge(ATTEMPT));
    survives(new WorkerCommand.Stop(ATTEMPT, false));
  }

  @Test
  void whatTheSchedulerHearsAndSaysSurvives() {
    TestProbe<SchedulerCommand.Answer> sector = KIT.createTestProbe();
    TestProbe<WorkerCommand> worker = KIT.createTestProbe();
    TestProbe<SchedulerCommand.Explanation> operator = KIT.createTestProbe();
    TaskId task = ATTEMPT.task();
    survives(
        new SchedulerCommand.Submit(
            task,
            TestTasks.TYPE,
            NOW,
            Optional.of(HOST),
            new SectorRoute(Set.of(HOST), Optional.of(HOST)),
            Optional.of(NOW),
            true,
            sector.getRef()));
    survives(
        new SchedulerCommand.Submit(
            task,
            TestTasks.TYPE,
            NOW,
            Optional.empty(),
            SectorRoute.NONE,
            Optional.empty(),
            false,
            sector.getRef()));
    survives(new SchedulerCommand.Withdraw(task));
    survives(
        new SchedulerCommand.Resume(
            task, Optional.of(TestTasks.TYPE), HOST, Optional.of(HOST), sector.getRef()));
    survives(
        new SchedulerCommand.Resume(
            task, Optional.empty(), HOST, Optional.empty(), sector.getRef()));
    survives(
        new SchedulerCommand.HostReport(
            HOST,
            worker.getRef(),
            LIMITS,
            Set.of(ATTEMPT, task.attempt(4)),
            List.of(
                new HostSector(task.sector(), TestTasks.TYPE, HostSector.Presence.SEALED, true)),
            Optional.of("the prover program is not there"),
            Optional.of(SOURCE)));
    survives(
        new WorkerCommand.Start(
            task(1, 5, TaskKind.COMMIT_2).attempt(1),
            new TaskRequest.Commit2(TestTasks.TYPE, Path.of("/c1"), "blake3:00").with(SOURCE)));
    survives(
        new WorkerCommand.Start(
            task(1, 5, TaskKind.MOVE).attempt(1), TestTasks.request(TaskKind.MOVE).with(SOURCE)));
    survives(
        new WorkerCommand.Start(
            task(1, 6, TaskKind.RELEASE).attempt(1),
            new TaskRequest.Release(
                TestTasks.TYPE, TestTasks.COPY, Optional.of(HOST), Optional.of(SOURCE))));
    survives(new SchedulerCommand.HostAway(task, HOST, HostLoss.LOST, NOW));
    survives(new SchedulerCommand.MoveWanted(task, HOST, new HostId("other"), true));
    TestProbe<SchedulerCommand.Hosts> hosts = KIT.createTestProbe();
    TestProbe<SchedulerCommand.Ordered> ordered = KIT.createTestProbe();
    survives(new SchedulerCommand.ListHosts(hosts.getRef()));
    TestProbe<SchedulerCommand.Beginning> beginning = KIT.createTestProbe();
    survives(new SchedulerCommand.WhereToBegin(task.sector(), TestTasks.TYPE, beginning.getRef()));
    survives(new SchedulerCommand.Beginning(Optional.of(HOST)));
    survives(
        new SchedulerCommand.Hosts(
            List.of(
                new HostStatus(
                    HOST,
                    HostMode.DRAINING_PHASES,
                    Optional.of(HostLoss.SILENT),
                    Optional.of(NOW),
                    Optional.of(LIMITS),
                    Optional.empty(),
                    List.of(task),
                    List.of(),
                    3))));
    survives(new SchedulerCommand.OrderHost(HOST, HostMode.OFF, "alice", ordered.getRef()));
    survives(new SchedulerCommand.ForgetHost(HOST, "alice", ordered.getRef()));
    survives(new SchedulerCommand.Ordered(Optional.of("there is no such host")));
    survives(LIMITS);
    survives(new SchedulerCommand.Explain(operator.getRef()));
    survives(new SchedulerCommand.Explanation(Map.of(task.toString(), "no host offers it")));
    survives(new SchedulerCommand.Assigned(task, HOST, worker.getRef(), Optional.of(SOURCE)));
  }
}
