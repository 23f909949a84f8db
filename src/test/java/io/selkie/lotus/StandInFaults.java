package io.selkie.lotus;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.selkie.rpc.RpcJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** What goes wrong between a worker and its miner. All of it may be turned on at any time. */
public final class StandInFaults {
  private static final long BODY_MILLIS = 30_000;
  private static final int BAD_GATEWAY = 502;

  /** What becomes of an answer that is lost. The request was processed. */
  public enum Loss {
    /** The connection breaks in the middle of it. */
    CUT,
    /** A proxy in between says 502. */
    BAD_GATEWAY
  }

  private final ClassicActorSystemProvider system;
  private final Map<String, Queue<Loss>> losses = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean silent;

  StandInFaults(ClassicActorSystemProvider system) {
    this.system = system;
  }

  /** Each answer comes so much later. */
  public void delayAnswers(Duration later) {
    delay = later;
  }

  /** Half-open: requests are taken, not processed, and never answered. Those of then stay so. */
  public void fallSilent(boolean now) {
    silent = now;
  }

  /** So many of the next requests are answered with 502, and not processed. */
  public void refuseNext(int requests) {
    refusals.set(requests);
  }

  /**
   * The next call of a method is processed, and its answer is lost.
   *
   * @param method such as {@code ReturnSealCommit2}
   */
  public void loseNextAnswer(String method, Loss loss) {
    losses.computeIfAbsent(method, known -> new ConcurrentLinkedQueue<>()).add(loss);
  }

  /** How often a method was called, such as {@code ReturnSealCommit2}. */
  public int calls(String method) {
    AtomicInteger count = counts.get(method);
    return count == null ? 0 : count.get();
  }

  CompletionStage<HttpResponse> handle(
      HttpRequest request, Function<HttpRequest, CompletionStage<HttpResponse>> miner) {
    if (silent) {
      return new CompletableFuture<>();
    }
    return request
        .entity()
        .withSizeLimit(RpcJson.MOST_BYTES)
        .toStrict(BODY_MILLIS, system)
        .thenCompose(
            entity -> {
              String method = method(entity.getData());
              counts.computeIfAbsent(method, known -> new AtomicInteger()).incrementAndGet();
              if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return CompletableFuture.completedFuture(badGateway());
              }
              return miner
                  .apply(request.withEntity(entity))
                  .thenApply(response -> spoilt(method, response))
                  .thenCompose(this::later);
            });
  }

  private static String method(ByteString body) {
    try {
      String name = RpcJson.MAPPER.readTree(body.toArray()).path("method").asText();
      return name.substring(name.indexOf('.') + 1);
    } catch (IOException e) {
      return "";
    }
  }

  private static HttpResponse badGateway() {
    return HttpResponse.create().withStatus(BAD_GATEWAY);
  }

  private HttpResponse spoilt(String method, HttpResponse response) {
    Queue<Loss> waiting = losses.get(method);
    Loss loss = waiting == null ? null : waiting.poll();
    if (loss == null) {
      return response;
    }
    response.discardEntityBytes(system);
    return loss == Loss.BAD_GATEWAY
        ? badGateway()
        : response.withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_JSON,
                40,
                Source.single(ByteString.fromString("{\"id\":"))
                    .concat(Source.failed(new IOException("cut")))));
  }

  private CompletionStage<HttpResponse> later(HttpResponse response) {
    return delay.isZero()
        ? CompletableFuture.completedFuture(response)
        : CompletableFuture.supplyAsync(
            () -> response,
            CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS));
  }
}
