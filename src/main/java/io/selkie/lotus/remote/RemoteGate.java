package io.selkie.lotus.remote;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import io.selkie.auth.Permission;
import io.selkie.rpc.RpcCallers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets in whose token allows {@code admin}. Answers are those of a Lotus worker: a token that is no
 * good, one that is not sent as a bearer's, and none at all are three things.
 *
 * @param callers knows what tokens allow
 * @param deleters the same for deletions, which nothing is to be allowed that was true some time
 *     ago
 */
record RemoteGate(RpcCallers callers, RpcCallers deleters) {
  private static final String BEARER = "Bearer ";
  private static final String NOT_ADMIN = "{\"Error\":\"unauthorized: missing admin permission\"}";

  /** What refuses the request; empty: it may go on. */
  CompletionStage<Optional<HttpResponse>> refusal(HttpRequest request) {
    List<String> headers = new ArrayList<>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("authorization")) {
        headers.add(header.value());
      }
    }
    if (headers.size() > 1 || (headers.size() == 1 && !headers.get(0).startsWith(BEARER))) {
      return CompletableFuture.completedStage(Optional.of(notGood()));
    }
    Optional<String> token =
        headers.isEmpty()
            ? request.getUri().query().get("token")
            : Optional.of(headers.get(0).substring(BEARER.length()));
    if (token.isEmpty()) {
      return CompletableFuture.completedStage(Optional.of(notAdmin()));
    }
    boolean deletes = request.method().equals(HttpMethods.DELETE);
    return (deletes ? deleters : callers).allowed(token.get()).thenApply(RemoteGate::refusal);
  }

  private static Optional<HttpResponse> refusal(Optional<Set<Permission>> allowed) {
    if (allowed.isEmpty()) {
      return Optional.of(notGood());
    }
    return allowed.get().contains(Permission.ADMIN) ? Optional.empty() : Optional.of(notAdmin());
  }

  private static HttpResponse notGood() {
    return Answers.empty(StatusCodes.UNAUTHORIZED);
  }

  private static HttpResponse notAdmin() {
    return Answers.text(StatusCodes.UNAUTHORIZED, NOT_ADMIN);
  }
}
