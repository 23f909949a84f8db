package io.selkie.lotus.remote;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.rpc.RpcCallers;
import io.selkie.stages.Stages;
import io.selkie.storage.AllocatedRanges;
import io.selkie.storage.Deletion;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /remote/...} as a Lotus worker does (storage/paths/http_handler.go): statuses,
 * headers and bodies are those of the transcripts. Whatever is wrong is 500 without a word; the
 * reason is in the log of this host, at debug.
 */
public final class RemoteRoutes {
  /** Where all paths begin. */
  public static final String BASE = "/remote";

  private static final Logger LOG = LoggerFactory.getLogger(RemoteRoutes.class);
  private static final String DISPATCHER = "selkie.blocking-io-dispatcher";

  private final ActorSystem<?> system;
  private final Parts parts;
  private final RemoteGate gate;
  private final RemoteFiles files;
  private final RemoteDeletion deletion;
  private final VanillaRoutes vanilla;
  private final Executor blocking;

  /**
   * What the routes stand on.
   *
   * @param callers knows what tokens allow, and may remember it for a while
   * @param deleters knows the same, and asks the miner each time, or remembers for seconds
   * @param stats room of paths
   * @param index of the miner
   * @param before hears of each file that goes to the trash, before it does
   */
  public record Parts(
      StoragePaths paths,
      RpcCallers callers,
      RpcCallers deleters,
      Stats stats,
      RemoteIndex index,
      Deletion before,
      VanillaProofs proofs,
      Clock clock) {}

  /** The room of storage paths. */
  @FunctionalInterface
  public interface Stats {
    /** Lotus's {@code FsStat} of the path with this id; empty if there is no such path here. */
    CompletionStage<Optional<JsonNode>> of(String pathId);
  }

  /** Routes of a node. */
  public RemoteRoutes(ActorSystem<?> system, Parts parts) {
    this.system = system;
    this.parts = parts;
    this.gate = new RemoteGate(parts.callers(), parts.deleters());
    this.files = new RemoteFiles(parts.paths());
    this.blocking = system.dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER));
    this.vanilla = new VanillaRoutes(system, parts.proofs(), blocking, DISPATCHER);
    this.deletion =
        new RemoteDeletion(parts.paths(), parts.index(), parts.before(), parts.clock(), blocking);
  }

  /** Answers a request whose path begins with {@link #BASE}; never a failed stage. */
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    return admitted(request)
        .exceptionally(
            trouble -> {
              LOG.debug("a token cannot be looked up", trouble);
              return Optional.of(Answers.empty(StatusCodes.UNAUTHORIZED));
            })
        .thenCompose(
            refusal -> refusal.isPresent() ? unread(request, refusal.get()) : answered(request));
  }

  private CompletionStage<Optional<HttpResponse>> admitted(HttpRequest request) {
    try {
      return gate.refusal(request);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e); // a query that cannot be read
    }
  }

  /** What is not read of a body would be taken for the next request. */
  private CompletionStage<HttpResponse> unread(HttpRequest request, HttpResponse answer) {
    request.discardEntityBytes(system);
    return CompletableFuture.completedStage(answer);
  }

  private CompletionStage<HttpResponse> answered(HttpRequest request) {
    CompletionStage<HttpResponse> answer;
    try {
      answer = route(request);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedStage(e);
    }
    return answer.exceptionally(
        trouble -> {
          LOG.debug("{} {}", request.method().name(), request.getUri().path(), trouble);
          return Answers.failed();
        });
  }

  /** The routes of Lotus in their order: what none of them takes is 404, or 405. */
  private CompletionStage<HttpResponse> route(HttpRequest request) {
    List<String> path = segments(request);
    boolean gets = request.method().equals(HttpMethods.GET);
    boolean posts = request.method().equals(HttpMethods.POST);
    if (posts && path.equals(List.of("vanilla", "single"))) {
      return vanilla.single(request);
    }
    if (posts && path.equals(List.of("vanilla", "porep"))) {
      return vanilla.porep(request);
    }
    request.discardEntityBytes(system);
    if (path.size() == 6 && path.get(3).equals("allocated")) {
      return gets ? allocated(path) : done(Answers.empty(StatusCodes.METHOD_NOT_ALLOWED));
    }
    if (path.size() != 2) {
      return done(Answers.error(StatusCodes.NOT_FOUND, "404 page not found"));
    }
    if (gets) {
      return path.get(0).equals("stat") ? stat(path.get(1)) : file(request, path);
    }
    return request.method().equals(HttpMethods.DELETE)
        ? delete(request, path)
        : done(Answers.empty(StatusCodes.METHOD_NOT_ALLOWED));
  }

  /** The parts of the path behind {@link #BASE}, decoded; none if one is empty. */
  private static List<String> segments(HttpRequest request) {
    List<String> all =
        StreamSupport.stream(request.getUri().pathSegments().spliterator(), false).toList();
    String path = request.getUri().path();
    boolean whole = !path.contains("//") && !path.endsWith("/");
    return whole && !all.isEmpty() && ("/" + all.get(0)).equals(BASE)
        ? all.subList(1, all.size())
        : List.of();
  }

  private static CompletionStage<HttpResponse> done(HttpResponse answer) {
    return CompletableFuture.completedStage(answer);
  }

  private static FileType type(String text) {
    return FileType.of(text)
        .orElseThrow(() -> new IllegalArgumentException("no type " + Words.quoted(text)));
  }

  private CompletionStage<HttpResponse> file(HttpRequest request, List<String> path) {
    FileType type = type(path.get(0));
    SectorId sector = SectorId.parse(path.get(1));
    boolean ranges = request.getHeader("Range").isPresent();
    if (RemoteFiles.isDirectory(type)) {
      return ranges
          ? done(Answers.failed())
          : Stages.blocking(blocking, () -> archive(sector, type));
    }
    return Stages.blocking(
        blocking,
        () -> {
          Path root = files.find(sector, type).root();
          List<String> directories = List.of(type.toString());
          BelowRoot.PlainFile file = BelowRoot.look(root, directories, sector.toString());
          return new FileAnswer(file, () -> BelowRoot.open(root, directories, file), DISPATCHER)
              .to(request);
        });
  }

  private HttpResponse archive(SectorId sector, FileType type) throws IOException {
    Path root = files.find(sector, type).root();
    List<String> directories = List.of(type.toString(), sector.toString());
    List<BelowRoot.PlainFile> content = BelowRoot.list(root, directories);
    for (BelowRoot.PlainFile file : content) {
      TarHeader.encode(file.name(), file.size(), file.modified()); // or it fails half way
    }
    return HttpResponse.create()
        .withEntity(
            HttpEntities.createChunked(
                MediaTypes.APPLICATION_X_TAR.toContentType(),
                FileContent.archive(root, directories, content, DISPATCHER)));
  }

  private CompletionStage<HttpResponse> delete(HttpRequest request, List<String> path) {
    FileType type = type(path.get(0));
    SectorId sector = SectorId.parse(path.get(1));
    return deletion
        .delete(sector, type, kept(request))
        .thenApply(found -> found ? Answers.empty(StatusCodes.OK) : Answers.failed());
  }

  /** Ids joined by dots. A query that cannot be read is an error: it may say what to keep. */
  private static Set<String> kept(HttpRequest request) {
    Set<String> keep = new HashSet<>();
    request
        .getUri()
        .query()
        .toList()
        .forEach(
            parameter -> {
              if (parameter.first().equals("keep")) {
                keep.addAll(Arrays.asList(parameter.second().split("\\.", -1)));
              }
            });
    return keep;
  }

  private CompletionStage<HttpResponse> stat(String pathId) {
    return parts
        .stats()
        .of(pathId)
        .thenApply(
            stat ->
                stat.map(room -> Answers.text(StatusCodes.OK, room.toString()))
                    .orElseGet(() -> Answers.empty(StatusCodes.NOT_FOUND)));
  }

  private CompletionStage<HttpResponse> allocated(List<String> path) {
    if (type(path.get(0)) != FileType.UNSEALED) {
      return done(Answers.failed());
    }
    SectorId sector = SectorId.parse(path.get(1));
    SectorSize size = sectorSize(number(path.get(2)));
    long start = padded(number(path.get(4)));
    long length = padded(number(path.get(5)));
    return Stages.blocking(
        blocking,
        () -> {
          Path root = files.find(sector, FileType.UNSEALED).root();
          List<String> directories = List.of(FileType.UNSEALED.toString());
          BelowRoot.PlainFile file = BelowRoot.look(root, directories, sector.toString());
          try (SeekableByteChannel channel = BelowRoot.open(root, directories, file)) {
            boolean there = AllocatedRanges.of(channel, size.bytes()).contain(start, length);
            return Answers.empty(there ? StatusCodes.OK : StatusCodes.RANGE_NOT_SATISFIABLE);
          }
        });
  }

  /** The kinds of PoRep are numbered size by size, those that Selkie does not make as well. */
  private static SectorSize sectorSize(long sealProofType) {
    SectorSize[] sizes = SectorSize.values();
    if (sealProofType >= 4L * sizes.length) {
      throw new IllegalArgumentException("no seal proof type " + sealProofType);
    }
    return SealProofType.ofId((int) (sealProofType % sizes.length)).sectorSize();
  }

  private static long number(String digits) {
    if (!digits.matches("0|[1-9][0-9]{0,14}")) {
      throw new IllegalArgumentException("no number: " + Words.quoted(digits));
    }
    return Long.parseLong(digits);
  }

  /** Go's rule: 127 bytes become 128. */
  private static long padded(long unpadded) {
    return unpadded + unpadded / 127;
  }
}
