package io.selkie.lotus.streams;

import static scala.jdk.javaapi.DurationConverters.toScala;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Who pushes the bytes of a piece, as a miner does to its worker: asks by HEAD, is sent elsewhere
 * or told to go on when the task reads, and posts.
 */
public final class PushClient {
  private static final int MOST_REDIRECTS = 16;

  /** A question may be open for hours, and each has a connection of its own. */
  private static final int MOST_CONNECTIONS = 1024;

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final ActorSystem<?> system;
  private final ConnectionPoolSettings pool;

  /** A client; its connections end with their pushes. */
  public PushClient(ActorSystem<?> system) {
    this.system = system;
    ConnectionPoolSettings defaults = ConnectionPoolSettings.create(system.classicSystem());
    this.pool =
        defaults
            .withMaxConnections(MOST_CONNECTIONS)
            .withMaxOpenRequests(MOST_CONNECTIONS)
            .withMaxRetries(0)
            .withConnectionSettings(
                defaults
                    .getConnectionSettings()
                    .withConnectingTimeout(toScala(CONNECT))
                    .withIdleTimeout(scala.concurrent.duration.Duration.Inf()));
  }

  /** How a push ended. */
  public enum Outcome {
    /** All was taken that was wanted. */
    TAKEN,
    /** It was closed unread. */
    NOT_WANTED
  }

  /**
   * Pushes.
   *
   * @param place the worker's address of the stream
   * @param bytes run only if they are wanted
   * @param length of the bytes; empty: they are sent in chunks
   * @return fails with {@link StreamException} on any other answer
   */
  public CompletionStage<Outcome> push(
      URI place, Source<ByteString, ?> bytes, Optional<Long> length) {
    return ask(place, MOST_REDIRECTS)
        .thenCompose(
            there ->
                there.isPresent()
                    ? post(there.get(), bytes, length)
                    : CompletableFuture.completedFuture(Outcome.NOT_WANTED));
  }

  /** Posts without asking, as old clients do. */
  public CompletionStage<Outcome> post(
      URI place, Source<ByteString, ?> bytes, Optional<Long> length) {
    RequestEntity body =
        length
            .<RequestEntity>map(
                known -> HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, known, bytes))
            .orElseGet(
                () -> HttpEntities.createChunked(ContentTypes.APPLICATION_OCTET_STREAM, bytes));
    return send(HttpRequest.POST(place.toString()).withEntity(body))
        .thenCompose(
            response ->
                response.status().intValue() == 200
                    ? CompletableFuture.completedFuture(Outcome.TAKEN)
                    : refused(place, response));
  }

  /** Where to post; empty if nobody wants it. */
  private CompletionStage<Optional<URI>> ask(URI place, int redirects) {
    return send(HttpRequest.HEAD(place.toString()))
        .thenCompose(
            response -> {
              int status = response.status().intValue();
              if (status == 302 && redirects > 0) {
                URI next =
                    response
                        .getHeader("Location")
                        .map(location -> place.resolve(location.value()))
                        .orElse(place);
                return ask(next, redirects - 1);
              }
              if (status == 204) {
                return CompletableFuture.completedFuture(Optional.empty());
              }
              return status == 200
                  ? CompletableFuture.completedFuture(Optional.of(place))
                  : refused(place, response);
            });
  }

  /** Each on a connection of its own: one that was kept may turn out to be dead. */
  private CompletionStage<HttpResponse> send(HttpRequest request) {
    return Http.get(system)
        .singleRequest(
            request.addHeader(Connection.create("close")),
            Http.get(system).defaultClientHttpsContext(),
            pool,
            system.classicSystem().log())
        .thenApply(
            response -> {
              response.discardEntityBytes(system);
              return response;
            });
  }

  private static <T> CompletionStage<T> refused(URI place, HttpResponse response) {
    return CompletableFuture.failedFuture(
        new StreamException(place.getAuthority() + " answers with " + response.status()));
  }
}
