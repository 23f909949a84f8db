package io.selkie.api;

import akka.NotUsed;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.japi.pf.PFBuilder;
import akka.stream.Graph;
import akka.stream.SourceShape;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.selkie.auth.Permission;
import io.selkie.auth.Verification.Verified;
import io.selkie.filecoin.SectorId;
import io.selkie.stages.Stages;
import io.selkie.view.SectorHistory;
import io.selkie.view.ViewException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What happens to sectors, as it happens: server-sent events (HTML standard, 9.2) from the history
 * of the read model, whose ids they carry. A client that comes again with {@code Last-Event-ID}
 * misses nothing. A stream ends with its token, and after a day at the latest.
 */
final class EventRoutes {
  private static final int MAX_STREAMS = 256;

  /** Akka's timers refuse more than some months. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final ReadModel readModel;
  private final Replies replies;
  private final Duration heartbeat;
  private final Clock clock;
  private final OpenStreams streams;
  private final Executor blocking;

  EventRoutes(
      ReadModel readModel,
      Replies replies,
      Duration heartbeat,
      Clock clock,
      OpenStreams streams,
      Executor blocking) {
    this.readModel = readModel;
    this.replies = replies;
    this.heartbeat = heartbeat;
    this.clock = clock;
    this.streams = streams;
    this.blocking = blocking;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/events", "streamEvents")
            .needs(Permission.READ)
            .takes("sector", "after")
            .answers(200, 503)
            .streams()
            .by(this::events));
  }

  private CompletionStage<HttpResponse> events(Call call) {
    Optional<SectorId> sector = call.sector("sector");
    Optional<Long> after = start(call);
    Duration left =
        Duration.between(
            clock.instant(), call.caller().map(Verified::expires).orElse(clock.instant()));
    if (!streams.begin(MAX_STREAMS)) {
      throw new ApiException(
          StatusCodes.SERVICE_UNAVAILABLE,
          "too_many_streams",
          "there are " + MAX_STREAMS + " event streams already: close some");
    }
    AtomicBoolean counted = new AtomicBoolean(true);
    Runnable end =
        () -> {
          if (counted.getAndSet(false)) {
            streams.end();
            call.connection().end();
          }
        };
    call.connection().begin();
    call.connection().gone().whenComplete((gone, failure) -> end.run()); // it may never have begun
    CompletionStage<Long> from =
        after
            .<CompletionStage<Long>>map(CompletableFuture::completedStage)
            .orElseGet(() -> CompletableFuture.supplyAsync(readModel::latest, blocking));
    return from.whenComplete(
            (id, failure) -> {
              if (failure != null) {
                end.run(); // the connection may stay for the next call
              }
            })
        .thenApply(
            id ->
                Replies.stream(
                    HttpEntities.createChunked(
                        MediaTypes.TEXT_EVENT_STREAM.toContentType(),
                        stream(sector, id)
                            .takeWithin(left.compareTo(LONGEST) < 0 ? left : LONGEST)
                            .via(streams.flow())
                            .watchTermination(
                                (nothing, ended) ->
                                    ended.whenComplete((done, failure) -> end.run())))));
  }

  /** Where to go on; empty: from now on. */
  private static Optional<Long> start(Call call) {
    Optional<Long> last =
        call.request()
            .getHeader(LAST_EVENT_ID)
            .map(HttpHeader::value)
            .map(text -> Call.number(LAST_EVENT_ID, text, 0, Long.MAX_VALUE));
    return last.or(() -> call.number("after", 0, Long.MAX_VALUE));
  }

  private Source<ByteString, NotUsed> stream(Optional<SectorId> sector, long from) {
    return readModel
        .after(from)
        .filter(entry -> sector.map(entry.sector()::equals).orElse(true))
        .map(this::event)
        // The client comes again, and goes on where it was.
        .recoverWithRetries(
            1,
            new PFBuilder<Throwable, Graph<SourceShape<ByteString>, NotUsed>>()
                .match(
                    Throwable.class,
                    failure -> Stages.cause(failure) instanceof ViewException,
                    away -> Source.empty())
                .build())
        .keepAlive(heartbeat, () -> ByteString.fromString(":\n\n"))
        .prepend(Source.single(ByteString.fromString("retry: 2000\n\n")));
  }

  private ByteString event(SectorHistory entry) {
    return ByteString.fromString(
        "id: " + entry.id() + "\nevent: sector\ndata: " + replies.text(entry) + "\n\n");
  }
}
