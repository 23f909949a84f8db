package io.selkie.lotus;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.Permission;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.FsStat;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.MinerVersion;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.lotus.wire.WorkerInfo;
import io.selkie.rpc.RpcClient;
import io.selkie.rpc.RpcEndpoint;
import io.selkie.rpc.RpcException;
import io.selkie.rpc.RpcService;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A lotus-miner as LOTUS_WORKER_PROTOCOL.md has it, with what its workers meet: registration,
 * liveness, storage index, scheduler, results, and the pull of what was sealed. What a worker does
 * that a real miner would stumble over is collected: tests end with {@code assertEquals(List.of(),
 * miner.violations())}.
 */
public final class LotusMinerStandIn implements AutoCloseable {
  private static final UUID NOBODY = new UUID(0, 0);
  private static final Duration SESSION = Duration.ofSeconds(5);
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration SHUTDOWN = Duration.ofSeconds(20);
  private static final int MINOR = 8;

  private final MinerId id;
  private final SectorSize sectorSize;
  private final ActorSystem<Void> system =
      ActorSystem.create(
          Behaviors.empty(),
          "lotus-miner-stand-in",
          ConfigFactory.parseString(
                  "akka.http.server.request-timeout = infinite, akka.loglevel = OFF,"
                      + " akka.stdout-loglevel = OFF, akka.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private final ExecutorService threads = Executors.newCachedThreadPool(LotusMinerStandIn::daemon);
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<StandInWorker> workers = new CopyOnWriteArrayList<>();
  private final StandInTokens tokens = new StandInTokens();
  private final StandInIndex index = new StandInIndex();
  private final StandInCalls calls = new StandInCalls(this::violation);
  private final StandInFiles files = new StandInFiles(this);
  private final StandInFaults faults = new StandInFaults(system);
  private final RpcEndpoint endpoint =
      new RpcEndpoint(
          RpcService.of(MinerApi.class, new StandInService(this)),
          token -> CompletableFuture.completedFuture(tokens.verify(token).map(Set::copyOf)),
          system);
  private final String token = tokens.mint(Permission.values());
  private final StandInRemote remote =
      new StandInRemote(tokens.mint(Permission.ADMIN), this::violation);
  private final String ownPath = UUID.randomUUID().toString();

  private volatile UUID session = UUID.randomUUID();
  private volatile CompletableFuture<Void> untilRestart = new CompletableFuture<>();
  private volatile CompletableFuture<Void> up = new CompletableFuture<>();
  private volatile Duration heartbeat = Duration.ofSeconds(1);
  private volatile Duration failurePause = Duration.ofMillis(100);
  private volatile CompletableFuture<Void> goOn = CompletableFuture.completedFuture(null);
  private volatile Predicate<SectorId> waits = sector -> false;
  private volatile boolean duplicateStarts;
  private volatile boolean storesAtWorkers;
  private volatile int apiVersion = MinerVersion.API;
  private volatile Consumer<SealedSector> whenSealed = one -> {};
  private volatile Function<String, Optional<byte[]>> vanilla = asked -> Optional.empty();
  private volatile ServerBinding binding;

  private LotusMinerStandIn(MinerId id, SectorSize sectorSize) throws Exception {
    this.id = id;
    this.sectorSize = sectorSize;
    this.binding = listen(0);
    begin();
    threads.execute(this::watchWorkers);
  }

  /** A miner on a free port of this host. */
  public static LotusMinerStandIn start(MinerId id, SectorSize sectorSize) throws Exception {
    return new LotusMinerStandIn(id, sectorSize);
  }

  private static Thread daemon(Runnable work) {
    Thread made = new Thread(work, "miner-stand-in");
    made.setDaemon(true);
    return made;
  }

  private ServerBinding listen(int port) throws Exception {
    return StandInWorker.answer(
        Http.get(system)
            .newServerAt("127.0.0.1", port)
            .bind(
                (akka.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>>)
                    request -> faults.handle(request, this::handle)),
        SHUTDOWN);
  }

  private CompletionStage<HttpResponse> handle(HttpRequest request) {
    if (request.getUri().path().equals("/rpc/v0")) {
      return endpoint.handle(request);
    }
    if (request.getUri().path().equals("/remote/vanilla/single")) {
      return request
          .entity()
          .toStrict(SESSION.toMillis(), system)
          .thenApply(body -> vanilla.apply(body.getData().utf8String()))
          .thenApply(
              proof ->
                  proof
                      .map(bytes -> HttpResponse.create().withEntity(bytes))
                      .orElseGet(() -> HttpResponse.create().withStatus(500)));
    }
    request.discardEntityBytes(system);
    return CompletableFuture.completedFuture(files.answer(request));
  }

  /** Its own path can seal, too, as on a devnet: workers are offered places that are not theirs. */
  private void begin() {
    long room = 1L << 50;
    index.attach(
        new StorageInfo(
            ownPath,
            List.of("http://127.0.0.1:" + port() + "/remote"),
            10,
            0,
            true,
            true,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of()),
        new FsStat(room, room, room, 0, 0, 0));
    up.complete(null);
  }

  private int port() {
    return binding.localAddress().getPort();
  }

  /** What an operator puts into {@code MINER_API_INFO}. */
  public String apiInfo() {
    return token + ":/ip4/127.0.0.1/tcp/" + port() + "/http";
  }

  /** Where it is. */
  public MinerAddress address() {
    return new MinerAddress(new HostPort("127.0.0.1", port()), false, token);
  }

  /** A client of it, as a worker would have it. */
  public MinerApi api() {
    URI url = URI.create("http://127.0.0.1:" + port() + "/rpc/v0");
    return RpcClient.of(MinerApi.class, url, token, system);
  }

  /** Makes a directory the repo of this miner. */
  public void writeRepo(Path repo) throws IOException {
    writeRepo(repo, token);
  }

  /** The same with a token that allows less. */
  public void writeRepo(Path repo, Permission... allowed) throws IOException {
    writeRepo(repo, tokens.mint(allowed));
  }

  private void writeRepo(Path repo, String token) throws IOException {
    Files.createDirectories(repo);
    Files.writeString(repo.resolve("token"), token);
    Files.writeString(repo.resolve("api"), "/ip4/127.0.0.1/tcp/" + port() + "/http");
  }

  /** What workers did wrong. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  /** Why tasks had to be repeated. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** What was started at workers, in this order, such as {@code sealCommit2 of s-t01000-1}. */
  public List<String> log() {
    return List.copyOf(log);
  }

  /** What goes wrong. */
  public StandInFaults faults() {
    return faults;
  }

  /** Who has what. */
  public StandInIndex index() {
    return index;
  }

  /** What it has itself, as far as workers can get it. */
  public StandInFiles files() {
    return files;
  }

  /** What runs. */
  public StandInCalls calls() {
    return calls;
  }

  /** Who is registered now. */
  public List<StandInWorker> workers() {
    return List.copyOf(workers);
  }

  /** Waits until so many workers are registered and enabled. */
  public List<StandInWorker> awaitWorkers(int count, Duration deadline) throws Exception {
    long end = System.nanoTime() + deadline.toNanos();
    while (System.nanoTime() < end) {
      List<StandInWorker> there = workers.stream().filter(StandInWorker::enabled).toList();
      if (there.size() >= count) {
        return there;
      }
      pause(Duration.ofMillis(20));
    }
    throw new IllegalStateException(
        "after " + deadline + " there are these workers: " + workers + ", " + violations);
  }

  /** How often it asks its workers whether they live; before: each second, a real one each ten. */
  public void heartbeatEvery(Duration period) {
    heartbeat = period;
  }

  /** How long a sector waits after a failure; before: 100 ms, at a real miner a minute. */
  public void pauseAfterFailure(Duration pause) {
    failurePause = pause;
  }

  /** What such sectors failed at is tried again once {@link #goOnAfterFailures} is called. */
  public void waitAfterFailure(Predicate<SectorId> which) {
    goOn = new CompletableFuture<>();
    waits = which;
  }

  /** What has failed is tried again after its pause, whichever sector's it is. */
  public void goOnAfterFailures() {
    goOn.complete(null);
  }

  /** Each call that starts a task, but those with a pushed stream, comes twice. */
  public void startTwice(boolean now) {
    duplicateStarts = now;
  }

  /** Sectors stay at workers with a path that can store; before: this miner pulls them. */
  public void storeAtWorkers(boolean now) {
    storesAtWorkers = now;
  }

  /** What {@code Version} says; before: what it has to say. */
  public void sayApiVersion(int version) {
    apiVersion = version;
  }

  /** Is told of each sector that is sealed, before its future ends: it may throw. */
  public void whenSealed(Consumer<SealedSector> check) {
    whenSealed = check;
  }

  /** What it answers to {@code POST /remote/vanilla/single}, given the body; before: 500. */
  public void proveVanilla(Function<String, Optional<byte[]>> proof) {
    vanilla = proof;
  }

  /** Seals a sector of zeros. */
  public CompletableFuture<SealedSector> seal(long number, SealProofType type) {
    return seal(number, type, Optional.empty());
  }

  /**
   * Seals a sector with a piece that is pushed, and zeros.
   *
   * @param piece as many bytes as an unpadded piece has
   */
  public CompletableFuture<SealedSector> seal(long number, SealProofType type, byte[] piece) {
    return seal(number, type, Optional.of(piece.clone()));
  }

  /**
   * Seals a sector of zeros as far as PreCommit2, and updates it with a piece that is pushed.
   *
   * @param piece half of the sector, unpadded
   * @param proves whether the Groth proof of the update is made, too
   */
  public CompletableFuture<UpdatedSector> update(
      long number, SealProofType type, byte[] piece, boolean proves) {
    SectorRef sector = new SectorRef(new SectorId(id, number), type);
    CompletableFuture<UpdatedSector> updated = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            updated.complete(new StandInUpdate(this, sector, piece.clone(), proves).run());
          } catch (Throwable e) {
            updated.completeExceptionally(e);
          }
        });
    return updated;
  }

  private CompletableFuture<SealedSector> seal(
      long number, SealProofType type, Optional<byte[]> piece) {
    SectorRef sector = new SectorRef(new SectorId(id, number), type);
    CompletableFuture<SealedSector> sealed = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            SealedSector done = new StandInSealing(this, sector, piece).run();
            whenSealed.accept(done);
            sealed.complete(done);
          } catch (Throwable e) {
            sealed.completeExceptionally(e);
          }
        });
    return sealed;
  }

  /**
   * Starts a task at a worker, whichever it is.
   *
   * @param method such as {@code unsealPiece}
   * @return what the worker reports in the end
   */
  public CompletableFuture<StandInCalls.Result> call(
      StandInWorker worker,
      String method,
      SectorId sector,
      Function<WorkerApi, CompletionStage<CallId>> start)
      throws Exception {
    return start(worker, method, sector, Optional.empty(), start);
  }

  /**
   * Has a worker compute the commitment of data, which is pushed.
   *
   * @param data as many bytes as the piece has, or fewer
   */
  public CompletableFuture<StandInCalls.Result> dataCid(
      StandInWorker worker, UnpaddedSize size, byte[] data) throws Exception {
    UUID stream = UUID.randomUUID();
    byte[] own = data.clone();
    threads.execute(() -> remote.push(worker.url(), stream, own));
    return call(
        worker,
        "dataCid",
        new SectorId(new MinerId(0), 0),
        api -> api.dataCid(size, ReaderStream.push(stream)));
  }

  CompletableFuture<StandInCalls.Result> start(
      StandInWorker worker,
      String method,
      SectorId sector,
      Optional<String> key,
      Function<WorkerApi, CompletionStage<CallId>> start)
      throws Exception {
    CompletableFuture<Void> epoch = untilRestart;
    boolean twice = duplicateStarts && !method.equals("addPiece") && !method.equals("dataCid");
    if (twice) {
      CallId twin = StandInWorker.answer(start.apply(worker.api()), CALL);
      var unused = calls.started(method, sector, twin, Optional.empty());
    }
    CallId call = StandInWorker.answer(start.apply(worker.api()), CALL);
    if (epoch.isDone()) {
      throw new MinerRestarted();
    }
    var unused = worker.api().info();
    CompletableFuture<StandInCalls.Result> result = calls.started(method, sector, call, key);
    log.add(method + " of " + sector);
    return result;
  }

  /** Waits without limit, as a real miner does, but for a restart. */
  <T> T await(CompletableFuture<T> result) throws Exception {
    CompletableFuture<Void> epoch = untilRestart;
    CompletableFuture.anyOf(result, epoch).get();
    if (epoch.isDone()) {
      throw new MinerRestarted();
    }
    return result.get();
  }

  /** The process of the miner ended; what it did is begun again by the next one. */
  static final class MinerRestarted extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** Ends with a restart. */
  CompletableFuture<Void> epoch() {
    return untilRestart;
  }

  void awaitUp() throws Exception {
    up.get();
  }

  /**
   * The miner ends, and comes back after a while at the same port: with another session, without
   * workers and index; sectors go on where they were.
   */
  public synchronized void restart(Duration down) throws Exception {
    stop();
    pause(down);
    comeBack();
  }

  /** The miner ends. */
  public synchronized void stop() throws Exception {
    up = new CompletableFuture<>();
    CompletableFuture<Void> before = untilRestart;
    untilRestart = new CompletableFuture<>();
    before.complete(null);
    var unused = StandInWorker.answer(binding.terminate(Duration.ofMillis(1)), SHUTDOWN);
    workers.clear();
    index.clearBut(ownPath);
    calls.restart();
    session = UUID.randomUUID();
  }

  /** The miner starts again. */
  public synchronized void comeBack() throws Exception {
    binding = listen(port());
    begin();
  }

  CompletionStage<@Nullable Void> connect(String url) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            register(url);
            return null;
          } catch (Exception e) {
            throw new java.util.concurrent.CompletionException(
                new RpcException("connecting remote storage failed: " + e.getMessage()));
          }
        },
        threads);
  }

  private void register(String url) throws Exception {
    CompletableFuture<Void> epoch = untilRestart;
    WorkerApi api =
        RpcClient.of(WorkerApi.class, URI.create(url), tokens.mint(Permission.ADMIN), system);
    int version = StandInWorker.answer(api.version(), CALL);
    if (version >> MINOR != WorkerApi.VERSION >> MINOR) {
      violation(url + " has version " + version);
      throw new IOException("unsupported worker api version: " + version);
    }
    UUID given = StandInWorker.answer(api.session(), CALL);
    if (given.equals(NOBODY)) {
      throw new IOException("worker already closed");
    }
    WorkerInfo info = StandInWorker.answer(api.info(), CALL);
    Set<LotusTask> tasks = StandInWorker.answer(api.taskTypes(), CALL).tasks();
    if (tasks.stream().anyMatch(LotusTask::isPost) && !tasks.stream().allMatch(LotusTask::isPost)) {
      violation(url + " takes sealing tasks and proofs of spacetime in one: " + tasks);
    }
    StandInWorker worker = new StandInWorker(given, url, api, info, tasks);
    synchronized (workers) {
      if (epoch.isDone()) {
        throw new IOException("EOF");
      }
      if (workers.stream().anyMatch(one -> one.session().equals(given))) {
        return; // as a real one, which logs a warning
      }
      workers.add(worker);
    }
    ask(worker);
  }

  private void watchWorkers() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        pause(heartbeat);
        CompletableFuture.allOf(
                workers.stream()
                    .map(worker -> CompletableFuture.runAsync(() -> ask(worker), threads))
                    .toArray(CompletableFuture<?>[]::new))
            .get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      violation("the stand-in itself failed: " + e);
    }
  }

  private void ask(StandInWorker worker) {
    try {
      UUID now = StandInWorker.answer(worker.api().session(), SESSION);
      worker.enabled(now.equals(worker.session()));
      if (!now.equals(worker.session())) {
        workers.remove(worker);
      }
    } catch (Exception e) {
      worker.enabled(false);
    }
  }

  static void pause(Duration pause) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(pause.toMillis());
  }

  void violation(String what) {
    violations.add(what);
  }

  void failure(String what) {
    failures.add(what);
  }

  MinerId id() {
    return id;
  }

  SectorSize sectorSize() {
    return sectorSize;
  }

  UUID session() {
    return session;
  }

  int apiVersion() {
    return apiVersion;
  }

  StandInTokens tokens() {
    return tokens;
  }

  StandInRemote remote() {
    return remote;
  }

  String ownPath() {
    return ownPath;
  }

  boolean storesAtWorkers() {
    return storesAtWorkers;
  }

  /** What a sector, or an update of it, does after a failure. */
  void rest(SectorId sector) throws Exception {
    pause(failurePause);
    if (waits.test(sector)) {
      goOn.get();
    }
  }

  ExecutorService threads() {
    return threads;
  }

  @Override
  public void close() throws Exception {
    threads.shutdownNow();
    system.terminate();
    var unused = StandInWorker.answer(system.getWhenTerminated(), SHUTDOWN);
  }
}
