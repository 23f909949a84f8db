package io.selkie.lotus;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.wire.AcquireMode;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.FsStat;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.PieceResult;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.lotus.wire.SectorCids;
import io.selkie.lotus.wire.SectorCidsResult;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.lotus.wire.TaskTypes;
import io.selkie.lotus.wire.UnpaddedRange;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.lotus.wire.WorkerInfo;
import io.selkie.lotus.wire.WorkerResources;
import io.selkie.rpc.RpcEndpoint;
import io.selkie.rpc.RpcException;
import io.selkie.rpc.RpcService;
import io.selkie.storage.FileType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of a lotus-worker as shows the way of a sector, and does on demand each thing wrong that
 * the stand-in for the miner has to see. It proves nothing.
 */
final class FakeLotusWorker implements AutoCloseable {
  /** What it does wrong. */
  enum Mistake {
    NO_UNSEALED_DECLARED,
    NO_SEALED_DECLARED,
    UNSEALED_KEPT,
    DELETE_KEEPS,
    FOREIGN_FILE_IN_CACHE,
    OTHER_SECTOR_IN_CALL,
    CALL_ID_TWICE,
    RETURNS_BY_ANOTHER_METHOD,
    RESULT_AND_ERROR,
    RANDOM_COMMIT_1,
    OTHER_COMM_D,
    LOCKS,
    SMALL_REPLICA
  }

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final LotusMinerStandIn miner;
  private final MinerApi there;
  private final String path = UUID.randomUUID().toString();
  private final Set<Mistake> mistakes = EnumSet.noneOf(Mistake.class);
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<byte[]>> streams = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerBinding binding;
  private final CallId always;
  volatile UUID session = UUID.randomUUID();
  volatile Set<LotusTask> takes =
      EnumSet.complementOf(EnumSet.of(LotusTask.WINDOW_POST, LotusTask.WINNING_POST));
  volatile int version = WorkerApi.VERSION;
  final AtomicInteger failingCommit2 = new AtomicInteger();

  /** PreCommit2 waits for it. */
  volatile CompletableFuture<?> preCommit2May = CompletableFuture.completedFuture("go");

  FakeLotusWorker(LotusMinerStandIn miner, ClassicActorSystemProvider system, Mistake... mistakes)
      throws Exception {
    this.miner = miner;
    this.there = miner.api();
    this.mistakes.addAll(Arrays.asList(mistakes));
    this.always = CallId.random(new SectorId(miner.id(), 1));
    WorkerApi api =
        (WorkerApi)
            Proxy.newProxyInstance(
                WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class}, this::invoke);
    RpcEndpoint endpoint =
        new RpcEndpoint(
            RpcService.of(WorkerApi.class, api),
            token -> there.authVerify(token).thenApply(Set::copyOf).thenApply(Optional::of),
            system);
    binding =
        StandInWorker.answer(
            Http.get(system)
                .newServerAt("127.0.0.1", 0)
                .bind(
                    (akka.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>>)
                        request ->
                            request.getUri().path().equals("/rpc/v0")
                                ? endpoint.handle(request)
                                : data(request, system)),
            DEADLINE);
  }

  private String url() {
    return "http://127.0.0.1:" + binding.localAddress().getPort();
  }

  private Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    try {
      return FakeLotusWorker.class
          .getDeclaredMethod(method.getName(), method.getParameterTypes())
          .invoke(this, arguments);
    } catch (NoSuchMethodException e) {
      Object refusal = CompletableFuture.failedFuture(new RpcException("not supported"));
      return refusal;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Attaches, declares and registers, in this order. */
  void register() throws Exception {
    attach();
    connect();
  }

  void connect() throws Exception {
    StandInWorker.answer(there.workerConnect(url() + "/rpc/v0"), DEADLINE);
  }

  void attach() throws Exception {
    StorageInfo info =
        new StorageInfo(
            path,
            List.of(url() + "/remote"),
            10,
            0,
            true,
            false,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    long room = 1L << 40;
    StandInWorker.answer(
        there.storageAttach(info, new FsStat(room, room, room, 0, 0, 0)), DEADLINE);
    for (String key : files.keySet()) {
      String[] parts = key.split("/", -1);
      declare(SectorId.parse(parts[1]), FileType.of(parts[0]).orElseThrow());
    }
  }

  private void declare(SectorId sector, FileType type) throws Exception {
    StandInWorker.answer(
        there.storageDeclareSector(path, sector, SectorFileTypes.of(type), false), DEADLINE);
  }

  private void drop(SectorId sector, FileType type) throws Exception {
    files.remove(type + "/" + sector);
    StandInWorker.answer(there.storageDropSector(path, sector, SectorFileTypes.of(type)), DEADLINE);
  }

  private CompletionStage<HttpResponse> data(
      HttpRequest request, ClassicActorSystemProvider system) {
    String target = request.getUri().path();
    if (target.startsWith("/rpc/streams/v0/push/")) {
      CompletableFuture<byte[]> stream =
          streams.computeIfAbsent(
              target.substring(target.lastIndexOf('/') + 1), id -> new CompletableFuture<>());
      if (request.method().value().equals("HEAD")) {
        request.discardEntityBytes(system);
        return CompletableFuture.completedFuture(HttpResponse.create());
      }
      return request
          .entity()
          .toStrict(DEADLINE.toMillis(), system)
          .thenApply(
              entity -> {
                stream.complete(entity.getData().toArray());
                return HttpResponse.create();
              });
    }
    request.discardEntityBytes(system);
    String key = target.substring("/remote/".length());
    if (request.method().value().equals("DELETE")) {
      return CompletableFuture.supplyAsync(() -> delete(key), threads);
    }
    byte[] file = files.get(key);
    return CompletableFuture.completedFuture(
        file == null
            ? HttpResponse.create().withStatus(500)
            : HttpResponse.create()
                .withEntity(
                    HttpEntities.create(
                        key.startsWith("cache/")
                            ? MediaTypes.applicationBinary("x-tar", false).toContentType()
                            : ContentTypes.APPLICATION_OCTET_STREAM,
                        file)));
  }

  private HttpResponse delete(String key) {
    String[] parts = key.split("/", -1);
    try {
      if (!mistakes.contains(Mistake.DELETE_KEEPS)) {
        drop(SectorId.parse(parts[1]), FileType.of(parts[0]).orElseThrow());
      }
      return HttpResponse.create();
    } catch (Exception e) {
      return HttpResponse.create().withStatus(500);
    }
  }

  private static <T> CompletionStage<T> now(T value) {
    return CompletableFuture.completedFuture(value);
  }

  CompletionStage<Integer> version() {
    return now(version);
  }

  CompletionStage<UUID> session() {
    return now(session);
  }

  CompletionStage<TaskTypes> taskTypes() {
    return now(new TaskTypes(takes));
  }

  CompletionStage<List<StoragePathInfo>> paths() {
    return now(List.of(new StoragePathInfo(path, 10, "/data/fake", true, false)));
  }

  CompletionStage<WorkerInfo> info() {
    return now(
        new WorkerInfo("fake", true, new WorkerResources(1, 0, 0, 0, 1, List.of(), Map.of())));
  }

  /** What a task does, and how its result is reported. */
  private interface Work {
    CompletionStage<?> done(CallId call) throws Exception;
  }

  private CompletionStage<CallId> start(SectorRef sector, Work work) {
    CallId call =
        mistakes.contains(Mistake.CALL_ID_TWICE)
            ? always
            : CallId.random(
                mistakes.contains(Mistake.OTHER_SECTOR_IN_CALL)
                    ? new SectorId(miner.id(), 77)
                    : sector.id());
    threads.execute(() -> untilTaken(call, work));
    return now(call);
  }

  private void untilTaken(CallId call, Work work) {
    try {
      while (true) {
        try {
          StandInWorker.answer(work.done(call), DEADLINE);
          return;
        } catch (IOException e) {
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
    } catch (RpcException e) {
      // the miner has it
    } catch (Exception e) {
      miner.violation("the fake itself failed: " + e);
    }
  }

  CompletionStage<CallId> addPiece(
      SectorRef sector, List<UnpaddedSize> existing, UnpaddedSize size, ReaderStream data) {
    return start(
        sector,
        call -> {
          Bytes content =
              data.type().equals(ReaderStream.PUSH)
                  ? Bytes.of(
                      streams
                          .computeIfAbsent(data.info(), id -> new CompletableFuture<>())
                          .get(20, TimeUnit.SECONDS))
                  : Bytes.of(new byte[0]);
          files.put("unsealed/" + sector.id(), content.toByteArray());
          if (!mistakes.contains(Mistake.NO_UNSEALED_DECLARED)) {
            declare(sector.id(), FileType.UNSEALED);
          }
          if (mistakes.contains(Mistake.LOCKS)) {
            SectorFileTypes all = SectorFileTypes.ofBits(63);
            StandInWorker.answer(there.storageTryLock(sector.id(), all, all), DEADLINE);
          }
          byte[] root = new byte[Bytes32.SIZE];
          root[0] = (byte) content.hashCode();
          PieceInfo piece = new PieceInfo(size.padded(), CommP.of(Bytes32.of(root)));
          return there.returnAddPiece(
              call,
              PieceResult.of(piece),
              mistakes.contains(Mistake.RESULT_AND_ERROR)
                  ? Optional.of(new CallError(CallError.UNKNOWN, "and an error"))
                  : Optional.empty());
        });
  }

  CompletionStage<CallId> fetch(
      SectorRef sector, SectorFileTypes types, PathKind kind, AcquireMode mode) {
    return start(sector, call -> there.returnFetch(call, Optional.empty()));
  }

  CompletionStage<CallId> sealPreCommit1(SectorRef sector, Ticket ticket, List<PieceInfo> pieces) {
    return start(
        sector,
        call -> {
          int size = mistakes.contains(Mistake.SMALL_REPLICA) ? 7 : 2048;
          files.put("sealed/" + sector.id(), new byte[size]);
          files.put("cache/" + sector.id(), tar(Map.of("p_aux", 64, "t_aux", 440)));
          if (!mistakes.contains(Mistake.NO_SEALED_DECLARED)) {
            declare(sector.id(), FileType.SEALED);
          }
          declare(sector.id(), FileType.CACHE);
          Bytes out = Bytes.of((ticket.toString() + pieces).getBytes(StandardCharsets.UTF_8));
          return mistakes.contains(Mistake.RETURNS_BY_ANOTHER_METHOD)
              ? there.returnSealCommit1(call, Optional.of(out), Optional.empty())
              : there.returnSealPreCommit1(call, Optional.of(out), Optional.empty());
        });
  }

  CompletionStage<CallId> sealPreCommit2(SectorRef sector, Bytes in) {
    return start(
        sector,
        call -> {
          preCommit2May.get(20, TimeUnit.SECONDS);
          byte[] root = new byte[Bytes32.SIZE];
          root[0] = (byte) Bytes.of(files.get("unsealed/" + sector.id())).hashCode();
          root[1] = (byte) (mistakes.contains(Mistake.OTHER_COMM_D) ? 1 : 0);
          return there.returnSealPreCommit2(
              call,
              SectorCidsResult.of(
                  new SectorCids(CommD.of(Bytes32.of(root)), CommR.of(Bytes32.of(root)))),
              Optional.empty());
        });
  }

  CompletionStage<CallId> sealCommit1(
      SectorRef sector, Ticket ticket, Seed seed, List<PieceInfo> pieces, SectorCids cids) {
    String salt = mistakes.contains(Mistake.RANDOM_COMMIT_1) ? UUID.randomUUID().toString() : "";
    Bytes out = Bytes.of((salt + seed + cids).getBytes(StandardCharsets.UTF_8));
    return start(sector, call -> there.returnSealCommit1(call, Optional.of(out), Optional.empty()));
  }

  CompletionStage<CallId> sealCommit2(SectorRef sector, Bytes in) {
    boolean fails = failingCommit2.getAndDecrement() > 0;
    return start(
        sector,
        call ->
            there.returnSealCommit2(
                call,
                fails ? Optional.empty() : Optional.of(Bytes.of(new byte[192])),
                fails
                    ? Optional.of(new CallError(CallError.UNKNOWN, "no proof"))
                    : Optional.empty()));
  }

  CompletionStage<CallId> releaseUnsealed(SectorRef sector, List<UnpaddedRange> keep) {
    return start(
        sector,
        call -> {
          if (!mistakes.contains(Mistake.UNSEALED_KEPT)) {
            drop(sector.id(), FileType.UNSEALED);
          }
          return there.returnReleaseUnsealed(call, Optional.empty());
        });
  }

  CompletionStage<CallId> finalizeSector(SectorRef sector) {
    if (mistakes.contains(Mistake.FOREIGN_FILE_IN_CACHE)) {
      files.put("cache/" + sector.id(), tar(Map.of("sc-02-data-tree-c.dat", 10)));
    }
    return start(sector, call -> there.returnFinalizeSector(call, Optional.empty()));
  }

  /** As Lotus sends it: without an end. */
  private static byte[] tar(Map<String, Integer> sizes) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    sizes.forEach(
        (name, size) -> {
          tar.writeBytes(new byte[(512 - tar.size() % 512) % 512]);
          byte[] header = new byte[512];
          byte[] text = name.getBytes(StandardCharsets.US_ASCII);
          System.arraycopy(text, 0, header, 0, text.length);
          byte[] octal = "%011o".formatted(size).getBytes(StandardCharsets.US_ASCII);
          System.arraycopy(octal, 0, header, 124, octal.length);
          tar.writeBytes(header);
          tar.writeBytes(new byte[size]);
        });
    return tar.toByteArray();
  }

  @Override
  public void close() throws Exception {
    threads.shutdownNow();
    var unused = StandInWorker.answer(binding.terminate(Duration.ofMillis(1)), DEADLINE);
  }
}
