package io.selkie.lotus.streams;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.TimeoutAccess;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import scala.concurrent.duration.Duration;

/**
 * The streams of pieces of one host: what answers {@code /rpc/streams/v0/push/UUID}, and what its
 * calls announce. Who pushes shows no token; a call that did has to name the uuid, before or within
 * 30 s after the first request.
 */
public final class PieceStreams {
  /** What the paths begin with; a uuid follows. */
  public static final String BASE = "/rpc/streams/v0/push/";

  private static final Pattern CANONICAL =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,18}");

  private final ActorSystem<?> system;
  private final StreamLimits limits;
  private final Storing storing;
  private final Map<UUID, Push> pushes = new HashMap<>();

  /** From where streams were asked for that no call had announced. */
  private final Map<UUID, String> askers = new HashMap<>();

  /** Streams of this host; none is announced. */
  public PieceStreams(ActorSystem<?> system, StreamLimits limits) {
    this.system = system;
    this.limits = limits;
    this.storing = new Storing(system, limits.stall());
  }

  /**
   * The stream that a parameter of a call names. The caller of the call must have been known by its
   * token. Nothing is read yet; each stream is to be stored, redirected or closed.
   *
   * @param type {@code null} for zeros, {@code http} for an address; any other is a push
   * @param info a count of bytes (unpadded), an address or a uuid
   * @throws StreamException if it names none, or one that another call has named
   */
  public PieceStream open(String type, String info) throws StreamException {
    return switch (type) {
      case "null" -> {
        if (!COUNT.matcher(info).matches()) {
          throw new StreamException("the zeros of a piece need a count of bytes");
        }
        yield new PieceStream.Zeros(Long.parseLong(info));
      }
      case "http" -> new Download(Download.address(info), limits.stall(), storing, system);
      default -> announced(uuid(info).orElseThrow(() -> new StreamException("no uuid: a push")));
    };
  }

  private synchronized PieceStream announced(UUID id) throws StreamException {
    Push push = pushes.computeIfAbsent(id, this::create);
    if (!push.announce()) {
      throw new StreamException("the stream " + id + " is in use by another call");
    }
    return push;
  }

  private Push create(UUID id) {
    return new Push(limits.pairing(), storing, system, () -> forget(id));
  }

  private synchronized void forget(UUID id) {
    pushes.remove(id);
    askers.remove(id);
  }

  /**
   * Answers a request below {@link #BASE}; a HEAD when a task wants the bytes, which may be hours
   * later. So the server must not end it: {@link io.selkie.http.PatientListener} does not.
   *
   * @param gone completes when the client's connection has ended
   */
  public CompletionStage<HttpResponse> handle(HttpRequest request, CompletionStage<?> gone) {
    request
        .getHeader(TimeoutAccess.class)
        .ifPresent(access -> access.timeoutAccess().updateTimeout(Duration.Inf()));
    boolean head = request.method().equals(HttpMethods.HEAD);
    if (!head && !request.method().equals(HttpMethods.POST)) {
      return refuse(request, 405, "a stream takes HEAD and POST");
    }
    String path = request.getUri().path();
    Optional<UUID> id = uuid(path.substring(path.lastIndexOf('/') + 1));
    if (id.isEmpty()) {
      return refuse(request, 400, "the path ends in no uuid");
    }
    Optional<Push> push = visited(id.get(), address(request));
    if (push.isEmpty()) {
      return refuse(request, 503, "too many streams wait for their calls: try again later");
    }
    if (head) {
      request.discardEntityBytes(system);
      return push.get().head(gone);
    }
    return push.get().post(request);
  }

  /** Whoever asks for streams that nobody knows keeps no others from asking. */
  private synchronized Optional<Push> visited(UUID id, String from) {
    Optional<Push> known = Optional.ofNullable(pushes.get(id));
    if (known.isPresent()) {
      return known;
    }
    List<UUID> strangers = pushes.keySet().stream().filter(each -> !isAnnounced(each)).toList();
    long same = strangers.stream().filter(each -> from.equals(askers.get(each))).count();
    if (strangers.size() >= limits.strangers() || same >= limits.strangersOfOne()) {
      return Optional.empty();
    }
    askers.put(id, from);
    return Optional.of(pushes.computeIfAbsent(id, this::create));
  }

  private boolean isAnnounced(UUID id) {
    return Optional.ofNullable(pushes.get(id)).filter(Push::isAnnounced).isPresent();
  }

  private static String address(HttpRequest request) {
    return request
        .getAttribute(AttributeKeys.remoteAddress)
        .flatMap(RemoteAddress::getAddress)
        .map(InetAddress::getHostAddress)
        .orElse("");
  }

  private CompletionStage<HttpResponse> refuse(HttpRequest request, int status, String why) {
    storing.discard(request);
    return CompletableFuture.completedFuture(
        HttpResponse.create()
            .withStatus(StatusCodes.get(status))
            .addHeader(Connection.create("close"))
            .withEntity(why + "\n"));
  }

  /** In its one spelling: {@link UUID#fromString} takes more. */
  private static Optional<UUID> uuid(String text) {
    return CANONICAL.matcher(text).matches()
        ? Optional.of(UUID.fromString(text.toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }
}
