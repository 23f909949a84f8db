package io.selkie.transfer;

import static scala.jdk.javaapi.DurationConverters.toScala;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.settings.ServerSettings;
import io.selkie.auth.Tickets;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.http.HttpListener;
import io.selkie.stages.Stages;
import io.selkie.storage.Destinations;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transfer address of a node that serves storage paths; {@code docs/transfer.md} is what it
 * speaks. It is none of the management interface: another port, tokens for write only, and tickets
 * that hosts of a farm make for each other.
 */
public final class TransferServer {
  /** Where all paths begin. */
  static final String BASE = "/transfer/v1";

  /** The header with the CRC32C of a chunk, 8 hexadecimal digits. */
  static final String SUM = "Selkie-Crc32c";

  private static final Logger LOG = LoggerFactory.getLogger(TransferServer.class);
  private static final Duration LAST_CALLS = Duration.ofSeconds(5);
  private static final int MOST_OFFER = 64 << 10;

  /** Of one sender. */
  private static final int MOST_CONNECTIONS = 16;

  private static final Pattern PATH =
      Pattern.compile(
          BASE
              + "(?:/sectors/(?<sector>[^/]{1,64})"
              + "(?:/(?<input>commit1)|/(?<id>[0-9a-f]{32})"
              + "(?:/(?<commit>commit))?"
              + ")?)?");

  private final ActorSystem<?> system;
  private final Receiver receiver;
  private final Gate gate;
  private final String host;
  private final int dataPort;
  private final SectorPlaces places;
  private final Executor blocking;

  private TransferServer(
      ActorSystem<?> system,
      Receiver receiver,
      Gate gate,
      String host,
      SectorPlaces places,
      int dataPort) {
    this.dataPort = dataPort;
    this.places = places;
    this.system = system;
    this.receiver = receiver;
    this.gate = gate;
    this.host = host;
    this.blocking =
        system.dispatchers().lookup(DispatcherSelector.fromConfig(Transfers.DISPATCHER));
  }

  /**
   * What the server stands on.
   *
   * @param served the storage paths that peers may send to, asked for each new sector
   * @param rules of those that are attached storage paths
   * @param own what this host has itself
   * @param sealing where it goes on with sectors that others began
   * @param state the state directory
   * @param host this one
   * @param places of its sectors, of which other hosts fetch the output of Commit1
   * @param tokens for write that let callers in
   * @param tickets by which hosts of the farm are let in; empty: this one is in none
   * @param readers where sectors are read back
   */
  public record Parts(
      TransferSettings settings,
      Supplier<List<Path>> served,
      Destinations rules,
      OwnSectors own,
      SealingPlaces sealing,
      Path state,
      String host,
      SectorPlaces places,
      Tokens tokens,
      Optional<Tickets> tickets,
      FileDigest digest,
      Executor readers) {}

  /**
   * Opens the port; it ends with the actor system.
   *
   * @return where it answers; fails with {@link IOException}, of one line, if the port cannot be
   *     had
   */
  public static CompletionStage<URI> start(ActorSystem<?> system, Parts parts) {
    TransferSettings settings = parts.settings();
    Duration patience = settings.stallTimeout().multipliedBy(2);
    Receiver receiver =
        new Receiver(
            parts.served(),
            new KnownStores(parts.state().resolve("stores")),
            parts.rules(),
            parts.own(),
            parts.sealing(),
            parts.host(),
            parts.digest(),
            parts.readers(),
            settings.incoming(),
            patience);
    Gate gate = new Gate(parts.tokens(), parts.tickets());
    TransferServer server;
    DataServer data;
    try {
      data =
          DataServer.start(
              new InetSocketAddress(settings.host(), settings.dataPort()),
              receiver,
              gate,
              settings.tls(),
              patience,
              settings.incoming() * MOST_CONNECTIONS);
      server =
          new TransferServer(system, receiver, gate, parts.host(), parts.places(), data.port());
    } catch (IOException e) {
      return CompletableFuture.failedStage(e);
    }
    return HttpListener.open(
            system,
            new HttpListener.Place(
                "selkie.transfer",
                settings.host(),
                settings.port(),
                settings.tls(),
                true,
                "turn selkie.transfer.tls on, or keep it in a network of yours alone"),
            serverSettings(system, settings),
            builder -> builder.bind(server::handle))
        .whenComplete(
            (listener, trouble) -> {
              if (trouble == null) {
                closeWithNode(system, data);
              } else {
                data.close(); // or its port would be taken when this is tried again
              }
            })
        .thenApply(HttpListener::url);
  }

  private static void closeWithNode(ActorSystem<?> system, DataServer data) {
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceUnbind(),
            "selkie-transfer-data",
            () -> {
              data.close();
              return CompletableFuture.completedStage(Done.done());
            });
  }

  private static ServerSettings serverSettings(ActorSystem<?> system, TransferSettings settings) {
    ServerSettings defaults = ServerSettings.create(system.settings().config());
    return defaults
        .withServerHeader(Optional.empty())
        .withParserSettings(
            defaults
                .getParserSettings()
                .withMaxContentLength(MOST_OFFER)
                .withIllegalHeaderWarnings(false))
        .withTimeouts(
            defaults
                .getTimeouts()
                .withIdleTimeout(toScala(settings.stallTimeout().multipliedBy(2)))
                .withRequestTimeout(toScala(settings.stallTimeout().multipliedBy(2))));
  }

  private CompletionStage<HttpResponse> handle(HttpRequest request) {
    Matcher path = PATH.matcher(request.getUri().path());
    try {
      Gate.Answer answer = gate.admit(authorization(request));
      if (answer instanceof Gate.Refused refusal) {
        return refused(request, error(refusal.status(), refusal.code(), refusal.reason()));
      }
      if (!path.matches()) {
        return refused(request, error(StatusCodes.NOT_FOUND, "unknown", "no such path"));
      }
      return answer(request, path, (Gate.Pass) answer)
          .exceptionallyCompose(trouble -> refused(request, troubled(trouble)));
    } catch (IllegalArgumentException e) {
      return refused(
          request, error(StatusCodes.BAD_REQUEST, "invalid", String.valueOf(e.getMessage())));
    }
  }

  /** What is not read of a body would be taken for the next request. */
  private CompletionStage<HttpResponse> refused(HttpRequest request, HttpResponse response) {
    request.discardEntityBytes(system);
    return CompletableFuture.completedStage(response);
  }

  /** The one there is; of two neither counts. */
  private static Optional<String> authorization(HttpRequest request) {
    List<String> values = new ArrayList<>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("authorization")) {
        values.add(header.value());
      }
    }
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request, Matcher path, Gate.Pass pass) {
    String method = request.method().name();
    if (path.group("sector") == null) {
      return method.equals("GET") ? about() : notAllowed(request);
    }
    SectorId sector = SectorId.parse(path.group("sector"));
    boolean fetches = path.group("input") != null;
    Optional<String> objection =
        pass.objection(sector, fetches ? Tickets.Use.FETCH : Tickets.Use.BRING);
    if (objection.isPresent()) {
      return forbidden(request, sector, pass, objection.get());
    }
    if (fetches) {
      LOG.info("{} fetches the output of Commit1 of {}", pass.caller(), sector);
      return method.equals("GET") ? commit1Output(request, sector) : notAllowed(request);
    }
    String id = path.group("id");
    if (id == null) {
      return method.equals("PUT") ? offer(request, sector, pass) : notAllowed(request);
    }
    if (path.group("commit") != null) {
      return method.equals("POST")
          ? status(request, () -> receiver.commit(sector, id, pass.movingOnly()))
          : notAllowed(request);
    }
    if (request.method().equals(HttpMethods.DELETE)) {
      return pass.movingOnly()
          ? forbidden(request, sector, pass, "what goes on here is not discarded by a ticket")
          : discard(request, sector, id);
    }
    return method.equals("GET")
        ? status(request, () -> receiver.status(sector, id, pass.movingOnly()))
        : notAllowed(request);
  }

  private CompletionStage<HttpResponse> forbidden(
      HttpRequest request, SectorId sector, Gate.Pass pass, String objection) {
    LOG.warn("{} was refused for {}: {}", pass.caller(), sector, objection);
    return refused(request, error(StatusCodes.FORBIDDEN, "forbidden", objection));
  }

  /** Where the output of Commit1 is fetched, below the transfer address. */
  static String commit1(SectorId sector) {
    return BASE + "/sectors/" + sector + "/commit1";
  }

  private CompletionStage<HttpResponse> commit1Output(HttpRequest request, SectorId sector) {
    request.discardEntityBytes(system);
    return blocking(
        () -> {
          Path file = places.of(sector).commit1Output();
          if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw TransferTrouble.passing("unknown", sector + " has no output of Commit1 here");
          }
          return HttpResponse.create()
              .withEntity(HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, file));
        });
  }

  private CompletionStage<HttpResponse> notAllowed(HttpRequest request) {
    return refused(
        request, error(StatusCodes.METHOD_NOT_ALLOWED, "method", "the path takes other methods"));
  }

  /**
   * What the receiver is.
   *
   * @param freeBytes the most that one storage path can take
   * @param dataPort where it takes chunks
   */
  record About(int version, String host, long freeBytes, int dataPort) {}

  private CompletionStage<HttpResponse> about() {
    return blocking(() -> json(StatusCodes.OK, new About(1, host, receiver.freeBytes(), dataPort)));
  }

  private CompletionStage<HttpResponse> offer(
      HttpRequest request, SectorId sector, Gate.Pass pass) {
    return request
        .entity()
        .withSizeLimit(MOST_OFFER)
        .toStrict(LAST_CALLS.multipliedBy(2).toMillis(), system)
        .thenCompose(
            body ->
                blocking(
                    () -> {
                      Offer offer = parse(body.getData().utf8String());
                      if (!offer.sector().equals(sector)) {
                        throw new IllegalArgumentException("the offer is of another sector");
                      }
                      Optional<String> objection = pass.objection(offer);
                      if (objection.isPresent()) {
                        LOG.warn(
                            "{} was refused for {}: {}", pass.caller(), sector, objection.get());
                        throw TransferTrouble.passing("forbidden", objection.get());
                      }
                      LOG.info("{} brings {}", pass.caller(), sector);
                      return json(StatusCodes.OK, receiver.offer(offer));
                    }));
  }

  private static Offer parse(String text) {
    try {
      return TransferJson.read(text, Offer.class);
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "the body is no offer: "
              + String.valueOf(cause.getMessage()).lines().findFirst().orElse(""),
          e);
    }
  }

  private CompletionStage<HttpResponse> status(HttpRequest request, Work<ArrivalStatus> work) {
    request.discardEntityBytes(system);
    return blocking(() -> json(StatusCodes.OK, work.run()));
  }

  private CompletionStage<HttpResponse> discard(HttpRequest request, SectorId sector, String id) {
    request.discardEntityBytes(system);
    return blocking(
        () -> {
          receiver.discard(sector, id);
          return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
        });
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException, TransferTrouble;
  }

  private <T> CompletionStage<T> blocking(Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.run();
          } catch (IOException | TransferTrouble e) {
            throw new CompletionException(e);
          }
        },
        blocking);
  }

  private static HttpResponse troubled(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    if (cause instanceof IllegalArgumentException) {
      return error(StatusCodes.BAD_REQUEST, "invalid", String.valueOf(cause.getMessage()));
    }
    TransferTrouble known =
        cause instanceof TransferTrouble typed
            ? typed
            : TransferTrouble.of(cause instanceof IOException io ? io : new IOException(cause));
    String code = known.failure().code();
    if (code.equals("error")) {
      LOG.warn("a transfer has trouble: {}", known.failure().message());
    }
    return error(status(code), code, known.failure().message());
  }

  /** The status of a refusal. */
  static StatusCode status(String code) {
    return switch (code) {
      case "no_space", "filtered" -> StatusCodes.INSUFFICIENT_STORAGE;
      case "exists", "closed", "incomplete" -> StatusCodes.CONFLICT;
      case "busy" -> StatusCodes.TOO_MANY_REQUESTS;
      case "damaged_chunk" -> StatusCodes.UNPROCESSABLE_CONTENT;
      case "unknown" -> StatusCodes.NOT_FOUND;
      case "invalid" -> StatusCodes.BAD_REQUEST;
      case "forbidden" -> StatusCodes.FORBIDDEN;
      default -> StatusCodes.SERVICE_UNAVAILABLE;
    };
  }

  private static HttpResponse error(StatusCode status, String code, String message) {
    return json(status, Map.of("error", new ArrivalStatus.Trouble(code, message)));
  }

  /** The body of a refusal. */
  static String body(String code, String message) {
    return TransferJson.write(Map.of("error", new ArrivalStatus.Trouble(code, message)));
  }

  private static HttpResponse json(StatusCode status, Object value) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, TransferJson.write(value)));
  }
}
