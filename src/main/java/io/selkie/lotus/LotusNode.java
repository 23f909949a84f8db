package io.selkie.lotus;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.pattern.Patterns;
import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.http.Connection;
import io.selkie.http.HttpListener;
import io.selkie.http.PatientListener;
import io.selkie.lotus.calls.CallState;
import io.selkie.lotus.calls.LotusCall;
import io.selkie.lotus.remote.RemoteIndex;
import io.selkie.lotus.remote.RemoteRoutes;
import io.selkie.lotus.remote.VanillaProofs;
import io.selkie.lotus.streams.PieceStreams;
import io.selkie.lotus.streams.StreamLimits;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.rpc.RpcEndpoint;
import io.selkie.rpc.RpcException;
import io.selkie.rpc.RpcJson;
import io.selkie.rpc.RpcService;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.sector.SectorTasks;
import io.selkie.stages.Stages;
import io.selkie.storage.Deletion;
import io.selkie.storage.FileType;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.worker.Jobs;
import io.selkie.worker.MissingFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The part of a node that works for a Lotus miner: its listener, its calls, and the link. */
public final class LotusNode {
  private static final Duration TASK_REPEAT = Duration.ofSeconds(30);
  private static final Duration CALL_REPEAT = Duration.ofSeconds(5);

  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Until the calls of a farm that starts are found. */
  private static final Duration STARTING = Duration.ofMinutes(2);

  /** So many looks, and a host's paths report: each 10 s, as those of Lotus's workers. */
  private static final int ROUNDS = 5;

  /**
   * A miner that began anew knows no workers. Lotus's look every 10 s, and wait for their tasks.
   */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private static final Duration REQUEST = Duration.ofMinutes(2);
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final ActorSystem<?> system;
  private final Parts parts;
  private final Clock clock = Clock.systemUTC();
  private final ClusterSharding sharding;
  private final MinerAccess miner;
  private final SectorTasks tasks;
  private final LotusFiles files;
  private final CallDesk desk;
  private final CompletableFuture<PathIndex> index = new CompletableFuture<>();
  private final CompletableFuture<String> base = new CompletableFuture<>();
  private final LinkBoard board = new LinkBoard();
  private final Optional<PostHost> post;
  private final MinerCallers callers;

  /**
   * What it works with.
   *
   * @param own where it listens
   * @param remote where others reach it; empty: there
   * @param announceUrl where the miner reaches whichever host has the link; empty: there
   * @param alone whether each host is a worker of its own to the miner
   * @param jobs in which provers work on what is of no sector
   * @param spool for the bytes of pieces that miners push
   * @param deleted hears of each file that a miner has deleted, before it goes to the trash
   * @param sizes of sectors that this host can do its part for
   * @param post what proofs of spacetime are made with; empty: this host makes none
   * @param missing is told who brings files that other workers of the miner have
   * @param refused called with one line if the miner is none that this program can work for
   * @param shutdown ends the node: a miner's operator wants it
   */
  public record Parts(
      HostId host,
      HostPort own,
      Optional<HostPort> remote,
      Optional<URI> announceUrl,
      boolean alone,
      MinerFinder finder,
      StoragePaths paths,
      HostPlaces places,
      Digest digest,
      VanillaProofs vanilla,
      SizeCheck sizes,
      Jobs jobs,
      Path spool,
      Deletion deleted,
      Optional<PostHost.Means> post,
      Consumer<MissingFiles> missing,
      ActorRef<SchedulerCommand> scheduler,
      Executor blocking,
      Consumer<String> refused,
      Runnable shutdown) {}

  /** The digest that sectors' files are known by. */
  @FunctionalInterface
  public interface Digest {
    /** Of a file, such as {@code blake3:…}; blocks. */
    String of(Path file) throws IOException;
  }

  /** Whether this host can do its part for sectors of a size. */
  @FunctionalInterface
  public interface SizeCheck {
    /**
     * Blocks, for as long as it takes to read parameters.
     *
     * @throws IOException if it cannot; one line that says what to do
     */
    void require(SectorSize size) throws IOException;
  }

  private LotusNode(ActorSystem<?> system, Parts parts) {
    this.system = system;
    this.parts = parts;
    this.sharding = ClusterSharding.get(system);
    this.miner = new MinerAccess(parts.finder()::find, system, parts.blocking());
    this.tasks = SectorTasks.of(sharding, TASK_REPEAT);
    this.files = new LotusFiles(miner, parts.paths());
    this.desk =
        new CallDesk(
            miner,
            parts.paths(),
            index,
            parts.spool(),
            new DataCids(parts.jobs(), parts.blocking()),
            files,
            parts.blocking());
    this.callers =
        new MinerCallers(token -> miner.api().thenCompose(api -> api.authVerify(token)), clock);
    this.post =
        parts
            .post()
            .map(
                means ->
                    new PostHost(
                        system,
                        new PostHost.Parts(
                            parts.host(),
                            means,
                            miner,
                            parts.paths(),
                            callers.remembered(),
                            parts.blocking(),
                            LOOK,
                            clock)));
  }

  /**
   * Starts it.
   *
   * @return where it listens; fails with {@link IOException}, of one line, if the port cannot be
   *     had
   */
  public static CompletionStage<URI> start(ActorSystem<?> system, Parts parts) throws IOException {
    Files.createDirectories(parts.spool());
    return new LotusNode(system, parts).start();
  }

  private CompletionStage<URI> start() throws IOException {
    LeftPieces left = LeftPieces.in(parts.spool());
    PieceStreams streams = new PieceStreams(system, StreamLimits.USUAL);
    Pieces pieces = new Pieces(desk, streams, base, system);
    FarmDesks desks = new FarmDesks(parts.host(), pieces, system, this::hosts);
    ActorRef<?> ours =
        system.systemActorOf(
            HostDesk.create(parts.host(), desk, pieces), "lotus-desk", Props.empty());
    ActorRef<?> calls = calls(desks);
    CompletionStage<?> unused = left.clear(this::state, parts.blocking());
    parts.missing().accept(files);
    LotusWorker worker =
        new LotusWorker(
            new LotusWorker.Parts(
                parts.host(),
                parts.alone(),
                board,
                sharding,
                tasks,
                new Commit1Spool(
                    parts.host(), parts.places(), parts.digest()::of, tasks, parts.blocking()),
                streams,
                pieces,
                desks,
                new PieceHosts(parts.host(), parts.alone(), tasks, parts.scheduler(), system),
                new HostPathOrders(parts.paths(), index, parts.blocking()),
                this::quiet,
                parts.shutdown()));
    RpcEndpoint rpc =
        new RpcEndpoint(RpcService.of(WorkerApi.class, worker), callers.remembered(), system);
    RemoteRoutes remote =
        new RemoteRoutes(
            system,
            new RemoteRoutes.Parts(
                parts.paths(),
                callers.remembered(),
                callers.fresh(),
                this::stat,
                new Index(),
                parts.deleted(),
                parts.vanilla(),
                clock));
    system.log().debug("desk {}, calls {}", ours, calls);
    return PatientListener.open(
            system,
            new HttpListener.Place(
                "selkie.lotus.address",
                parts.own().host(),
                parts.own().port(),
                Optional.empty(),
                false,
                "tokens and files cross the network in the clear, as between Lotus's own workers"),
            REQUEST,
            (request, connection) -> handle(request, connection, rpc, streams, remote))
        .thenApply(
            listener -> {
              index.complete(begin(listener.url()));
              return listener.url();
            });
  }

  private CompletionStage<HttpResponse> handle(
      HttpRequest request,
      Connection connection,
      RpcEndpoint rpc,
      PieceStreams streams,
      RemoteRoutes remote) {
    String path = request.getUri().path();
    if (path.equals(MinerAddress.RPC)) {
      return rpc.handle(request);
    }
    if (path.startsWith(PieceStreams.BASE)) {
      return streams.handle(request, connection.gone());
    }
    if (path.startsWith(RemoteRoutes.BASE + "/")) {
      return remote.handle(request);
    }
    Optional<CompletionStage<HttpResponse>> proofs = post.flatMap(host -> host.handle(request));
    if (proofs.isPresent()) {
      return proofs.get();
    }
    request.discardEntityBytes(system);
    return CompletableFuture.completedStage(
        HttpResponse.create().withStatus(StatusCodes.NOT_FOUND));
  }

  /** From now on the miner may come. */
  private PathIndex begin(URI listening) {
    String here = reached(listening);
    base.complete(here);
    String announced = parts.announceUrl().map(URI::toString).orElse(here);
    PathIndex own = new PathIndex(miner, parts.paths(), here + RemoteRoutes.BASE, parts.blocking());
    Behavior<MinerLink.Command> linking =
        MinerLink.create(
            new MinerLink.Parts(
                new Greeting(miner, parts.sizes(), parts.blocking()),
                board,
                announced + MinerAddress.RPC,
                parts.alone() ? Optional.of(parts.host()) : Optional.empty(),
                parts.scheduler(),
                LOOK,
                clock,
                parts.refused()));
    ActorRef<MinerLink.Command> link =
        parts.alone()
            ? system.systemActorOf(linking, "miner-link-of-this-host", Props.empty())
            : ClusterSingleton.get(system).init(SingletonActor.of(linking, "miner-link"));
    ActorRef<?> keeper =
        system.systemActorOf(
            HostLink.create(
                new HostLink.Parts(
                    parts.host(), own, board, announced + MinerAddress.RPC, link, LOOK, ROUNDS)),
            "miner-paths",
            Props.empty());
    system.log().debug("link {}, paths {}", link, keeper);
    post.ifPresent(host -> host.begin(here));
    return own;
  }

  /** An address that stands for all of this host is none that a miner could call. */
  private String reached(URI listening) {
    HostPort own = parts.own();
    String host = own.isAny() ? parts.finder().ownAddress().host() : own.host();
    HostPort there = parts.remote().orElseGet(() -> new HostPort(host, listening.getPort()));
    return listening.getScheme() + "://" + there;
  }

  private ActorRef<?> calls(FarmDesks desks) {
    LotusCall.Surroundings surroundings =
        new LotusCall.Surroundings(
            tasks,
            desks,
            call ->
                sharding.entityRefFor(LotusCall.KEY, call.toString()).tell(new LotusCall.Wake()),
            CALL_REPEAT,
            clock);
    return sharding.init(
        Entity.of(
                LotusCall.KEY,
                entity ->
                    LotusCall.create(
                        UUID.fromString(entity.getEntityId()), surroundings, entity.getShard()))
            .withStopMessage(new LotusCall.Leave()));
  }

  private CompletionStage<CallState> state(UUID call) {
    return sharding.entityRefFor(LotusCall.KEY, call.toString()).ask(LotusCall.Get::new, STARTING);
  }

  private CompletionStage<Optional<JsonNode>> stat(String id) {
    Optional<StoragePath> path = parts.paths().withId(id);
    return Stages.blocking(
        parts.blocking(),
        () ->
            path.isPresent()
                ? Optional.of(RpcJson.MAPPER.valueToTree(PathIndex.stat(path.get())))
                : Optional.empty());
  }

  /** The index forgets what is deleted; it says nothing of what it does not know. */
  private final class Index implements RemoteIndex {
    @Override
    public CompletionStage<Boolean> dropped(String path, SectorId sector, FileType type) {
      return miner
          .api()
          .thenCompose(api -> api.storageDropSector(path, sector, SectorFileTypes.of(type)))
          .thenCompose(done -> index)
          .thenApply(
              own -> {
                own.isDropped(path, sector, type);
                return true;
              })
          .exceptionallyCompose(
              trouble ->
                  Stages.cause(trouble) instanceof RpcException
                      ? CompletableFuture.completedStage(false)
                      : CompletableFuture.failedStage(trouble));
    }

    @Override
    public CompletionStage<@Nullable Void> isGone(String path, SectorId sector, FileType type) {
      return index.thenCompose(
          own ->
              own.isDeclared(path, sector, type)
                  ? dropped(path, sector, type).thenApply(known -> null)
                  : CompletableFuture.completedStage(null));
    }
  }

  private CompletionStage<Set<HostId>> hosts() {
    return AskPattern.ask(
            parts.scheduler(), SchedulerCommand.ListHosts::new, ANSWER, system.scheduler())
        .thenApply(all -> all.hosts().stream().map(HostStatus::host).collect(Collectors.toSet()));
  }

  private CompletionStage<@Nullable Void> quiet() {
    return AskPattern.ask(
            parts.scheduler(), SchedulerCommand.ListHosts::new, ANSWER, system.scheduler())
        .thenCompose(
            hosts ->
                hosts.hosts().stream().allMatch(host -> host.tasks().isEmpty())
                    ? CompletableFuture.completedStage(null)
                    : Patterns.after(QUIET, system, this::quiet));
  }
}
