package io.selkie.rpc;

import akka.Done;
import akka.actor.ActorSystem;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.stages.Stages;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One WebSocket after the other. */
final class Reconnecting implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnecting.class);

  private final URI address;
  private final String token;
  private final boolean reconnects;
  private final SocketTimes times;
  private final ActorSystem system;
  private final CompletableFuture<Done> first = new CompletableFuture<>();
  private final CompletableFuture<Done> closed = new CompletableFuture<>();
  private final Map<Long, CompletableFuture<@Nullable Object>> waiting = new ConcurrentHashMap<>();

  private Optional<Link> link = Optional.empty();
  private boolean closing;
  private int attempts;

  Reconnecting(
      URI address, String token, boolean reconnects, SocketTimes times, ActorSystem system) {
    this.address = address;
    this.token = token;
    this.reconnects = reconnects;
    this.times = times;
    this.system = system;
  }

  @Override
  public String toString() {
    return address.toString();
  }

  /** The outcome of the first attempt. */
  CompletionStage<Done> first() {
    return first.copy();
  }

  synchronized void connect() {
    if (closing) {
      return;
    }
    Link.Opening opening = Link.open(address, token, times, system);
    link = Optional.of(opening.link());
    opening.opened().whenComplete((done, trouble) -> opened(trouble));
    opening.link().ended().whenComplete((done, trouble) -> ended());
  }

  private void opened(@Nullable Throwable trouble) {
    if (trouble == null) {
      synchronized (this) {
        attempts = 0;
      }
      first.complete(Done.done());
    } else if (!first.completeExceptionally(Stages.cause(trouble))) {
      LOG.debug("{}", trouble.getMessage());
    }
  }

  private void ended() {
    Optional<Duration> wait = Optional.empty();
    synchronized (this) {
      link = Optional.empty();
      if (!closing && reconnects) {
        if (attempts == 0) {
          LOG.warn("the connection to {} was lost: it is opened again", address);
        }
        wait = Optional.of(times.untilReconnect(attempts++));
      }
    }
    if (wait.isPresent()) {
      after(wait.get(), this::connect);
    } else {
      closed.complete(Done.done());
    }
  }

  private void after(Duration wait, Runnable task) {
    system.scheduler().scheduleOnce(wait, task, system.dispatcher());
  }

  @Override
  public CompletionStage<@Nullable Object> send(
      RpcInterface.RpcMethod method, long id, ObjectNode request) {
    CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
    attempt(method, id, request.toString(), result, 0);
    return result;
  }

  private synchronized Optional<Link> current() {
    return link;
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private void attempt(
      RpcInterface.RpcMethod method,
      long id,
      String request,
      CompletableFuture<@Nullable Object> result,
      int attempt) {
    if (result.isDone()) {
      return;
    }
    CompletableFuture<@Nullable Object> call =
        current()
            .map(open -> open.call(method, id, request))
            .orElseGet(
                () ->
                    CompletableFuture.failedFuture(
                        new ConnectionLost("there is no connection to " + address)));
    CompletionStage<@Nullable Object> outcome = call;
    outcome.whenComplete(
        (value, trouble) -> {
          if (trouble == null) {
            result.complete(value);
          } else if (method.retried() && lost(trouble) && !isClosing()) {
            waiting.put(id, result);
            after(
                times.untilRetry(attempt),
                () -> {
                  waiting.remove(id);
                  attempt(method, id, request, result, attempt + 1);
                });
          } else {
            result.completeExceptionally(Stages.cause(trouble));
          }
        });
    CompletionStage<@Nullable Object> given = result;
    given.whenComplete(
        (value, trouble) -> {
          waiting.remove(id);
          call.cancel(false); // if it runs, nobody waits for it any more
        });
  }

  private static boolean lost(Throwable trouble) {
    return Stages.cause(trouble) instanceof ConnectionLost;
  }

  /** Says goodbye; calls that run or wait are lost. */
  void close() {
    Optional<Link> open;
    synchronized (this) {
      closing = true;
      open = link;
    }
    open.ifPresentOrElse(Link::close, () -> closed.complete(Done.done()));
    for (CompletableFuture<@Nullable Object> call : waiting.values()) {
      call.completeExceptionally(
          new ConnectionLost("the connection to " + address + " was closed"));
    }
  }

  /** Completes when no connection is there, and none will be. */
  CompletionStage<Done> closed() {
    return closed.copy();
  }
}
