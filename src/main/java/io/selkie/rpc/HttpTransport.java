package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import akka.event.Logging;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.Authorization;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import scala.concurrent.duration.Duration;

/** One HTTP POST for each call. */
final class HttpTransport implements Transport {
  /** As many as Lotus's client has: one that waits for its answer must not keep others from it. */
  private static final int CONNECTIONS = 100;

  /** Calls beyond those connections wait; a power of two. */
  private static final int OPEN_REQUESTS = 8192;

  /** A busy host may begin late to read an answer, and would lose it with Akka's one second. */
  private static final Duration SUBSCRIPTION = Duration.create(1, TimeUnit.MINUTES);

  private static final int UNAUTHORIZED = 401;

  private final URI address;
  private final String token;
  private final ClassicActorSystemProvider system;
  private final ConnectionPoolSettings connections;

  HttpTransport(URI address, String token, ClassicActorSystemProvider system) {
    this.address = address;
    this.token = token;
    this.system = system;
    this.connections =
        ConnectionPoolSettings.create(system.classicSystem())
            .withMaxConnections(CONNECTIONS)
            .withMaxOpenRequests(OPEN_REQUESTS)
            .withMaxRetries(0) // whoever calls knows whether it may be done twice
            .withResponseEntitySubscriptionTimeout(SUBSCRIPTION);
  }

  @Override
  public String toString() {
    return address.toString();
  }

  @Override
  public CompletionStage<@Nullable Object> send(
      RpcInterface.RpcMethod method, long id, ObjectNode request) {
    if (method.channel()) {
      return CompletableFuture.failedFuture(
          new RpcException(RpcException.NO_METHOD, method.name() + " needs a WebSocket"));
    }
    HttpRequest post =
        HttpRequest.POST(address.toString())
            .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, request.toString()));
    HttpRequest signed = token.isEmpty() ? post : post.addHeader(Authorization.oauth2(token));
    return Http.get(system)
        .singleRequest(
            signed,
            Http.get(system).defaultClientHttpsContext(),
            connections,
            Logging.getLogger(system.classicSystem(), HttpTransport.class))
        .thenCompose(this::body)
        .thenApply(body -> result(method, id, body))
        .exceptionallyCompose(trouble -> CompletableFuture.failedFuture(asKnown(trouble)));
  }

  private Throwable asKnown(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    return cause instanceof RpcException || cause instanceof IOException
        ? cause
        : new IOException("no answer from " + address + ": " + reason(cause), cause);
  }

  /** Akka's own message tells of its commands and classes; the first cause tells the reason. */
  private static String reason(Throwable trouble) {
    Throwable first = trouble;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first.getMessage() == null ? first.toString() : first.getMessage();
  }

  /** Go's clients take the same statuses for answers. */
  private CompletionStage<ByteString> body(HttpResponse response) {
    int status = response.status().intValue();
    if (status == UNAUTHORIZED) {
      response.discardEntityBytes(system);
      return CompletableFuture.failedFuture(
          new RpcException(address + " does not know this token (status 401)"));
    }
    if (status > 400 && status != 500) {
      response.discardEntityBytes(system);
      return CompletableFuture.failedFuture(
          new IOException(address + " answers with status " + response.status()));
    }
    return Wire.bytes(response.entity(), system);
  }

  private @Nullable Object result(RpcInterface.RpcMethod method, long id, ByteString body) {
    try {
      return Wire.result(method, id, RpcJson.MAPPER.readTree(body.toArrayUnsafe()), address);
    } catch (IOException | RpcException e) {
      throw new CompletionException(e);
    }
  }
}
