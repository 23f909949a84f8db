package io.selkie.rpc;

import akka.NotUsed;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Source;
import io.selkie.auth.Permission;
import io.selkie.http.HttpListener;
import io.selkie.http.PatientListener;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** Methods that tests end when they like, behind a port of their own. */
interface SocketSample {
  @Needs(Permission.READ)
  CompletionStage<String> session();

  @Needs(Permission.READ)
  CompletionStage<String> slow(String name);

  @Retried
  @Needs(Permission.READ)
  CompletionStage<String> repeated(String name);

  @Needs(Permission.ADMIN)
  CompletionStage<String> guarded();

  @Needs(Permission.READ)
  CompletionStage<String> bug();

  /** So many numbers. */
  @Needs(Permission.READ)
  CompletionStage<Source<Long, NotUsed>> numbers(int count);

  /** Numbers without end. */
  @Needs(Permission.READ)
  CompletionStage<Source<String, NotUsed>> endless();

  /** Nothing, for ever. */
  @Needs(Permission.READ)
  CompletionStage<Source<String, NotUsed>> quiet();

  /** The service. */
  final class Real implements SocketSample {
    static final String LONG = "x".repeat(10_000);

    /** The calls of slow methods, in their order. */
    final BlockingQueue<CompletableFuture<String>> slow = new LinkedBlockingQueue<>();

    /** How many values of endless channels were asked for. */
    final AtomicLong taken = new AtomicLong();

    /** Completes when a quiet channel ends. */
    final CompletableFuture<String> quietEnded = new CompletableFuture<>();

    static HttpListener listen(ActorTestKit kit, Real service, Duration requestTimeout)
        throws Exception {
      Map<String, Set<Permission>> tokens = Map.of("all", Set.of(Permission.values()));
      RpcEndpoint endpoint =
          new RpcEndpoint(
              RpcService.of(SocketSample.class, service),
              token -> CompletableFuture.completedFuture(Optional.ofNullable(tokens.get(token))),
              kit.system());
      return PatientListener.open(
              kit.system(),
              new HttpListener.Place("test", "127.0.0.1", 0, Optional.empty(), false, ""),
              requestTimeout,
              (request, connection) -> endpoint.handle(request))
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
    }

    static URI address(HttpListener listener) {
      return URI.create("ws://127.0.0.1:" + listener.url().getPort() + "/rpc/v0");
    }

    /** The next call of a slow method. */
    CompletableFuture<String> next() throws InterruptedException {
      return Optional.ofNullable(slow.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    @Override
    public CompletionStage<String> session() {
      return CompletableFuture.completedFuture("cd057b6f");
    }

    @Override
    public CompletionStage<String> slow(String name) {
      CompletableFuture<String> call = new CompletableFuture<>();
      slow.add(call);
      return call;
    }

    @Override
    public CompletionStage<String> repeated(String name) {
      return slow(name);
    }

    @Override
    public CompletionStage<String> guarded() {
      return CompletableFuture.completedFuture("secret");
    }

    @Override
    public CompletionStage<String> bug() {
      return CompletableFuture.failedFuture(new RpcException("no such thing"));
    }

    @Override
    public CompletionStage<Source<Long, NotUsed>> numbers(int count) {
      return CompletableFuture.completedFuture(
          Source.from(LongStream.range(0, count).boxed().toList()));
    }

    @Override
    public CompletionStage<Source<String, NotUsed>> endless() {
      return CompletableFuture.completedFuture(
          Source.repeat(LONG)
              .map(
                  value -> {
                    taken.incrementAndGet();
                    return value;
                  }));
    }

    @Override
    public CompletionStage<Source<String, NotUsed>> quiet() {
      return CompletableFuture.completedFuture(
          Source.<String>maybe()
              .watchTermination(
                  (nothing, ended) -> {
                    ended.whenComplete((done, trouble) -> quietEnded.complete("ended"));
                    return NotUsed.notUsed();
                  }));
    }
  }
}
