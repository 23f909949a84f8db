package io.selkie.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import io.selkie.auth.Permission;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The node itself: whether it lives, whether it takes work, what waits, and this interface. */
final class NodeRoutes {
  private static final String DOCUMENT = "/openapi.json";

  private final Operations operations;
  private final Replies replies;
  private final Patience patience;

  NodeRoutes(Operations operations, Replies replies, Patience patience) {
    this.operations = operations;
    this.replies = replies;
    this.patience = patience;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/health", "getHealth").answers(200).by(this::health),
        Endpoint.get("/ready", "getReadiness").answers(200, 503).by(this::ready),
        Endpoint.get(DOCUMENT, "getDocument").answers(200).by(this::document),
        Endpoint.get("/waiting", "getWaiting")
            .needs(Permission.READ)
            .answers(200, 503)
            .by(this::waiting));
  }

  private CompletionStage<HttpResponse> health(Call call) {
    return CompletableFuture.completedStage(replies.ok(Map.of("status", "up")));
  }

  private record CheckReply(String name, boolean ok, Optional<String> problem) {}

  private record ReadyReply(boolean ready, List<CheckReply> checks) {}

  private CompletionStage<HttpResponse> ready(Call call) {
    return patience
        .with(operations.readiness())
        .thenApply(
            checks -> {
              boolean ready = checks.stream().allMatch(check -> check.problem().isEmpty());
              List<CheckReply> list =
                  checks.stream()
                      .map(
                          check ->
                              new CheckReply(
                                  check.name(), check.problem().isEmpty(), check.problem()))
                      .toList();
              return replies.json(
                  ready ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE,
                  new ReadyReply(ready, list));
            });
  }

  private record WaitingTask(String task, String reason) {}

  private CompletionStage<HttpResponse> waiting(Call call) {
    return patience
        .with(operations.explain())
        .thenApply(
            reasons ->
                replies.ok(
                    Map.of(
                        "waiting",
                        new TreeMap<>(reasons)
                            .entrySet().stream()
                                .map(entry -> new WaitingTask(entry.getKey(), entry.getValue()))
                                .toList())));
  }

  private CompletionStage<HttpResponse> document(Call call) {
    try (InputStream resource =
        Objects.requireNonNull(NodeRoutes.class.getResourceAsStream(DOCUMENT), DOCUMENT)) {
      return CompletableFuture.completedStage(
          HttpResponse.create()
              .withEntity(
                  HttpEntities.create(ContentTypes.APPLICATION_JSON, resource.readAllBytes())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
