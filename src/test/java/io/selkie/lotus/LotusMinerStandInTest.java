package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import io.selkie.auth.Permission;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.FakeLotusWorker.Mistake;
import io.selkie.lotus.StandInFaults.Loss;
import io.selkie.lotus.wire.ActorAddress;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.MinerVersion;
import io.selkie.rpc.RpcException;
import io.selkie.storage.FileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class LotusMinerStandInTest {
  private static final ActorTestKit TESTKIT = ActorTestKit.create();
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;

  private LotusMinerStandIn miner;

  @BeforeEach
  void start() throws Exception {
    miner = LotusMinerStandIn.start(new MinerId(1000), SectorSize.KIB_2);
    miner.heartbeatEvery(Duration.ofMillis(50));
  }

  @AfterEach
  void stop() throws Exception {
    miner.close();
  }

  @AfterAll
  static void end() {
    TESTKIT.shutdownTestKit();
  }

  private FakeLotusWorker worker(Mistake... mistakes) throws Exception {
    FakeLotusWorker worker = new FakeLotusWorker(miner, TESTKIT.system(), mistakes);
    worker.register();
    return worker;
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aSectorGoesItsWay() throws Exception {
    AtomicReference<SealedSector> told = new AtomicReference<>();
    miner.whenSealed(told::set);
    try (FakeLotusWorker worker = worker()) {
      SealedSector sealed = get(miner.seal(9, TYPE));

      assertEquals(List.of(), miner.violations());
      assertEquals(List.of(), miner.failures());
      assertEquals(sealed, told.get());
      assertEquals(2048, sealed.replica().size());
      assertEquals(Set.of("p_aux", "t_aux"), sealed.cache().keySet());
      assertEquals(
          List.of(
              "addPiece",
              "fetch",
              "sealPreCommit1",
              "fetch",
              "sealPreCommit2",
              "sealCommit1",
              "sealCommit2",
              "fetch",
              "releaseUnsealed",
              "fetch",
              "finalizeSector"),
          miner.log().stream().map(line -> line.replace(" of s-t01000-9", "")).toList());
      SectorId sector = sealed.sector().id();
      assertEquals(Set.of(miner.ownPath()), miner.index().where(sector, FileType.SEALED));
      assertEquals(Set.of(miner.ownPath()), miner.index().where(sector, FileType.CACHE));
    }
  }

  @Test
  void aPieceIsPushedAndZerosFollow() throws Exception {
    try (FakeLotusWorker worker = worker()) {
      SealedSector sealed = get(miner.seal(9, TYPE, new byte[508]));

      assertEquals(List.of(), miner.violations());
      assertEquals(
          List.of(512L, 512L, 1024L),
          sealed.pieces().stream().map(piece -> piece.size().bytes()).toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NO_UNSEALED_DECLARED|AddPiece leaves unsealed undeclared",
        "NO_SEALED_DECLARED|PreCommit1 leaves sealed undeclared",
        "UNSEALED_KEPT|ReleaseUnsealed leaves unsealed files in the index",
        "DELETE_KEEPS|DELETE of sealed leaves it in the index",
        "FOREIGN_FILE_IN_CACHE|the miner would not take sc-02-data-tree-c.dat",
        "OTHER_SECTOR_IN_CALL|addPiece of s-t01000-9 was answered with the sector of",
        "CALL_ID_TWICE|was answered with a call id of before",
        "RETURNS_BY_ANOTHER_METHOD|sealPreCommit1 was answered by returnSealCommit1",
        "RESULT_AND_ERROR|returnAddPiece has a result and an error",
        "OTHER_COMM_D|the commD of one piece is",
        "LOCKS|a worker locks s-t01000-9",
        "SMALL_REPLICA|has 7 bytes"
      })
  void whatAWorkerDoesWrongIsSeen(Mistake mistake, String violation) throws Exception {
    miner.pauseAfterFailure(Duration.ZERO);
    try (FakeLotusWorker worker = worker(mistake)) {
      CompletableFuture<SealedSector> sealed = miner.seal(9, TYPE);

      long end = System.nanoTime() + DEADLINE.toNanos();
      while (miner.violations().stream().noneMatch(one -> one.contains(violation))) {
        assertTrue(System.nanoTime() < end, () -> violation + " in " + miner.violations());
        LotusMinerStandIn.pause(Duration.ofMillis(10));
      }
      sealed.cancel(true);
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aFailedCommit2RepeatsBothAndCommit1HasToBeTheSame(boolean same) throws Exception {
    miner.pauseAfterFailure(Duration.ZERO);
    try (FakeLotusWorker worker = same ? worker() : worker(Mistake.RANDOM_COMMIT_1)) {
      worker.failingCommit2.set(1);

      get(miner.seal(9, TYPE));

      assertEquals(1, miner.failures().size());
      assertEquals(2, miner.log().stream().filter(one -> one.startsWith("sealCommit1")).count());
      assertEquals(same ? 0 : 1, miner.violations().size(), () -> miner.violations().toString());
    }
  }

  @Test
  void aRestartKeepsThePhasesThatRun() throws Exception {
    try (FakeLotusWorker worker = worker()) {
      CompletableFuture<Object> may = new CompletableFuture<>();
      worker.preCommit2May = may;
      UUID before = get(miner.api().session().toCompletableFuture());
      CompletableFuture<SealedSector> sealed = miner.seal(9, TYPE);
      awaitLog("sealPreCommit2");

      miner.restart(Duration.ofMillis(50));
      assertNotEquals(before, get(miner.api().session().toCompletableFuture()));
      assertEquals(List.of(), miner.workers());
      assertEquals(1, miner.index().attached().size());
      may.complete("go");
      worker.register();
      get(sealed);

      assertEquals(List.of(), miner.violations());
      assertEquals(1, miner.log().stream().filter(one -> one.startsWith("sealPreCommit2")).count());
    }
  }

  private void awaitLog(String method) throws Exception {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (miner.log().stream().noneMatch(one -> one.startsWith(method))) {
      assertTrue(System.nanoTime() < end, method);
      LotusMinerStandIn.pause(Duration.ofMillis(10));
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aReturnWhoseAnswerIsLostComesAgainAndIsKnown(Loss loss) throws Exception {
    miner.faults().loseNextAnswer("ReturnSealCommit2", loss);
    miner.faults().loseNextAnswer("ReturnFinalizeSector", loss);
    try (FakeLotusWorker worker = worker()) {
      get(miner.seal(9, TYPE));

      long end = System.nanoTime() + DEADLINE.toNanos();
      while (miner.calls().repeated() < 2) {
        assertTrue(System.nanoTime() < end, "it came " + miner.calls().repeated() + " times");
        LotusMinerStandIn.pause(Duration.ofMillis(10));
      }
      assertEquals(2, miner.faults().calls("ReturnSealCommit2"));
      assertEquals(List.of(), miner.violations());
    }
  }

  @Test
  void startsMayComeTwice() throws Exception {
    miner.startTwice(true);
    try (FakeLotusWorker worker = worker()) {
      get(miner.seal(9, TYPE));

      assertEquals(List.of(), miner.violations());
      assertEquals(2, miner.faults().calls("ReturnSealPreCommit1"));
    }
  }

  @Test
  void itRefusesItIsSlowAndItFallsSilent() throws Exception {
    miner.faults().refuseNext(1);
    assertInstanceOf(
        IOException.class,
        assertThrows(Exception.class, () -> get(miner.api().session().toCompletableFuture()))
            .getCause());
    miner.faults().delayAnswers(Duration.ofMillis(300));
    long before = System.nanoTime();
    get(miner.api().session().toCompletableFuture());
    assertTrue(System.nanoTime() - before >= 300_000_000);
    miner.faults().delayAnswers(Duration.ZERO);
    miner.faults().fallSilent(true);
    CompletableFuture<UUID> silent = miner.api().session().toCompletableFuture();
    assertThrows(TimeoutException.class, () -> silent.get(300, TimeUnit.MILLISECONDS));
    miner.faults().fallSilent(false);
    get(miner.api().session().toCompletableFuture());
  }

  @Test
  void aSessionIsKnownOnceAndGoneWhenItChanges() throws Exception {
    try (FakeLotusWorker worker = worker()) {
      worker.connect();
      assertEquals(1, miner.workers().size());
      assertEquals(worker.session, miner.awaitWorkers(1, DEADLINE).get(0).session());

      worker.session = new UUID(0, 0);
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (!miner.workers().isEmpty()) {
        assertTrue(System.nanoTime() < end);
        LotusMinerStandIn.pause(Duration.ofMillis(10));
      }
      assertThrows(RpcException.class, worker::connect);
      worker.session = UUID.randomUUID();
      worker.version = 0x010600;
      assertThrows(RpcException.class, worker::connect);
      worker.version = 0x010702;
      worker.takes = EnumSet.of(LotusTask.WINDOW_POST, LotusTask.FETCH);
      worker.connect();
      assertEquals(2, miner.violations().size(), () -> miner.violations().toString());
    }
  }

  @Test
  void itSaysWhoItIsToThoseWhoMayKnow(@TempDir Path repo) throws Exception {
    miner.writeRepo(repo);
    MinerVersion version = get(miner.api().version().toCompletableFuture());

    assertEquals(66816, version.apiVersion());
    assertEquals(
        new ActorAddress(new MinerId(1000)), get(miner.api().actorAddress().toCompletableFuture()));
    assertEquals(
        List.of(Permission.values()),
        get(miner.api().authVerify(Files.readString(repo.resolve("token"))).toCompletableFuture()));
    assertThrows(Exception.class, () -> get(miner.api().authVerify("a.b.c").toCompletableFuture()));
    assertEquals(
        miner.address(),
        new MinerFinder(Optional.empty(), Map.of("MINER_API_INFO", miner.apiInfo())).find());
    assertEquals(miner.address(), new MinerFinder(Optional.of(repo), Map.of()).find());
    assertFalse(miner.address().toString().contains(miner.apiInfo()));
  }
}
