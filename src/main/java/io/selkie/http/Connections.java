package io.selkie.http;

import akka.NotUsed;
import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpProtocols;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

/**
 * Handles connections, and finds out which have ended. Akka's own idle timeout cannot tell a client
 * that waits for data to be unsealed, for hours, from one that never sends its request.
 */
public final class Connections {
  private final BiFunction<HttpRequest, Connection, CompletionStage<HttpResponse>> handler;
  private final Duration requestTimeout;
  private final ActorSystem<?> system;

  /**
   * Hands requests to what answers them.
   *
   * @param handler gives stages that never fail
   * @param requestTimeout a connection without a call for so long is closed
   */
  public Connections(
      BiFunction<HttpRequest, Connection, CompletionStage<HttpResponse>> handler,
      Duration requestTimeout,
      ActorSystem<?> system) {
    this.handler = handler;
    this.requestTimeout = requestTimeout;
    this.system = system;
  }

  /** What handles one connection; a blueprint for all of them. */
  public Flow<HttpRequest, HttpResponse, NotUsed> handler() {
    return Flow.<HttpRequest, HttpResponse, NotUsed>fromMaterializer(
            (materializer, attributes) -> one(new Connection()))
        .mapMaterializedValue(nothing -> NotUsed.notUsed());
  }

  /**
   * The client has gone when nothing can be sent any more, or when nothing more comes although more
   * could: one that is killed looks like one that only ended its side, and, as with most servers,
   * both count as gone.
   */
  private Flow<HttpRequest, HttpResponse, NotUsed> one(Connection connection) {
    AtomicBoolean last = new AtomicBoolean();
    return Flow.of(HttpRequest.class)
        .viaMat(KillSwitches.single(), Keep.right())
        .watchTermination(
            (idle, ended) -> {
              ended.whenComplete(
                  (done, failure) -> {
                    if (!last.get()) {
                      connection.hasGone();
                    }
                  });
              return idle;
            })
        .mapAsync(
            1,
            request -> {
              last.set(isLast(request));
              return answer(request, connection);
            })
        .watchTermination(
            (idle, ended) -> {
              ended.whenComplete((done, failure) -> connection.hasGone());
              closeWhenIdle(connection, idle);
              return NotUsed.notUsed();
            });
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request, Connection connection) {
    connection.begin();
    return handler.apply(request, connection).whenComplete((response, failure) -> connection.end());
  }

  private void closeWhenIdle(Connection connection, UniqueKillSwitch idle) {
    Cancellable watch =
        system
            .classicSystem()
            .scheduler()
            .scheduleWithFixedDelay(
                requestTimeout,
                requestTimeout.dividedBy(4),
                () -> {
                  if (connection.idleFor(requestTimeout)) {
                    idle.shutdown();
                  }
                },
                system.executionContext());
    connection.gone().whenComplete((gone, failure) -> watch.cancel());
  }

  /** Whether the client said that no request comes after this one. */
  private static boolean isLast(HttpRequest request) {
    return request.protocol().equals(HttpProtocols.HTTP_1_0)
        || request
            .getHeader("Connection")
            .filter(header -> header.value().toLowerCase(Locale.ROOT).contains("close"))
            .isPresent();
  }
}
