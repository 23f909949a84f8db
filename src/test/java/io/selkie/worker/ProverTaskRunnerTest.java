package io.selkie.worker;

import static io.selkie.scheduler.TestTasks.request;
import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.UpdateProof;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.proofs.SealWork;
import io.selkie.proofs.UpdateWork;
import io.selkie.proofs.VanillaList;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.TestLimits;
import io.selkie.scheduler.TestTasks;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.PathSettings;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorPlaces;
import io.selkie.storage.SpaceGauge;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ProverTaskRunnerTest {
  private static final CommD COMM_D = CommD.ofHex("0d".repeat(32));
  private static final CommR COMM_R = CommR.ofHex("0e".repeat(32));
  private static final CommP COMM_P = CommP.ofHex("0c".repeat(32));
  private static final SealProof PROOF = new SealProof(Bytes.of(new byte[192]));
  private static final List<Bytes> VANILLA = List.of(Bytes.of(new byte[] {1, 2}));
  private static final UpdateProof UPDATE_PROOF = new UpdateProof(Bytes.of(new byte[192]));
  private static final TaskId.Attempt LABELLING = attempt(TaskKind.PRE_COMMIT_1);

  @TempDir Path repo;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ProgressBoard board = new ProgressBoard();
  private FetchedInputs fetched;
  private Optional<String> unfit = Optional.empty();
  private SectorPlaces places = sector -> new SectorFiles(repo, sector);
  private ScriptedJobs jobs = new ScriptedJobs(ProverTaskRunnerTest::answer);

  @BeforeEach
  void nameDirectories() {
    fetched = new FetchedInputs(repo.resolve("state/fetched"));
  }

  @AfterEach
  void stopThreads() {
    executor.shutdownNow();
  }

  private static TaskId.Attempt attempt(TaskKind kind) {
    return task(1, 4, kind).attempt(1);
  }

  private static Object answer(String operation, Object work) {
    return List.of(
        new Outcome.Success<>(
            switch (operation) {
              case "addPiece" -> new PieceInfo(((SealWork.AddPiece) work).size(), COMM_P);
              case "preCommit1" ->
                  new SealWork.PreCommit1Result(Bytes.of(new byte[] {1}), COMM_D, 1);
              case "preCommit2" -> new SealWork.PreCommit2Result(COMM_R, COMM_D, false, false);
              case "commit1" ->
                  new SealWork.Commit1Result(((SealWork.Commit1) work).output(), 2, "blake3:00");
              case "commit2" -> PROOF;
              case "clearCache" -> 4;
              case "unseal" -> ((SealWork.Unseal) work).length();
              case "updateEncode" -> new UpdateWork.UpdateEncodeResult(COMM_R, COMM_D);
              case "updateVanilla" -> VANILLA;
              case "updateProve" -> UPDATE_PROOF;
              default -> throw new AssertionError(operation);
            }));
  }

  private ProverTaskRunner runner() {
    return runner(executor, Duration.ofMinutes(1));
  }

  @Test
  void aHostWithoutStorageRunsCommit2() throws Exception {
    TaskRequest request = commit2("00");
    places =
        sector -> {
          throw new IOException("this host has no storage path: attach one");
        };

    assertEquals(new TaskResult.Proved(PROOF), result(run(request)));
    assertEquals("error", failure(run(request(TaskKind.PRE_COMMIT_1))).code());
  }

  private ProverTaskRunner runner(Executor threads, Duration removeAgain) {
    return new ProverTaskRunner(
        places,
        jobs,
        ScriptedJobs.proofs((operation, file) -> "blake3:" + Files.readString((Path) file)),
        board,
        ledger(repo, places, () -> unfit),
        threads,
        (from, sector, to) -> Files.writeString(to, from.url().getFragment()),
        fetched,
        MissingFiles.NONE,
        removeAgain);
  }

  static HostLedger ledger(Path repo) {
    return ledger(repo, sector -> new SectorFiles(repo, sector), Optional::empty);
  }

  private static HostLedger ledger(Path repo, SectorPlaces places, HostFitness fitness) {
    try {
      return HostLedger.open(
          repo.resolve("admitted"),
          new SpaceGauge(places, repo.resolve("jobs")),
          TestLimits.slots(Map.of()),
          () -> false,
          fitness);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SectorFiles files() {
    return new SectorFiles(repo, TestTasks.sector(1));
  }

  private static Ended await(CompletionStage<Ended> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Ended run(TaskRequest request) throws Exception {
    jobs.release.countDown();
    return await(runner().run(attempt(request.kind()), request, Map.of(), () -> {}));
  }

  private static TaskResult result(Ended end) {
    if (end instanceof Ended.Succeeded succeeded) {
      return succeeded.result();
    }
    throw new AssertionError("failed: " + end);
  }

  private static Failure failure(Ended end) {
    if (end instanceof Ended.Failed failed) {
      return failed.failure();
    }
    throw new AssertionError("should have failed: " + end);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"TRANSFER", "RELEASE", "MOVE"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyTaskGivesItsResult(TaskKind kind) throws Exception {
    TaskRequest request =
        switch (kind) {
          case COMMIT_2 -> commit2("00");
          case PROVE_REPLICA_UPDATE_2 -> proveUpdate();
          default -> request(kind);
        };

    TaskResult result = result(run(request));

    assertEquals(
        switch (kind) {
          case ADD_PIECE ->
              new TaskResult.PieceAdded(
                  new PieceInfo(((TaskRequest.AddPiece) request).size(), COMM_P));
          case PRE_COMMIT_1 -> new TaskResult.Labelled(Bytes.of(new byte[] {1}), COMM_D, 1);
          case PRE_COMMIT_2 -> new TaskResult.Encoded(COMM_R, COMM_D);
          case COMMIT_1 -> new TaskResult.VanillaProved(files().commit1Output(), 2, "blake3:00");
          case COMMIT_2 -> new TaskResult.Proved(PROOF);
          case FINALIZE -> new TaskResult.Finalized(4);
          case UNSEAL -> new TaskResult.Unsealed(Path.of("/data/unsealed"), 2032);
          case REMOVE -> new TaskResult.FilesRemoved();
          case TRANSFER, RELEASE, MOVE -> throw new AssertionError("no prover moves files");
          case REPLICA_UPDATE -> new TaskResult.Updated(COMM_R, COMM_D);
          case PROVE_REPLICA_UPDATE_1 ->
              new TaskResult.VanillaProved(
                  files().commit1Output(),
                  VanillaList.write(VANILLA).length,
                  "blake3:" + text(VanillaList.write(VANILLA)));
          case PROVE_REPLICA_UPDATE_2 -> new TaskResult.UpdateProved(UPDATE_PROOF);
          case FINALIZE_REPLICA_UPDATE -> new TaskResult.Finalized(4);
        },
        result);
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }

  /** Of vanilla proofs that are at their place. */
  private TaskRequest proveUpdate() throws IOException {
    byte[] content = VanillaList.write(VANILLA);
    Files.createDirectories(files().scratch());
    Files.write(files().commit1Output(), content);
    return new TaskRequest.ProveReplicaUpdate2(
        (TaskRequest.ProveReplicaUpdate1) request(TaskKind.PROVE_REPLICA_UPDATE_1),
        files().commit1Output(),
        "blake3:" + text(content),
        Optional.empty());
  }

  @Test
  void aSectorOfAnotherHostIsNotTouched() throws Exception {
    StoragePaths.Settings shared = StoragePaths.Settings.ofRepo(repo.toRealPath());
    new HostPlaces(StoragePaths.open(shared), true, "other-host").claim(LABELLING.sector(), 1);
    places = new HostPlaces(StoragePaths.open(shared), true, "this-host");

    for (TaskKind kind : List.of(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1, TaskKind.REMOVE)) {
      Failure failure = failure(run(request(kind)));

      assertEquals(Failure.Action.ABANDON, failure.action());
      assertEquals("claimed", failure.code());
      assertTrue(failure.message().contains("host other-host"), failure.message());
    }
    assertEquals(List.of(), jobs.calls);
  }

  @Test
  void aHostWhosePathsOnlyStoreUnseals() throws Exception {
    Path root = repo.toRealPath();
    StoragePaths paths = onlyStores(root);
    SectorFiles there = new SectorFiles(root.resolve("store"), LABELLING.sector());
    Files.writeString(there.sealed(), "replica");
    Files.writeString(there.manifest(), "{}");
    Files.writeString(there.receipt(), "{}");
    places = new HostPlaces(paths, false, "this-host");

    result(run(request(TaskKind.UNSEAL)));

    assertFalse(Files.exists(there.claim()), "nothing is written there");
    Failure failure = failure(run(request(TaskKind.PRE_COMMIT_1)));
    assertTrue(failure.message().contains("CanSeal"), failure.message());
  }

  private static StoragePaths onlyStores(Path root) throws IOException {
    StoragePaths paths =
        StoragePaths.open(
            new StoragePaths.Settings(
                root.resolve("repo"), false, root.resolve("storage.json"), 100, Optional.empty()));
    paths.attach(
        Files.createDirectory(root.resolve("store")),
        Optional.of(PathSettings.fresh(1000, false, true, 0, List.of())));
    return paths;
  }

  private TaskRequest commit2(String content) throws Exception {
    files().createDirectories();
    Path output = Files.writeString(files().commit1Output(), content);
    return new TaskRequest.Commit2(TestTasks.TYPE, output, "blake3:00");
  }

  @Test
  void commit2WithoutItsInputIsToBeRedone() throws Exception {
    Failure failure = failure(run(request(TaskKind.COMMIT_2)));

    assertEquals(Failure.Action.REDO, failure.action());
    assertEquals("missing", failure.code());
    assertEquals("the output of Commit1 is not there: /repo/c1.json", failure.message());
    assertEquals(List.of(), jobs.calls);
  }

  private static FileSource source(String content) {
    return new FileSource(new HostId("other"), URI.create("http://10.0.0.5:4721#" + content));
  }

  private static TaskRequest elsewhere(String content) {
    return new TaskRequest.Commit2(TestTasks.TYPE, Path.of("/other/c1.json"), "blake3:00")
        .with(source(content));
  }

  /** The file that provers are to read. */
  private AtomicReference<Path> read() {
    AtomicReference<Path> read = new AtomicReference<>();
    jobs =
        new ScriptedJobs(
            (operation, work) -> {
              read.set(((SealWork.Commit2) work).phase1Output());
              return answer(operation, work);
            });
    return read;
  }

  @Test
  void commit2ElsewhereFetchesItsInputIntoItsOwnStateUntilItsJobIsRemoved() throws Exception {
    TaskId.Attempt attempt = attempt(TaskKind.COMMIT_2);
    AtomicReference<Path> read = read();

    assertEquals(new TaskResult.Proved(PROOF), result(run(elsewhere("00"))));
    assertEquals(fetched.file(attempt), read.get());
    assertTrue(Files.exists(fetched.file(attempt)), "the sector has not heard of it");
    // A node that starts anew asks for the same job.
    fetched.tidy(jobs.present(), repo.resolve("state/jobs"));
    assertEquals(new TaskResult.Proved(PROOF), result(run(elsewhere("gone"))));
    assertEquals(fetched.file(attempt), read.get());

    runner(Runnable::run, Duration.ZERO).remove(attempt);
    assertEquals(Set.of(), fetched.present());
    assertFalse(Files.exists(files().commit1Output()));
  }

  @Test
  void whatAnotherHostHasAtTheSamePathIsNotWrittenOver() throws Exception {
    AtomicReference<Path> read = read();
    TaskRequest changed = ((TaskRequest.Commit2) commit2("ff")).with(source("00"));

    assertEquals(new TaskResult.Proved(PROOF), result(run(changed)));

    assertEquals("ff", Files.readString(files().commit1Output()));
    assertEquals(fetched.file(attempt(TaskKind.COMMIT_2)), read.get());
  }

  @Test
  void whatIsIntactAtTheSamePathIsNotFetched() throws Exception {
    AtomicReference<Path> read = read();
    // As an earlier life of the node left it.
    fetched.make(attempt(TaskKind.COMMIT_2));

    assertEquals(
        new TaskResult.Proved(PROOF),
        result(run(((TaskRequest.Commit2) commit2("00")).with(source("ff")))));

    assertEquals(files().commit1Output(), read.get());
    assertEquals(Set.of(), fetched.present());
  }

  @Test
  void whatWasFetchedForAJobThatIsNotThereGoesAtTheNextStart() throws Exception {
    TaskId.Attempt other = task(2, 4, TaskKind.COMMIT_2).attempt(1);
    for (TaskId.Attempt attempt : List.of(attempt(TaskKind.COMMIT_2), other)) {
      fetched.make(attempt);
      Files.writeString(fetched.file(attempt), "00");
    }
    jobs.with(other.toString());

    fetched.tidy(jobs.present(), repo.resolve("state/jobs"));

    assertEquals(Set.of(other.toString()), fetched.present());
    assertTrue(Files.exists(fetched.file(other)));
  }

  @Test
  void aCommit2ThatIsStoppedLeavesNothing() throws Exception {
    TaskId.Attempt attempt = attempt(TaskKind.COMMIT_2);
    ProverTaskRunner runner = runner();
    CompletionStage<Ended> end = runner.run(attempt, elsewhere("00"), Map.of(), () -> {});
    jobs.atWork.await();

    runner.stop(attempt).toCompletableFuture().get(10, TimeUnit.SECONDS);

    assertEquals("died", failure(await(end)).code());
    assertEquals(Set.of(), fetched.present());
  }

  @Test
  void commit2OfAnInputThatCameDamagedIsToBeRedone() throws Exception {
    Failure failure = failure(run(elsewhere("ff")));

    assertEquals(Failure.Action.REDO, failure.action());
    assertEquals("damaged", failure.code());
    assertEquals(List.of(), jobs.calls);
  }

  @Test
  void anInputThatCannotBeLookedAtIsNotLost() throws Exception {
    Path file = Files.writeString(repo.resolve("file"), "");
    TaskRequest request =
        new TaskRequest.Commit2(TestTasks.TYPE, file.resolve("c1.json"), "blake3:00");

    Failure failure = failure(run(request));

    assertEquals(Failure.Action.RETRY, failure.action());
    assertEquals("error", failure.code());
  }

  @Test
  void commit2OfAnotherInputIsToBeRedone() throws Exception {
    Failure failure = failure(run(commit2("ff")));

    assertEquals(Failure.Action.REDO, failure.action());
    assertEquals("damaged", failure.code());
  }

  @Test
  void aCommit2ThatIsUnderWayDoesNotNeedItsInputAnyMore() throws Exception {
    jobs.with(attempt(TaskKind.COMMIT_2).toString());

    assertEquals(new TaskResult.Proved(PROOF), result(run(request(TaskKind.COMMIT_2))));
  }

  @Test
  void finalizeRemovesWhatOnlySealingNeeds() throws Exception {
    files().createDirectories();
    Files.writeString(files().unsealed(), "data");
    Files.writeString(files().sealed(), "replica");
    Files.writeString(files().commit1Output(), "{}");

    assertEquals(
        new TaskResult.Finalized(4), result(run(new TaskRequest.Finalize(TestTasks.TYPE, false))));

    assertFalse(Files.exists(files().unsealed()));
    assertFalse(Files.exists(files().commit1Output()));
    assertTrue(Files.exists(files().sealed()));
  }

  @Test
  void finalizeKeepsTheDataIfItIsTold() throws Exception {
    files().createDirectories();
    Files.writeString(files().unsealed(), "data");

    assertEquals(
        new TaskResult.Finalized(4), result(run(new TaskRequest.Finalize(TestTasks.TYPE, true))));

    assertTrue(Files.exists(files().unsealed()));
  }

  @Test
  void removeLeavesOtherSectorsAlone() throws Exception {
    files().createDirectories();
    Files.writeString(files().sealed(), "replica");
    SectorFiles other = new SectorFiles(repo, TestTasks.sector(11));
    Files.writeString(other.sealed(), "replica");
    AtomicInteger durable = new AtomicInteger();

    await(
        runner()
            .run(
                attempt(TaskKind.REMOVE),
                request(TaskKind.REMOVE),
                Map.of(),
                durable::incrementAndGet));

    assertFalse(Files.exists(files().sealed()));
    assertTrue(Files.exists(other.sealed()));
    assertEquals(1, durable.get());
    assertEquals(List.of(), jobs.calls);
  }

  @Test
  void timesAreThoseOfTheJob() throws Exception {
    Ended end = run(request(TaskKind.PRE_COMMIT_1));

    assertEquals(ScriptedJobs.MADE, end.startedAt());
    assertEquals(ScriptedJobs.MADE.plusSeconds(9), end.endedAt());
    assertEquals(2048, ((Ended.Succeeded) end).bytes());
  }

  @Test
  void failuresOfTheProofsAreThoseOfTheTask() throws Exception {
    jobs =
        new ScriptedJobs(
            (operation, work) ->
                List.of(
                    new Outcome.Failed<>(
                        ProofsFailure.of(ProofsFailure.Kind.NO_SPACE, "the disk is full"))));

    assertEquals(
        new Failure(Failure.Action.RETRY, "no_space", "the disk is full"),
        failure(run(request(TaskKind.PRE_COMMIT_1))));
  }

  @Test
  void whoeverAsksAgainIsAttached() throws Exception {
    ProverTaskRunner runner = runner();
    AtomicInteger told = new AtomicInteger();
    CompletionStage<Ended> first =
        runner.run(LABELLING, request(TaskKind.PRE_COMMIT_1), Map.of(), told::incrementAndGet);
    jobs.atWork.await();
    CompletionStage<Ended> second =
        runner.run(LABELLING, request(TaskKind.PRE_COMMIT_1), Map.of(), told::incrementAndGet);
    assertEquals(2, told.get());

    jobs.release.countDown();

    assertEquals(await(first), await(second));
    assertEquals(List.of("run " + LABELLING + " preCommit1"), jobs.calls);
  }

  @Test
  void progressIsSeenWhileTheTaskRuns() throws Exception {
    CompletionStage<Ended> end =
        runner().run(LABELLING, request(TaskKind.PRE_COMMIT_1), Map.of(), () -> {});
    jobs.atWork.await();

    ProgressBoard.Latest latest = board.of(TestTasks.sector(1)).orElseThrow();
    assertEquals(LABELLING, latest.attempt());
    assertEquals("layer", latest.progress().stage());

    jobs.release.countDown();
    await(end);
    assertTrue(board.of(TestTasks.sector(1)).isEmpty());
  }

  @Test
  void stopReturnsWhenNobodyWorksAnyMore() throws Exception {
    ProverTaskRunner runner = runner();
    CompletionStage<Ended> end =
        runner.run(LABELLING, request(TaskKind.PRE_COMMIT_1), Map.of(), () -> {});
    jobs.atWork.await();

    runner.stop(LABELLING).toCompletableFuture().get(10, TimeUnit.SECONDS);

    assertTrue(end.toCompletableFuture().isDone());
    assertEquals("died", failure(await(end)).code());
  }

  @Test
  void aStopRightBeforeTheJobIsMadeStartsNoProver() throws Exception {
    ProverTaskRunner runner = runner();
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    jobs.beforeJob =
        () -> {
          var unused = runner.stop(LABELLING).thenAccept(done -> stopped.complete(null));
          while (!jobs.calls.contains("stop " + LABELLING)) {
            Thread.onSpinWait();
          }
        };

    CompletionStage<Ended> end =
        runner.run(LABELLING, request(TaskKind.PRE_COMMIT_1), Map.of(), () -> {});

    assertEquals("died", failure(await(end)).code());
    stopped.get(10, TimeUnit.SECONDS);
    assertEquals(1, jobs.atWork.getCount(), "nobody began to work");
    assertEquals(Set.of(), jobs.present());
  }

  @Test
  void whatCannotBeDiscardedHoldsNobodyUp() throws Exception {
    files().createDirectories();
    Files.writeString(files().manifest(), "{\"version\": 99}");
    Files.writeString(files().sealed(), "replica");

    runner().discard(LABELLING).toCompletableFuture().get(10, TimeUnit.SECONDS);

    assertTrue(Files.exists(files().sealed()));
  }

  @Test
  void ofAnAttemptThatWasNeverMadeNothingIsRemoved() throws Exception {
    files().createDirectories();
    Files.writeString(
        files().manifest(),
        "{\"version\": 1, \"sector\": \"%s\", \"proofType\": 5, \"pieces\": [],"
                .formatted(LABELLING.sector())
            + " \"preCommit1\": {\"ticket\": \"%s\", \"commD\": \"%s\", \"layers\": []}}"
                .formatted("01".repeat(32), "02".repeat(32)));
    Files.writeString(files().sealed(), "of the generation before");

    runner().discard(LABELLING.task().attempt(0)).toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertTrue(Files.exists(files().sealed()));

    runner().discard(LABELLING).toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertTrue(Files.notExists(files().sealed()));
  }

  @Test
  void twoDiscardsOfAnAttemptAreOne() {
    ProverTaskRunner runner = runner(neverRun -> {}, Duration.ZERO);

    assertEquals(runner.discard(LABELLING), runner.discard(LABELLING));
  }

  @Test
  void anUnknownAttemptIsStoppedAtOnce() throws Exception {
    runner().stop(LABELLING).toCompletableFuture().get(10, TimeUnit.SECONDS);

    assertEquals(List.of("stop " + LABELLING), jobs.calls);
  }

  @Test
  void anAttemptThatHasNotMadeItsJobIsFound() {
    ProverTaskRunner runner = runner(neverRun -> {}, Duration.ZERO);
    CompletionStage<Ended> unused =
        runner.run(LABELLING, request(TaskKind.PRE_COMMIT_1), Map.of(), () -> {});

    assertEquals(Set.of(LABELLING), runner.present());
  }

  @Test
  void aJobThatCannotBeRemovedIsTriedAgain() throws Exception {
    jobs.hanging(LABELLING.toString());

    runner(executor, Duration.ofMillis(1)).remove(LABELLING);

    assertTrue(jobs.removed.await(10, TimeUnit.SECONDS));
    assertEquals(Set.of(), jobs.present());
  }

  @Test
  void jobsOfAttemptsAreFound() {
    jobs.with(LABELLING.toString()).with("something-else");

    assertEquals(Set.of(LABELLING), runner().present());
  }

  @Test
  void whatFailsOnAHostThatRunsNoProverIsNotTheTasksFault() throws Exception {
    unfit = Optional.of("the prover program is not there");
    jobs =
        new ScriptedJobs(
            (operation, work) -> {
              throw new ProofsException(ProofsFailure.of(ProofsFailure.Kind.ERROR, "cannot run"));
            });

    assertEquals(
        new Failure(Failure.Action.HALT, "unfit", "the prover program is not there"),
        failure(run(request(TaskKind.PRE_COMMIT_1))));
  }

  @Test
  void aBadRequestIsTheTasksFaultOnAnyHost() throws Exception {
    unfit = Optional.of("the prover program is not there");
    jobs =
        new ScriptedJobs(
            (operation, work) -> {
              throw new ProofsException(
                  ProofsFailure.of(ProofsFailure.Kind.BAD_REQUEST, "no such thing"));
            });

    assertEquals(Failure.Action.ABANDON, failure(run(request(TaskKind.PRE_COMMIT_1))).action());
  }
}
