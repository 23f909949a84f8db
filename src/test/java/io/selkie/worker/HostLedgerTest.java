package io.selkie.worker;

import static io.selkie.scheduler.TestTasks.request;
import static io.selkie.scheduler.TestTasks.sector;
import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.HostSector.Presence;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TestLimits;
import io.selkie.scheduler.TestTasks;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.PathSettings;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorSpace;
import io.selkie.storage.SpaceGauge;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLedgerTest {
  private static final long PEAK =
      SectorSpace.peak(TestTasks.TYPE, SectorSpace.Stage.SEALING).values().stream()
          .mapToLong(bytes -> bytes)
          .sum();

  @TempDir Path temp;

  private boolean sectorsLeave = true;
  private HostLedger ledger;

  @BeforeEach
  void open() throws IOException {
    ledger =
        HostLedger.open(
            temp.resolve("admitted"),
            new SpaceGauge(
                sector -> new SectorFiles(temp.resolve("repo"), sector), temp.resolve("jobs")),
            TestLimits.slots(Map.of()),
            () -> sectorsLeave,
            Optional::empty);
  }

  private static TaskId.Attempt attempt(TaskKind kind) {
    return task(1, 5, kind).attempt(1);
  }

  private void begins(TaskKind kind) throws IOException {
    ledger.begin(attempt(kind), request(kind));
  }

  private void succeeds(TaskKind kind) throws IOException {
    ledger.succeeded(attempt(kind), kind);
    ledger.over(attempt(kind));
  }

  private Path sealedFile() throws IOException {
    SectorFiles files = new SectorFiles(temp.resolve("repo"), sector(1));
    files.createDirectories();
    return Files.write(files.sealed(), new byte[2048]);
  }

  @Test
  void aSealedSectorCountsNoMoreOnceNothingIsMoved() throws IOException {
    begins(TaskKind.ADD_PIECE);
    sealedFile();
    succeeds(TaskKind.FINALIZE);
    assertEquals(1, looked().size());

    sectorsLeave = false;

    assertEquals(List.of(), looked());
    open();
    assertEquals(List.of(), looked());
  }

  @Test
  void aTaskThatVisitsAHostWithoutStorageIsForgottenWhenItIsOver() throws IOException {
    ledger =
        HostLedger.open(
            temp.resolve("admitted"),
            new SpaceGauge(
                sector -> {
                  throw new IOException("this host has no storage path: attach one");
                },
                temp.resolve("jobs")),
            TestLimits.slots(Map.of()),
            () -> sectorsLeave,
            Optional::empty);

    begins(TaskKind.COMMIT_2);
    assertEquals(one(Presence.VISITING, false), looked());
    succeeds(TaskKind.COMMIT_2);

    assertEquals(List.of(), looked());
  }

  @Test
  void aHostWhosePathsOnlyStoreHasRoomToUnsealAndNoneToSeal() throws IOException {
    Path root = temp.toRealPath();
    StoragePaths paths =
        StoragePaths.open(
            new StoragePaths.Settings(
                root.resolve("repo"), false, root.resolve("storage.json"), 100, Optional.empty()));
    paths.attach(
        Files.createDirectory(root.resolve("store")),
        Optional.of(PathSettings.fresh(1000, false, true, 0, List.of())));
    ledger =
        HostLedger.open(
            temp.resolve("admitted"),
            new SpaceGauge(new HostPlaces(paths, false, "this-host"), temp.resolve("jobs")),
            TestLimits.slots(Map.of()),
            () -> sectorsLeave,
            Optional::empty);

    ledger.measure(Set.of());

    for (HostLimits.Disk disk : ledger.limits().disks()) {
      assertEquals(disk.parts().contains(SectorSpace.Part.SEALED), disk.free() == 0, "" + disk);
    }
    assertEquals(2, ledger.limits().disks().size());
  }

  @Test
  void aVisitorThatBringsFilesCountsWhereTheyLie() throws IOException {
    begins(TaskKind.COMMIT_2);
    begins(TaskKind.COMMIT_1);
    sealedFile();
    succeeds(TaskKind.COMMIT_2);
    succeeds(TaskKind.COMMIT_1);

    assertEquals(one(Presence.SEALING, false), looked());
  }

  private List<HostSector> looked() {
    ledger.measure(Set.of());
    return ledger.sectors();
  }

  private static List<HostSector> one(Presence presence, boolean unsealing) {
    return List.of(new HostSector(sector(1), TestTasks.TYPE, presence, unsealing));
  }

  private long free() {
    ledger.measure(Set.of());
    return ledger.limits().disks().stream().mapToLong(disk -> disk.free()).sum();
  }

  @Test
  void aSectorCountsFromBeforeItsFirstJobUntilItsFilesHaveLeft() throws IOException {
    begins(TaskKind.ADD_PIECE);
    assertEquals(one(Presence.SEALING, false), looked());
    Path sealed = sealedFile();
    succeeds(TaskKind.ADD_PIECE);
    assertEquals(one(Presence.SEALING, false), looked());
    begins(TaskKind.FINALIZE);
    succeeds(TaskKind.FINALIZE);
    assertEquals(one(Presence.SEALED, false), looked());

    Files.delete(sealed);
    assertEquals(List.of(), looked());
  }

  @Test
  void whereSectorsStayTheyCountUntilTheyAreFinalized() throws IOException {
    sectorsLeave = false;
    begins(TaskKind.ADD_PIECE);
    Path sealed = sealedFile();
    succeeds(TaskKind.ADD_PIECE);
    begins(TaskKind.FINALIZE);
    succeeds(TaskKind.FINALIZE);

    assertEquals(List.of(), looked());
    assertTrue(Files.exists(sealed));
  }

  @Test
  void anUpdateCountsUntilItIsFinalized() throws IOException {
    sectorsLeave = false;
    begins(TaskKind.REPLICA_UPDATE);
    sealedFile();
    update();
    succeeds(TaskKind.REPLICA_UPDATE);

    assertEquals(one(Presence.SEALING, false), looked());
    begins(TaskKind.FINALIZE_REPLICA_UPDATE);
    succeeds(TaskKind.FINALIZE_REPLICA_UPDATE);
    assertEquals(List.of(), looked());
  }

  /** The miner has its files deleted, and asks for nothing more. */
  @Test
  void anUpdateThatWasGivenUpCountsNoMore() throws IOException {
    sectorsLeave = false;
    begins(TaskKind.REPLICA_UPDATE);
    sealedFile();
    Path update = update();
    succeeds(TaskKind.REPLICA_UPDATE);
    assertEquals(one(Presence.SEALING, false), looked());

    Files.delete(update);

    assertEquals(List.of(), looked());
  }

  private Path update() throws IOException {
    SectorFiles files = new SectorFiles(temp.resolve("repo"), sector(1));
    Files.createDirectories(files.update().resolveSibling(""));
    return Files.write(files.update(), new byte[2048]);
  }

  @Test
  void aCrashForgetsNobodyWhoMayStillWrite() throws IOException {
    begins(TaskKind.ADD_PIECE);
    open();
    ledger.measure(Set.of(attempt(TaskKind.ADD_PIECE)));
    assertEquals(one(Presence.SEALING, false), ledger.sectors());

    // Its job was never made, or has ended without a file.
    assertEquals(List.of(), looked());
    open();
    assertEquals(List.of(), ledger.sectors());
  }

  @Test
  void theRestOfThePipelineIsKeptFree() throws IOException {
    long before = free();
    begins(TaskKind.ADD_PIECE);
    long during = free();
    assertTrue(Math.abs(before - during - PEAK) < (32 << 20), before + " then " + during);

    sealedFile();
    begins(TaskKind.PRE_COMMIT_2);
    succeeds(TaskKind.PRE_COMMIT_2);
    long proofs =
        SectorSpace.peak(TestTasks.TYPE, SectorSpace.Stage.PROVING).values().stream()
            .mapToLong(bytes -> bytes)
            .sum();
    assertTrue(proofs < PEAK);
    open();
    assertEquals(one(Presence.SEALING, false), looked());
  }

  @Test
  void aSectorThatIsToldOfHasItsSpaceKeptBeforeTheDisksAreLookedAtAgain() throws IOException {
    long before = free();
    begins(TaskKind.ADD_PIECE);

    assertEquals(one(Presence.SEALING, false), ledger.sectors());
    assertEquals(
        before - PEAK, ledger.limits().disks().stream().mapToLong(disk -> disk.free()).sum());
  }

  /** A pipe that nobody reads holds whoever opens it to write, as a disk does that stalls. */
  @Test
  void whoAsksWhatTheHostHasDoesNotWaitForADiskThatStalls() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    ledger =
        HostLedger.open(
            temp.resolve("admitted"),
            new SpaceGauge(
                sector -> {
                  begun.countDown();
                  return new SectorFiles(temp.resolve("repo"), sector);
                },
                temp.resolve("jobs")),
            TestLimits.slots(Map.of()),
            () -> sectorsLeave,
            Optional::empty);
    Path pipe = temp.resolve("admitted").resolve(sector(1) + ".json.tmp");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    ExecutorService threads = Executors.newCachedThreadPool();
    Future<?> begins =
        threads.submit(
            () -> {
              begins(TaskKind.ADD_PIECE);
              return null;
            });
    try {
      assertTrue(begun.await(10, TimeUnit.SECONDS));

      assertEquals(List.of(), threads.submit(ledger::sectors).get(10, TimeUnit.SECONDS));
      assertEquals(List.of(), threads.submit(ledger::limits).get(10, TimeUnit.SECONDS).disks());
      assertFalse(begins.isDone());
    } finally {
      try (FileChannel reader =
          FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        // A pipe cannot be forced to a disk, so this ends with a trouble; it does not hang.
        assertThrows(ExecutionException.class, () -> begins.get(10, TimeUnit.SECONDS));
      }
      threads.shutdownNow();
    }
    assertEquals(List.of(), ledger.sectors(), "what is not durable is not told");
  }

  /** A link to itself refuses every look below it, as a disk does that fails. */
  @Test
  void aSectorWhoseFilesCannotBeLookedAtGoesOnToCount() throws IOException {
    begins(TaskKind.ADD_PIECE);
    Path sealed = sealedFile().getParent();
    succeeds(TaskKind.ADD_PIECE);
    Path away = Files.move(sealed, temp.resolve("away"));
    Files.createSymbolicLink(sealed, sealed);

    assertEquals(0, free());
    assertEquals(one(Presence.SEALING, false), ledger.sectors());

    Files.delete(sealed);
    Files.move(away, sealed);
    assertEquals(one(Presence.SEALING, false), looked());
    assertTrue(free() > 0);
  }

  @Test
  void whatWasAbortedGivesItsPlaceAndItsSpaceBackUntilSomebodyGoesOnWithIt() throws IOException {
    begins(TaskKind.PRE_COMMIT_1);
    SectorFiles files = new SectorFiles(temp.resolve("repo"), sector(1));
    files.createDirectories();
    Files.write(files.unsealed(), new byte[2048]);
    ledger.discarded(attempt(TaskKind.PRE_COMMIT_1));
    assertEquals(one(Presence.SEALING, false), looked(), "it is still at work");

    ledger.over(attempt(TaskKind.PRE_COMMIT_1));
    ledger.discarded(attempt(TaskKind.PRE_COMMIT_1));

    List<HostSector> parked = looked();
    assertEquals(Presence.PARKED, parked.get(0).presence());
    assertEquals(
        PEAK - 2048, parked.get(0).rest().values().stream().mapToLong(bytes -> bytes).sum());
    open();
    assertEquals(parked, looked(), "also after a crash");

    begins(TaskKind.PRE_COMMIT_1);
    assertEquals(one(Presence.SEALING, false), looked());
    Files.delete(files.unsealed());
    ledger.over(attempt(TaskKind.PRE_COMMIT_1));
    ledger.discarded(attempt(TaskKind.PRE_COMMIT_1));
    assertEquals(List.of(), looked(), "of what has no files nothing is left");
  }

  @Test
  void unsealingCountsWhileItRuns() throws IOException {
    begins(TaskKind.UNSEAL);
    assertEquals(one(Presence.VISITING, true), looked());
    succeeds(TaskKind.UNSEAL);

    assertEquals(List.of(), looked());
  }

  @Test
  void unsealingThatWasKilledIsForgottenAndItsSectorIsNot() throws IOException {
    begins(TaskKind.ADD_PIECE);
    sealedFile();
    succeeds(TaskKind.ADD_PIECE);
    begins(TaskKind.UNSEAL);
    open();

    assertEquals(one(Presence.SEALING, false), looked());
  }

  @Test
  void aRemovedSectorDoesNotCount() throws IOException {
    begins(TaskKind.ADD_PIECE);
    sealedFile();
    succeeds(TaskKind.ADD_PIECE);
    succeeds(TaskKind.REMOVE);

    assertEquals(List.of(), ledger.sectors());
  }

  /** 10 to 50 MB of a large sector, and the job. */
  @Test
  void whatACommit2FetchesIsKeptFreeWhileItIsHere() throws IOException {
    long before = free();
    begins(TaskKind.COMMIT_2);

    long input =
        SectorSpace.peak(TestTasks.TYPE, SectorSpace.Stage.VISITING).values().stream()
            .mapToLong(bytes -> bytes)
            .sum();
    assertTrue(input > 1 << 20, "bytes " + input);
    assertEquals(
        before - input, ledger.limits().disks().stream().mapToLong(disk -> disk.free()).sum());

    succeeds(TaskKind.COMMIT_2);
    assertEquals(List.of(), looked());
  }

  @Test
  void aVisitorLeavesNothing() throws IOException {
    begins(TaskKind.COMMIT_2);
    assertEquals(one(Presence.VISITING, false), looked());
    succeeds(TaskKind.COMMIT_2);

    assertEquals(List.of(), looked());
  }

  @Test
  void aHostIsUnfitWithoutItsProverOrItsJobDirectory() throws IOException {
    Path program = temp.resolve("selkie-prover");
    HostFitness fitness = HostFitness.of(program, temp.resolve("jobs"));
    assertEquals(
        Optional.of("the prover program " + program + " is not there: install it again"),
        fitness.problem());

    Files.writeString(program, "");
    assertEquals(
        Optional.of("the prover program " + program + " cannot be executed: check its permissions"),
        fitness.problem());

    assertTrue(program.toFile().setExecutable(true));
    assertEquals(Optional.empty(), fitness.problem());
    assertFalse(Files.exists(temp.resolve("jobs/.fit")));

    Files.delete(temp.resolve("jobs"));
    Files.writeString(temp.resolve("jobs"), "");
    assertTrue(fitness.problem().orElseThrow().startsWith("no job can be written below"));
  }
}
