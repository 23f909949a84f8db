package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.ws.WebSocketUpgrade;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.selkie.auth.Permission;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link RpcService} over HTTP POST and over WebSockets, whichever a request asks for: status,
 * body and permissions as Lotus has them. A server whose WebSockets are to live sends pings, as
 * {@code io.selkie.http.PatientListener} does.
 */
public final class RpcEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(RpcEndpoint.class);
  private static final String BEARER = "Bearer ";

  /** Who shows no token may read. */
  private static final Set<Permission> NOBODY = Set.of(Permission.READ);

  private final RpcService service;
  private final RpcCallers callers;
  private final ClassicActorSystemProvider system;
  private final Limits limits;

  /**
   * What a request may take of this host before anybody knows what it asks for.
   *
   * @param mostUnknown bytes of one without a token: none that may be made so has as many
   * @param unknown how long the body of such a one may take
   * @param stall how long the body of any other may pause
   * @param known how long it may take
   */
  record Limits(int mostUnknown, Duration unknown, Duration stall, Duration known) {
    static final Limits USUAL =
        new Limits(
            64 << 10, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(10));
  }

  /**
   * Who calls.
   *
   * @param known whether by a token
   */
  private record Caller(Set<Permission> allowed, boolean known) {}

  /**
   * An endpoint.
   *
   * @param callers knows what tokens allow
   */
  public RpcEndpoint(RpcService service, RpcCallers callers, ClassicActorSystemProvider system) {
    this(service, callers, system, Limits.USUAL);
  }

  RpcEndpoint(
      RpcService service, RpcCallers callers, ClassicActorSystemProvider system, Limits limits) {
    this.service = service;
    this.callers = callers;
    this.system = system;
    this.limits = limits;
  }

  /** Answers a request, of whatever path; never a failed stage. */
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    Optional<WebSocketUpgrade> socket = request.getAttribute(AttributeKeys.webSocketUpgrade);
    if (socket.isPresent()) {
      return caller(request)
          .thenApply(
              // A socket stays: one that nothing may be asked by would keep others out.
              caller ->
                  caller
                      .filter(known -> service.offers(known.allowed()))
                      .map(known -> session(socket.get(), known))
                      .orElseGet(() -> HttpResponse.create().withStatus(StatusCodes.UNAUTHORIZED)))
          .exceptionally(RpcEndpoint::failed);
    }
    if (!request.method().equals(HttpMethods.POST)) {
      return refuse(request, HttpResponse.create().withStatus(StatusCodes.METHOD_NOT_ALLOWED));
    }
    return caller(request)
        .thenCompose(
            caller ->
                caller.isPresent()
                    ? body(request, caller.get())
                        .thenCompose(body -> answer(body, caller.get().allowed()))
                    : refuse(request, HttpResponse.create().withStatus(StatusCodes.UNAUTHORIZED)))
        .exceptionally(RpcEndpoint::failed);
  }

  private HttpResponse session(WebSocketUpgrade socket, Caller caller) {
    return socket.handleMessagesWith(
        RpcSession.flow(service, caller.allowed(), most(caller), system));
  }

  private int most(Caller caller) {
    return caller.known() ? RpcJson.MOST_BYTES : limits.mostUnknown();
  }

  private CompletionStage<ByteString> body(HttpRequest request, Caller caller) {
    return Wire.bytes(
        request.entity(),
        most(caller),
        limits.stall(),
        caller.known() ? limits.known() : limits.unknown(),
        system);
  }

  private CompletionStage<HttpResponse> refuse(HttpRequest request, HttpResponse refusal) {
    request.discardEntityBytes(system);
    return CompletableFuture.completedFuture(refusal);
  }

  private static HttpResponse failed(Throwable trouble) {
    if (Stages.cause(trouble) instanceof EntityStreamSizeException size) {
      return response(
          RpcAnswer.failed(
              NullNode.instance,
              new RpcException(
                  RpcException.PARSE, "request bigger than maximum " + size.limit() + " allowed")));
    }
    if (Stages.cause(trouble) instanceof TimeoutException) {
      return HttpResponse.create()
          .withStatus(StatusCodes.REQUEST_TIMEOUT)
          .addHeader(Connection.create("close"));
    }
    LOG.debug("a request could not be read, or its token not be looked up", trouble);
    return HttpResponse.create().withStatus(StatusCodes.UNAUTHORIZED);
  }

  /** Empty if there is a token that is no good. */
  private CompletionStage<Optional<Caller>> caller(HttpRequest request) {
    Optional<String> header = request.getHeader("Authorization").map(HttpHeader::value);
    if (header.isPresent() && !header.get().startsWith(BEARER)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Optional<String> token =
        header
            .map(value -> value.substring(BEARER.length()))
            .or(() -> request.getUri().query().get("token"));
    return token.isPresent()
        ? callers
            .allowed(token.get())
            .thenApply(allowed -> allowed.map(permissions -> new Caller(permissions, true)))
        : CompletableFuture.completedFuture(Optional.of(new Caller(NOBODY, false)));
  }

  private CompletionStage<HttpResponse> answer(ByteString body, Set<Permission> allowed) {
    JsonNode json;
    try {
      json = RpcJson.MAPPER.readTree(body.toArrayUnsafe());
    } catch (JsonProcessingException e) {
      return now(new RpcException(RpcException.PARSE, "Parse error"));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (json.isMissingNode() || (json.isArray() && json.isEmpty())) {
      return now(new RpcException(RpcException.INVALID_REQUEST, "Invalid request"));
    }
    return json.isArray()
        ? batch(json, allowed)
        : service
            .answer(json, allowed)
            .thenApply(answer -> answer.map(RpcEndpoint::response).orElseGet(RpcEndpoint::nothing));
  }

  private static CompletionStage<HttpResponse> now(RpcException error) {
    return CompletableFuture.completedFuture(response(RpcAnswer.failed(NullNode.instance, error)));
  }

  /** One after the other, as Go does it. */
  private CompletionStage<HttpResponse> batch(JsonNode requests, Set<Permission> allowed) {
    CompletionStage<List<String>> answers = CompletableFuture.completedFuture(new ArrayList<>());
    for (JsonNode request : requests) {
      answers =
          answers.thenCompose(
              before ->
                  service
                      .answer(request, allowed)
                      .thenApply(
                          answer -> {
                            answer.ifPresent(one -> before.add(text(one)));
                            return before;
                          }));
    }
    return answers.thenApply(all -> response(200, "[" + String.join(",", all) + "]"));
  }

  private static HttpResponse response(RpcAnswer answer) {
    return response(answer.httpStatus(), text(answer));
  }

  private static HttpResponse nothing() {
    return response(200, "");
  }

  private static String text(RpcAnswer answer) {
    return answer.toJson() + "\n";
  }

  private static HttpResponse response(int status, String body) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_JSON, body.getBytes(StandardCharsets.UTF_8)));
  }
}
