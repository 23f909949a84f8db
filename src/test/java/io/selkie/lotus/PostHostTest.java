package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.HttpResponse;
import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.http.HttpListener;
import io.selkie.http.PatientListener;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.PostSectorChallenge;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.TaskResources;
import io.selkie.lotus.wire.WindowPostResult;
import io.selkie.params.ParameterSet;
import io.selkie.post.PostSettings;
import io.selkie.post.ScriptedPost;
import io.selkie.rpc.RpcException;
import io.selkie.scheduler.HostId;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that makes proofs of spacetime for a miner, with words for proofs. */
@Timeout(120)
class PostHostTest {
  private static final MinerId MINER = new MinerId(1000);
  private static final SealProofType SEAL = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final PostProofType WINDOW = PostProofType.windowFor(SectorSize.KIB_2);
  private static final PostProofType WINNING = PostProofType.winningFor(SectorSize.KIB_2);
  private static final CommR COMM_R = CommR.of(Bytes32.ofHex("07".repeat(32)));
  private static final Duration REGISTERED = Duration.ofSeconds(30);
  private static final PostRandomness RANDOMNESS =
      PostRandomness.of(Bytes32.ofHex("17".repeat(32)));

  @TempDir Path temp;
  private final ActorTestKit kit =
      ActorTestKit.create(
          "post-host",
          ConfigFactory.parseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF")
              .withFallback(ConfigFactory.load()));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScriptedPost post = new ScriptedPost();
  private final Set<ParameterSet> missing = ConcurrentHashMap.newKeySet();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private LotusMinerStandIn miner;
  private StoragePath path;

  @BeforeEach
  void startMiner() throws Exception {
    miner = LotusMinerStandIn.start(MINER, SectorSize.KIB_2);
    miner.heartbeatEvery(Duration.ofMillis(50));
  }

  @AfterEach
  void end() throws Exception {
    kit.shutdownTestKit();
    threads.shutdownNow();
    miner.close();
  }

  private void startHost() throws Exception {
    Path repo = Files.createDirectory(temp.resolve("repo")).toRealPath();
    StoragePaths paths = StoragePaths.open(StoragePaths.Settings.ofRepo(repo));
    path = paths.all().get(0);
    MinerAccess access = new MinerAccess(miner::address, kit.system(), threads);
    MinerCallers callers =
        new MinerCallers(
            token -> access.api().thenCompose(api -> api.authVerify(token)), Clock.systemUTC());
    PostHost host =
        new PostHost(
            kit.system(),
            new PostHost.Parts(
                new HostId("prover-1.5f3a9c"),
                new PostHost.Means(
                    post,
                    post,
                    2,
                    1L << 36,
                    new PostSettings(8, Duration.ofSeconds(20)),
                    this::requireParameters),
                access,
                paths,
                callers.remembered(),
                threads,
                Duration.ofMillis(50),
                Clock.systemUTC()));
    URI url =
        PatientListener.open(
                kit.system(),
                new HttpListener.Place("test", "127.0.0.1", 0, Optional.empty(), false, "a test"),
                Duration.ofMinutes(1),
                (request, connection) ->
                    host.handle(request)
                        .orElseGet(
                            () ->
                                CompletableFuture.completedStage(
                                    HttpResponse.create().withStatus(404))))
            .thenApply(HttpListener::url)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    host.begin(url.toString());
  }

  private void requireParameters(SectorSize size, ParameterSet set) throws IOException {
    asked.add(set + " " + size);
    if (missing.contains(set)) {
      throw new IOException(set + " is missing");
    }
  }

  private StandInWorker worker(LotusTask task) throws Exception {
    return miner.awaitWorkers(2, REGISTERED).stream()
        .filter(worker -> worker.firstTasks().equals(Set.of(task)))
        .findFirst()
        .orElseThrow();
  }

  private void put(long number) throws IOException {
    SectorId sector = new SectorId(MINER, number);
    Files.write(FileType.SEALED.of(path.root(), sector), new byte[2048]);
    Files.createDirectory(FileType.CACHE.of(path.root(), sector));
  }

  private static PostSectorChallenge challenge(long number) {
    return new PostSectorChallenge(SEAL, number, COMM_R, List.of(3L, 5L), false);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void eachKindIsAWorkerOfItsOwnThatTakesNothingElse() throws Exception {
    startHost();

    List<StandInWorker> workers = miner.awaitWorkers(2, REGISTERED);

    assertEquals(
        Map.of(
            "/window-post/rpc/v0", Set.of(LotusTask.WINDOW_POST),
            "/winning-post/rpc/v0", Set.of(LotusTask.WINNING_POST)),
        workers.stream()
            .collect(
                Collectors.toMap(
                    worker -> URI.create(worker.url()).getPath(), StandInWorker::firstTasks)));
    assertEquals(2, workers.stream().map(StandInWorker::session).distinct().count());
    StandInWorker window = worker(LotusTask.WINDOW_POST);
    assertTrue(window.info().ignoreResources());
    assertEquals(1L << 36, window.info().resources().memPhysical());
    assertEquals(
        TaskResources.atMost(2),
        window.info().resources().resources().get(LotusTask.WINDOW_POST).get(SEAL.id()));
    assertEquals(Map.of(), worker(LotusTask.WINNING_POST).info().resources().resources());
    assertEquals(Set.of("window-post 2KiB", "winning-post 2KiB"), Set.copyOf(asked));
    assertEquals(List.of(), miner.violations());
  }

  @Test
  void aPartitionIsProvedWithWhatTheMinerHas() throws Exception {
    startHost();
    StandInWorker window = worker(LotusTask.WINDOW_POST);
    put(7);
    miner
        .index()
        .declare(
            miner.ownPath(),
            new SectorId(MINER, 8),
            SectorFileTypes.of(FileType.SEALED, FileType.CACHE),
            true);
    List<String> bodies = new CopyOnWriteArrayList<>();
    miner.proveVanilla(
        body -> {
          bodies.add(body);
          return Optional.of(new byte[] {8});
        });

    WindowPostResult made =
        get(
            window
                .api()
                .generateWindowPoSt(
                    WINDOW, MINER, List.of(challenge(7), challenge(8)), 0, RANDOMNESS));

    assertEquals(Optional.of(WINDOW), made.proof().map(PostProof::type));
    assertEquals(List.of(), made.skipped());
    assertEquals(
        List.of(ScriptedPost.words("7 here at [3, 5]"), Bytes.of(new byte[] {8})),
        post.proved.get(0).vanilla());
    assertEquals(
        List.of(
            "{\"Miner\":1000,\"Sector\":{\"SealProof\":5,\"SectorNumber\":8,\"SealedCID\":{\"/\":\""
                + COMM_R.cid()
                + "\"},\"Challenge\":[3,5],\"Update\":false},\"ProofType\":10}"),
        bodies);
  }

  @Test
  void unreadableSectorsAreSkippedWithoutAnError() throws Exception {
    startHost();
    StandInWorker window = worker(LotusTask.WINDOW_POST);
    put(7);

    WindowPostResult made =
        get(
            window
                .api()
                .generateWindowPoSt(
                    WINDOW, MINER, List.of(challenge(7), challenge(9)), 0, RANDOMNESS));

    assertEquals(new WindowPostResult(Optional.empty(), List.of(new SectorId(MINER, 9))), made);
  }

  @Test
  void aBlockIsProvedAndWhyNotIsAnError() throws Exception {
    startHost();
    StandInWorker winning = worker(LotusTask.WINNING_POST);
    put(7);

    assertEquals(
        List.of(WINNING),
        get(winning.api().generateWinningPoSt(WINNING, MINER, List.of(challenge(7)), RANDOMNESS))
            .stream()
            .map(PostProof::type)
            .toList());
    Throwable refusal =
        assertThrows(
                ExecutionException.class,
                () ->
                    get(
                        winning
                            .api()
                            .generateWinningPoSt(
                                WINNING, MINER, List.of(challenge(9)), RANDOMNESS)))
            .getCause();
    assertTrue(refusal instanceof RpcException, String.valueOf(refusal));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("s-t01000-9 cannot be read"),
        refusal.getMessage());
    assertThrows(
        ExecutionException.class,
        () ->
            get(
                winning
                    .api()
                    .generateWindowPoSt(WINDOW, MINER, List.of(challenge(7)), 0, RANDOMNESS)));
  }

  @Test
  void aMinerThatBeganAnewIsToldAtOnce() throws Exception {
    startHost();
    miner.awaitWorkers(2, REGISTERED);

    miner.restart(Duration.ofMillis(200));

    assertEquals(2, miner.awaitWorkers(2, REGISTERED).size());
    assertEquals(List.of(), miner.violations());
  }

  /** The miner would leave to it what it could do itself. */
  @Test
  void aHostWithoutTheParametersOfAKindIsNotRegisteredForIt() throws Exception {
    missing.add(ParameterSet.WINNING_POST);

    startHost();
    miner.awaitWorkers(1, REGISTERED);
    while (!asked.contains("winning-post 2KiB")) {
      TimeUnit.MILLISECONDS.sleep(20);
    }

    assertEquals(
        List.of(Set.of(LotusTask.WINDOW_POST)),
        miner.workers().stream().map(StandInWorker::firstTasks).toList());
  }
}
