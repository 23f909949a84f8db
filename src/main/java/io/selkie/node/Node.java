package io.selkie.node;

import static java.util.Objects.requireNonNull;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.api.ApiServer;
import io.selkie.api.ApiServices;
import io.selkie.api.ReadModel;
import io.selkie.auth.AuditLog;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.chain.Chain;
import io.selkie.chain.DevChain;
import io.selkie.chain.DevChainSettings;
import io.selkie.chain.NoChain;
import io.selkie.failpoints.FailPoints;
import io.selkie.files.Durable;
import io.selkie.journal.Database;
import io.selkie.journal.JournalIndex;
import io.selkie.lotus.MinerFinder;
import io.selkie.lotus.MinerWatch;
import io.selkie.proofs.InProcessJobs;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.NodeJobs;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.ProverProofs;
import io.selkie.proofs.ProverSettings;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.Sealing;
import io.selkie.storage.CopyCheck;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.OrphanFinder;
import io.selkie.storage.RepoLock;
import io.selkie.storage.ServedPaths;
import io.selkie.storage.SpaceGauge;
import io.selkie.storage.StateDirectory;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.transfer.InputClient;
import io.selkie.transfer.SealingPlaces;
import io.selkie.transfer.TransferServer;
import io.selkie.transfer.TransferSettings;
import io.selkie.view.SectorView;
import io.selkie.worker.Device;
import io.selkie.worker.Devices;
import io.selkie.worker.HostFitness;
import io.selkie.worker.HostLedger;
import io.selkie.worker.Jobs;
import io.selkie.worker.LeaseFiles;
import io.selkie.worker.ProgressBoard;
import io.selkie.worker.ProverTaskRunner;
import io.selkie.worker.Worker;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node. Its parts are opened in an order in which each failure is one line and leaves
 * nothing behind, and closed in the reverse order. Provers go on when it is closed.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration INTRODUCTION = Duration.ofSeconds(30);
  private static final Duration SHUTDOWN = Duration.ofSeconds(60);

  /** Actors that were told to end by themselves have this long; seconds are usual. */
  private static final Duration END = Duration.ofSeconds(20);

  /** Of the 10 to 50 MB that a Commit2 reads: who takes longer is asked again. */
  private static final Duration FETCH = Duration.ofMinutes(15);

  private final Deque<Part> open = new ArrayDeque<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile boolean lost;
  private volatile boolean stuck;
  private volatile @Nullable URI api;
  private volatile @Nullable ActorSystem<?> system;
  private boolean receives;

  /** Something that was opened, and how it is closed. */
  private record Part(String name, AutoCloseable close) {}

  private Node() {}

  /**
   * Starts a node and returns when it takes work.
   *
   * @throws IOException if it cannot run here; one line that says what to do
   */
  public static Node start(NodeSettings settings) throws IOException {
    Node node = new Node();
    boolean started = false;
    try {
      node.openAll(settings);
      started = true;
      return node;
    } catch (RuntimeException e) {
      // A setting of a library, a port that is taken: whatever it is, one line.
      throw new IOException("the node cannot start: " + e.getMessage(), e);
    } finally {
      if (!started) {
        node.close();
      }
    }
  }

  private void openAll(NodeSettings settings) throws IOException {
    StateDirectory state = settings.state();
    state.create();
    StoragePaths.requireKnownRepo(settings.storage().paths(settings.repo(), state));
    keep(
        "state lock",
        RepoLock.takeForNode(state)
            .orElseThrow(
                () -> new IOException(state.path() + " is in use: another node runs on it")));
    if (!settings.storage().shared()) {
      keep(
          "repo lock",
          RepoLock.take(settings.repo())
              .orElseThrow(
                  () ->
                      new IOException(
                          settings.repo() + " is busy: another selkie process works there")));
    }
    NodeSettings.Test test = settings.test();
    FailPoints.arm(test.failPoints(), test.failPointDirectory());
    HostId host = HostIdentity.of(state);
    Database.requireMoved(state, settings.database());
    Database database = Database.open(state, settings.database());
    keep("database", database);
    database.requireWhole();
    ExecutorService blocking = Executors.newCachedThreadPool(Node::daemon);
    keep("threads", blocking::shutdownNow);
    NodeParts parts = parts(settings, host, database, blocking);
    keep("provers that wait", parts.jobs());
    blocking.execute(parts.jobs()::startIdle);
    AuditLog audit = AuditLog.in(state.path(), Clock.systemUTC());
    keep("audit log", audit);
    ActorSystem<NodeGuardian.Command> system = actorSystem(settings, parts);
    this.system = system;
    keep("actors", () -> terminate(system));
    CompletionStage<Void> unused =
        system
            .getWhenTerminated()
            .thenAccept(
                terminated -> {
                  lost = !closing;
                  stopped.countDown();
                });
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
            "selkie-await-the-end",
            () -> {
              blocking.execute(() -> awaitEnd(system));
              return CompletableFuture.completedStage(Done.getInstance());
            });
    NodeGuardian.Actors actors =
        await(
            AskPattern.ask(system, NodeGuardian.Introduce::new, INTRODUCTION, system.scheduler()));
    Sealing sealing = Sealing.start(system, sealing(settings, parts, actors));
    parts.blocking().execute(() -> wakeSealed(settings, parts, sealing));
    ApiServer server = await(api(settings, parts, audit, system, actors, sealing));
    announce(state, server.url());
    LOG.info("host {} works in {} and answers at {}", host, settings.repo(), server.url());
    settings
        .lotus()
        .ifPresent(
            lotus -> {
              MinerFinder finder = new MinerFinder(lotus.storageRepo(), settings.environment());
              MinerWatch watch = MinerWatch.start(lotus, finder);
              keep("miner watch", watch);
            });
  }

  private static Sealing.Parts sealing(
      NodeSettings settings, NodeParts parts, NodeGuardian.Actors actors) {
    return new Sealing.Parts(
        settings.miner(),
        parts.chain(),
        parts.host(),
        parts.places(),
        actors.files(),
        parts.database().dataSource(),
        parts.blocking(),
        settings.sealing(),
        Clock.systemUTC(),
        () -> settings.transfers(NodeGuardian.stores(parts.paths()).size()));
  }

  private CompletionStage<ApiServer> api(
      NodeSettings settings,
      NodeParts parts,
      AuditLog audit,
      ActorSystem<?> system,
      NodeGuardian.Actors actors,
      Sealing sealing)
      throws IOException {
    Path state = settings.state().path();
    ObjectMapper json =
        JacksonObjectMapperProvider.get(system).getOrCreate("jackson-json", Optional.empty());
    NodeOperations operations =
        new NodeOperations(system, actors, sealing, parts, settings.localStorage(), json);
    ServedPaths served = ServedPaths.open(state.resolve("served.json"));
    NodeStorage storage =
        storage(
            settings,
            parts,
            audit,
            sealing,
            operations,
            served,
            () -> receive(settings, parts, system, served));
    if (settings.cluster().isFarm() && !isReached(settings)) {
      LOG.warn(
          "selkie.transfer.host {} is of this host alone, so Commit2 of its sectors runs here and"
              + " nowhere else: set it to an address that the farm reaches",
          settings.transfer().host());
    }
    if (!served(settings.transfer(), parts.paths(), served).isEmpty() || isReached(settings)) {
      receive(settings, parts, system, served);
    }
    keep("look for orphans", Janitor.start(storage, settings.storage(), settings.state().jobs()));
    return ApiServer.start(
        system,
        settings.api(),
        new ApiServices(
            operations,
            storage,
            ReadModel.of(new SectorView(parts.database().dataSource()), actors.feed()),
            new Tokens(TokenSecret.in(state), Clock.systemUTC()),
            audit,
            settings.spool(parts.host()),
            Clock.systemUTC()));
  }

  private static NodeStorage storage(
      NodeSettings settings,
      NodeParts parts,
      AuditLog audit,
      Sealing sealing,
      NodeOperations operations,
      ServedPaths served,
      NodeStorage.Receiving receiving)
      throws IOException {
    SectorView view = new SectorView(parts.database().dataSource());
    JournalStandings journal =
        new JournalStandings(
            new JournalIndex(parts.database().dataSource()),
            view,
            sealing,
            operations,
            parts.places());
    return new NodeStorage(
        new NodeStorage.Parts(
            parts.paths(),
            new OrphanFinder(
                parts.paths(), settings.storage().shared(), journal, Clock.systemUTC()),
            journal,
            SpareUploads.of(SpareUploads.leftIn(settings.spool(parts.host())), sealing, view),
            Jobs.of(parts.jobs()),
            settings.state().jobs(),
            () -> stores(settings.transfer()),
            () -> wakeSealed(settings, parts, sealing),
            served,
            receiving,
            new CopyCheck(parts.paths(), parts.digest()::of),
            audit,
            parts.blocking()));
  }

  /** Sectors that were sealed before there was a place to go to, also in an earlier life. */
  private static void wakeSealed(NodeSettings settings, NodeParts parts, Sealing sealing) {
    if (settings.transfers(NodeGuardian.stores(parts.paths()).size())) {
      new SealedSectors(new SectorView(parts.database().dataSource()), sealing).wake();
    }
  }

  /** Directories that sectors are sent to, by this node or by its peers. */
  private static List<Path> stores(TransferSettings settings) {
    return Stream.concat(
            settings.serve().stream(),
            settings.targets().stream()
                .filter(TransferSettings.Directory.class::isInstance)
                .map(target -> ((TransferSettings.Directory) target).path()))
        .filter(Files::isDirectory)
        .distinct()
        .toList();
  }

  /** What peers may send sectors into: by the settings, and attached so. */
  private static List<Path> served(
      TransferSettings settings, StoragePaths paths, ServedPaths attached) {
    return Stream.concat(
            settings.serve().stream(),
            paths.all().stream().filter(path -> attached.has(path.id())).map(StoragePath::root))
        .distinct()
        .toList();
  }

  /** Opens the transfer address, if it is not open. */
  private synchronized void receive(
      NodeSettings settings, NodeParts parts, ActorSystem<?> system, ServedPaths attached)
      throws IOException {
    TransferSettings transfer = settings.transfer();
    if (receives || stopped.getCount() == 0) {
      return;
    }
    Path state = settings.state().path();
    Tokens tokens = new Tokens(TokenSecret.in(state), Clock.systemUTC());
    URI url =
        await(
            TransferServer.start(
                system,
                new TransferServer.Parts(
                    transfer,
                    () -> served(transfer, parts.paths(), attached),
                    parts.paths()::otherReplica,
                    parts.worker().means() instanceof HostLedger ledger
                        ? new ComingSectors(parts.host(), parts.places(), parts.paths(), ledger)
                        : SealingPlaces.none(),
                    state,
                    parts.host().value(),
                    parts.places(),
                    tokens,
                    parts.digest(),
                    parts.blocking())));
    Path file = state.resolve("transfer");
    Durable.replace(file, (url + "\n").getBytes(StandardCharsets.UTF_8));
    keep("transfer address", () -> Files.deleteIfExists(file));
    receives = true;
    LOG.info("receives sectors at {}", url);
    String address = settings.cluster().address();
    if (isReached(settings) && parts.worker().means() instanceof HostLedger ledger) {
      ledger.servesFilesAt(
          new FileTickets(parts.host(), FileTickets.from(url, address), tokens, Clock.systemUTC()));
    }
  }

  /** Whether other hosts of the farm can fetch what their Commit2 read from here. */
  private static boolean isReached(NodeSettings settings) throws IOException {
    return settings.cluster().isFarm()
        && FileTickets.isReached(settings.transfer().host(), settings.cluster().address());
  }

  /** Local commands find the node by this file; a stale one is known by nobody answering. */
  private void announce(StateDirectory state, URI url) throws IOException {
    Path file = state.apiFile();
    Durable.replace(file, (url + "\n").getBytes(StandardCharsets.UTF_8));
    api = url;
    keep("address", () -> Files.deleteIfExists(file));
  }

  /** Its actors, for measurements. */
  ActorSystem<?> system() {
    return requireNonNull(system, "the node has started");
  }

  /** Where it answers, such as {@code http://127.0.0.1:4720/api/v1}. */
  public URI api() {
    return requireNonNull(api, "the node has started");
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "selkie-blocking");
    thread.setDaemon(true);
    return thread;
  }

  private static NodeParts parts(
      NodeSettings settings, HostId host, Database database, ExecutorService blocking)
      throws IOException {
    StateDirectory state = settings.state();
    boolean standIn = settings.test().standInProofs();
    ProofsLibrary library = ProofsLibrary.find(settings.config());
    ProverSettings provers =
        new ProverSettings(
            library,
            state.jobs(),
            settings.priorities(),
            false,
            proverEnvironment(settings),
            standIn);
    Proofs local = standIn ? new ProverProofs(provers) : NativeProofs.load(library);
    ProgressBoard progress = new ProgressBoard();
    StoragePaths paths = StoragePaths.open(settings.storage().paths(settings.repo(), state));
    HostPlaces places = new HostPlaces(paths, settings.storage().shared(), host.toString());
    NodeJobs jobs = new NodeJobs(provers, settings.inProcess() ? 0 : settings.idleProvers());
    Jobs runs = Jobs.of(jobs);
    HostFitness fitness = HostFitness.of(library.prover(), state.jobs());
    if (settings.inProcess() && local instanceof NativeProofs here) {
      LOG.warn(
          "phases run in the node itself (selkie.prover.executor = in-process): none outlives it,"
              + " and none can be aborted before its end");
      InProcessJobs own = new InProcessJobs(here, Clock.systemUTC());
      runs = Jobs.inProcess(own, runs);
      fitness = own::problem;
    }
    List<Device> devices =
        Devices.find(settings.host().gpu(), settings.host().cpuLeases(), System.getenv());
    HostLedger ledger =
        HostLedger.open(
            state.admitted(),
            new SpaceGauge(places, state.jobs()),
            settings.host().limits(devices),
            () -> settings.transfers(NodeGuardian.stores(paths).size()),
            fitness);
    InputClient inputs =
        new InputClient(settings.transfer().tls(), settings.transfer().stallTimeout(), FETCH);
    ProverTaskRunner runner =
        new ProverTaskRunner(places, runs, local, progress, ledger, blocking, inputs::fetch);
    Worker.Parts worker =
        new Worker.Parts(runner, ledger, devices, new LeaseFiles(state.leases()), blocking);
    return new NodeParts(
        host,
        database,
        local,
        paths,
        places,
        jobs,
        worker,
        progress,
        chain(settings, database, local, blocking),
        blocking);
  }

  private static Map<String, String> proverEnvironment(NodeSettings settings) {
    Map<String, String> environment = new HashMap<>();
    if (settings.test().standInProofs()) {
      environment.putAll(settings.test().proverEnvironment());
    }
    if (!settings.host().gpu()) {
      environment.putAll(ProverSettings.WITHOUT_GPU);
    }
    return environment;
  }

  private static Chain chain(
      NodeSettings settings, Database database, Proofs local, ExecutorService blocking)
      throws IOException {
    StateDirectory state = settings.state();
    if (ChainKind.settle(settings.chain(), state) == ChainKind.NONE) {
      return new NoChain();
    }
    DevChainSettings chain =
        DevChainSettings.devnet(settings.blockTime(), settings.test().standInProofs())
            .withChallengeDelay(settings.challengeDelay());
    // Whoever shares the journal drives each other's sectors, on one chain.
    return database.isShared()
        ? DevChain.open(database.dataSource(), chain, local, Clock.systemUTC(), blocking)
        : DevChain.open(state.path().resolve("chain"), chain, local, Clock.systemUTC(), blocking);
  }

  private static ActorSystem<NodeGuardian.Command> actorSystem(
      NodeSettings settings, NodeParts parts) {
    Config config =
        parts
            .database()
            .config()
            // What the operator says of Akka counts more than what we do.
            .withFallback(ConfigFactory.defaultOverrides())
            .withFallback(ConfigFactory.defaultApplication())
            .withFallback(Membership.ofDiscovery(settings.cluster(), parts.database()))
            .withFallback(ClusterConfig.of(settings.cluster(), parts.host()))
            .withFallback(
                ConfigFactory.parseResources(
                    Node.class.getClassLoader(), "io/selkie/node/node.conf"))
            .withFallback(settings.config())
            .resolve();
    return ActorSystem.create(NodeGuardian.create(settings, parts), "selkie", config);
  }

  private static <T> T await(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get(INTRODUCTION.toSeconds() * 2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the node started", e);
    } catch (TimeoutException e) {
      throw new IOException("the node did not start in time; look at its log", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException("the node did not start: " + e.getCause(), e);
    }
  }

  /**
   * Now and then, when hosts have lost each other, an actor of Akka's waits for ever for another
   * host's answer. The process must end all the same, for the others go on without it.
   */
  private void awaitEnd(ActorSystem<?> system) {
    try {
      system.getWhenTerminated().toCompletableFuture().get(END.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      if (!closing) {
        LOG.warn("the actors do not end within {} s: the node ends without them", END.toSeconds());
        stuck = true;
        lost = true;
        stopped.countDown();
      }
    } catch (ExecutionException e) {
      LOG.warn("the actors ended by a failure: {}", String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the node is closed
    }
  }

  private void terminate(ActorSystem<?> system) throws Exception {
    if (stuck) {
      return; // they were told already
    }
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(SHUTDOWN.toSeconds(), TimeUnit.SECONDS);
  }

  private synchronized void keep(String name, AutoCloseable close) {
    open.push(new Part(name, close));
  }

  /** Returns when the node has stopped, or its actors have and it is to be closed. */
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /** Whether its actors ended by themselves: the other hosts of the farm go on without it. */
  public boolean isLost() {
    return lost;
  }

  /**
   * Stops the node; running provers go on. What cannot be closed is logged, and the rest closed.
   */
  @Override
  public synchronized void close() {
    // An interrupt is what often leads here; the order must be kept all the same.
    boolean interrupted = Thread.interrupted();
    closing = true;
    while (!open.isEmpty()) {
      Part part = open.pop();
      try {
        part.close().close();
      } catch (Exception e) {
        LOG.warn("cannot close the {}: {}", part.name(), e.toString());
      }
    }
    stopped.countDown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
