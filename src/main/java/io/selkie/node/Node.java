package io.selkie.node;

import static java.util.Objects.requireNonNull;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.api.ApiServer;
import io.selkie.auth.AuditEntry;
import io.selkie.auth.AuditLog;
import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import io.selkie.journal.Database;
import io.selkie.lotus.LotusNode;
import io.selkie.lotus.LotusSettings;
import io.selkie.lotus.MinerFinder;
import io.selkie.lotus.MinerWatch;
import io.selkie.lotus.remote.ProofsVanilla;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.Sealing;
import io.selkie.storage.KnownRepo;
import io.selkie.storage.RepoLock;
import io.selkie.storage.StateDirectory;
import io.selkie.view.SectorView;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  private final OpenParts open = new OpenParts();
  private final NodeEnd end = new NodeEnd();
  private volatile @Nullable URI api;
  private volatile @Nullable ActorSystem<?> system;

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
    open.keep("end", end::complete); // whoever waits for it goes on when all is closed
    StateDirectory state = settings.state();
    state.create();
    KnownRepo.require(settings.storage().paths(settings.repo(), state));
    lock(settings);
    FailPoints.arm(settings.test().failPoints(), settings.test().failPointDirectory());
    HostId host = HostIdentity.of(state);
    Database database = database(settings);
    ExecutorService blocking = Executors.newCachedThreadPool(Node::daemon);
    open.keep("threads", blocking::shutdownNow);
    NodeParts parts = NodeParts.open(settings, host, database, blocking);
    open.keep("provers that wait", parts.jobs());
    blocking.execute(parts.jobs()::startIdle);
    AuditLog audit = AuditLog.in(state.path(), Clock.systemUTC());
    open.keep("audit log", audit);
    ActorSystem<NodeGuardian.Command> system = actors(settings, parts);
    this.system = system;
    NodeGuardian.Actors actors =
        await(
            AskPattern.ask(system, NodeGuardian.Introduce::new, INTRODUCTION, system.scheduler()));
    Sealing sealing = Sealing.start(system, sealing(settings, parts, actors));
    SealedSectors sealed =
        new SealedSectors(
            new SectorView(database.dataSource()),
            sealing,
            () -> settings.sendsAway(parts.paths()));
    blocking.execute(sealed::wake);
    ApiServer server =
        await(
            new NodeApi(settings, parts, system, actors, sealing, sealed, audit).start(open, end));
    announce(state, server.url());
    LOG.info("host {} works in {} and answers at {}", host, settings.repo(), server.url());
    if (settings.lotus().isPresent()) {
      workForMiner(settings.lotus().get(), settings, parts, actors, audit);
    }
  }

  private void lock(NodeSettings settings) throws IOException {
    StateDirectory state = settings.state();
    open.keep(
        "state lock",
        RepoLock.takeForNode(state)
            .orElseThrow(
                () -> new IOException(state.path() + " is in use: another node runs on it")));
    if (!settings.storage().shared()) {
      open.keep(
          "repo lock",
          RepoLock.take(settings.repo())
              .orElseThrow(
                  () ->
                      new IOException(
                          settings.repo() + " is busy: another selkie process works there")));
    }
  }

  private Database database(NodeSettings settings) throws IOException {
    Database.requireMoved(settings.state(), settings.database());
    Database database = Database.open(settings.state(), settings.database());
    open.keep("database", database);
    database.requireWhole();
    return database;
  }

  private ActorSystem<NodeGuardian.Command> actors(NodeSettings settings, NodeParts parts) {
    ActorSystem<NodeGuardian.Command> system =
        ActorSystem.create(NodeGuardian.create(settings, parts), "selkie", config(settings, parts));
    open.keep("actors", () -> end.terminate(system));
    end.watch(system, parts.blocking());
    return system;
  }

  private static Config config(NodeSettings settings, NodeParts parts) {
    return parts
        .database()
        .config()
        // What the operator says of Akka counts more than what we do.
        .withFallback(ConfigFactory.defaultOverrides())
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(Membership.ofDiscovery(settings.cluster(), parts.database()))
        .withFallback(ClusterConfig.of(settings.cluster(), parts.host()))
        .withFallback(
            ConfigFactory.parseResources(Node.class.getClassLoader(), "io/selkie/node/node.conf"))
        .withFallback(settings.config())
        .resolve();
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
        () -> settings.sendsAway(parts.paths()));
  }

  /** Local commands find the node by this file; a stale one is known by nobody answering. */
  private void announce(StateDirectory state, URI url) throws IOException {
    Path file = state.apiFile();
    Durable.replace(file, (url + "\n").getBytes(StandardCharsets.UTF_8));
    api = url;
    open.keep("address", () -> Files.deleteIfExists(file));
  }

  private void workForMiner(
      LotusSettings lotus,
      NodeSettings settings,
      NodeParts parts,
      NodeGuardian.Actors actors,
      AuditLog audit)
      throws IOException {
    MinerFinder finder = new MinerFinder(lotus.storageRepo(), settings.environment());
    URI url =
        await(
            LotusNode.start(
                requireNonNull(system),
                new LotusNode.Parts(
                    parts.host(),
                    lotus.address().orElseGet(finder::ownAddress),
                    lotus.announceUrl(),
                    finder,
                    parts.paths(),
                    parts.places(),
                    parts.digest()::of,
                    new ProofsVanilla(parts.provers(), parts.paths(), parts.blocking()),
                    MinerSectors.of(settings),
                    settings.spool(parts.host()).resolveSibling("pieces"),
                    (file, sector) ->
                        audit.append(
                            AuditEntry.deletion(
                                "miner", file.toString(), sector.map(SectorId::toString))),
                    PostMeans.of(settings, parts, actors.worker(), requireNonNull(system)),
                    parts.missing()::are,
                    actors.scheduler(),
                    parts.blocking(),
                    line -> end.want(Optional.of(line)),
                    () -> end.want(Optional.empty()))));
    LOG.info("takes the tasks of a miner at {}", url);
    open.keep("miner watch", MinerWatch.start(lotus, finder));
  }

  /** Why it ended by itself, if it had to: one line that says what to do. */
  public Optional<String> refusal() {
    return end.refusal();
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

  /**
   * The result of a part that is being opened.
   *
   * @throws IOException if it is not to be had, or not in time; one line
   */
  static <T> T await(CompletionStage<T> stage) throws IOException {
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

  /** Returns when the node has stopped, or its actors have and it is to be closed. */
  public void awaitStopped() throws InterruptedException {
    end.await();
  }

  /** Whether its actors ended by themselves: the other hosts of the farm go on without it. */
  public boolean isLost() {
    return end.isLost();
  }

  /**
   * Stops the node; running provers go on. What cannot be closed is logged, and the rest closed.
   */
  @Override
  public void close() {
    end.begin();
    open.close();
  }
}
