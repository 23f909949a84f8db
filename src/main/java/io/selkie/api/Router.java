package io.selkie.api;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.model.headers.Allow;
import akka.http.javadsl.model.headers.TimeoutAccess;
import akka.http.scaladsl.model.IllegalUriException;
import akka.japi.Pair;
import io.selkie.auth.Permission;
import io.selkie.auth.Verification.Verified;
import io.selkie.http.Connection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;
import scala.concurrent.duration.Duration;

/**
 * Answers requests by the table of endpoints: path, then method, then token, then parameters. Only
 * what passed all of them reaches a handler.
 */
final class Router {
  private final List<Endpoint> table;
  private final Doorkeeper doorkeeper;
  private final Audit audit;
  private final Replies replies;
  private final ActorSystem<?> system;

  Router(
      List<Endpoint> table,
      Doorkeeper doorkeeper,
      Audit audit,
      Replies replies,
      ActorSystem<?> system) {
    this.table = List.copyOf(table);
    this.doorkeeper = doorkeeper;
    this.audit = audit;
    this.replies = replies;
    this.system = system;
  }

  /** Answers one request, never with a failure. */
  CompletionStage<HttpResponse> answer(HttpRequest request, Connection connection) {
    try {
      return route(request, connection).exceptionally(replies::failure);
    } catch (ApiException e) {
      request.discardEntityBytes(system);
      return CompletableFuture.completedStage(replies.failure(e));
    }
  }

  private CompletionStage<HttpResponse> route(HttpRequest request, Connection connection) {
    Endpoint endpoint = find(request);
    Optional<Verified> caller = endpoint.permission().map(needed -> doorkeeper.identify(request));
    Optional<ApiException> refusal =
        caller.flatMap(known -> refusal(known, endpoint.permission().orElseThrow()));
    if (refusal.isPresent()) {
      request.discardEntityBytes(system);
      return endpoint.audited()
          ? audit.refused(request, caller.orElseThrow(), refusal.get())
          : CompletableFuture.failedStage(refusal.get());
    }
    Call call = call(request, endpoint, caller, connection);
    boundTime(request, endpoint);
    return endpoint.audited()
        ? audit.record(request, caller.orElseThrow(), () -> handle(endpoint, call))
        : handle(endpoint, call);
  }

  private static Optional<ApiException> refusal(Verified caller, Permission needed) {
    return caller.allows(needed)
        ? Optional.empty()
        : Optional.of(
            new ApiException(
                StatusCodes.FORBIDDEN,
                "forbidden",
                "this takes the permission " + needed + ": use a token that carries it"));
  }

  private CompletionStage<HttpResponse> handle(Endpoint endpoint, Call call) {
    if (!endpoint.readsBody()) {
      call.request().discardEntityBytes(system);
    }
    try {
      return endpoint.handler().handle(call);
    } catch (ApiException e) {
      if (endpoint.readsBody()) {
        call.request().discardEntityBytes(system); // the handler gave up before it read it
      }
      return CompletableFuture.failedStage(e);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private Endpoint find(HttpRequest request) {
    List<String> segments = segments(request.getUri());
    List<Endpoint> here =
        table.stream().filter(endpoint -> endpoint.match(segments).isPresent()).toList();
    if (here.isEmpty()) {
      throw new ApiException(
          StatusCodes.NOT_FOUND,
          "no_such_path",
          "there is nothing here: see " + Endpoint.BASE + "/openapi.json");
    }
    return here.stream()
        .filter(endpoint -> endpoint.takes(request.method()))
        .findFirst()
        .orElseThrow(() -> notAllowed(here));
  }

  private static ApiException notAllowed(List<Endpoint> here) {
    HttpMethod[] methods = here.stream().map(Endpoint::method).toArray(HttpMethod[]::new);
    return new ApiException(
        StatusCodes.METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this path does not take that method: see the header Allow",
        List.of(Allow.create(methods)));
  }

  /** The parts of the path; none of a path with an empty part, which would be passed over. */
  private static List<String> segments(Uri uri) {
    String path = uri.path();
    if (path.contains("//") || path.endsWith("/")) {
      return List.of();
    }
    return StreamSupport.stream(uri.pathSegments().spliterator(), false).toList();
  }

  private Call call(
      HttpRequest request, Endpoint endpoint, Optional<Verified> caller, Connection connection) {
    Map<String, String> path = endpoint.match(segments(request.getUri())).orElseThrow();
    return new Call(request, path, query(request.getUri(), endpoint), caller, connection);
  }

  /** A misspelt parameter would be ignored, and the caller get something else than was asked. */
  private static Map<String, String> query(Uri uri, Endpoint endpoint) {
    Map<String, String> query = new HashMap<>();
    try {
      for (Pair<String, String> parameter :
          uri.query(StandardCharsets.UTF_8, Uri.STRICT).toList()) {
        if (!endpoint.parameters().contains(parameter.first())) {
          throw Call.invalid("unknown parameter: this takes " + endpoint.parameterNames());
        }
        if (query.put(parameter.first(), parameter.second()) != null) {
          throw Call.invalid("the parameter " + parameter.first() + " is given twice");
        }
      }
    } catch (IllegalUriException e) {
      throw Call.invalid("the query cannot be read: percent-encode its values");
    }
    return query;
  }

  /** A handler that streams bounds its own time; for the others there is a last resort. */
  private void boundTime(HttpRequest request, Endpoint endpoint) {
    request
        .getHeader(TimeoutAccess.class)
        .map(TimeoutAccess::timeoutAccess)
        .ifPresent(
            access -> {
              if (endpoint.streams()) {
                access.updateTimeout(Duration.Inf());
              } else {
                access.updateHandler(late -> replies.timeout());
              }
            });
  }
}
