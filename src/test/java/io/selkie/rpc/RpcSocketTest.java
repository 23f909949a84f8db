package io.selkie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.NotUsed;
import akka.actor.ExtendedActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's side: against our server, through a cable that can be cut, and against odd ones. */
@Timeout(60)
class RpcSocketTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final SocketTimes QUICK =
      new SocketTimes(
          Duration.ofMillis(100),
          Duration.ofMillis(800),
          Duration.ofMillis(20),
          Duration.ofMillis(100),
          Duration.ofMillis(100));

  private final SocketSample.Real service = new SocketSample.Real();
  private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());
  private URI server;
  private Cable cable;

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void connect() throws Exception {
    server =
        SocketSample.Real.address(SocketSample.Real.listen(KIT, service, Duration.ofSeconds(30)));
    cable = new Cable(server);
    open.add(cable);
  }

  @AfterEach
  void disconnect() throws Exception {
    Collections.reverse(open);
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private RpcSocket<SocketSample> socket(URI address, boolean reconnects) {
    RpcSocket<SocketSample> socket =
        RpcSocket.open(SocketSample.class, address, "all", reconnects, QUICK, KIT.system());
    open.add(socket);
    return socket;
  }

  private SocketSample there() {
    return socket(cable.address(), true).api();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Throwable trouble(CompletionStage<?> stage) {
    return Optional.ofNullable(assertThrows(ExecutionException.class, () -> get(stage)).getCause())
        .orElseThrow();
  }

  private static CompletionStage<List<String>> read(Source<String, NotUsed> values) {
    return values.runWith(Sink.seq(), KIT.system());
  }

  @Test
  void callsAreAnsweredWhenTheyEnd() throws Exception {
    SocketSample there = there();

    CompletionStage<String> slow = there.slow("a");
    assertEquals("cd057b6f", get(there.session()));
    assertEquals("secret", get(there.guarded()));
    assertFalse(slow.toCompletableFuture().isDone());
    service.next().complete("done");

    assertEquals("done", get(slow));
    assertEquals(1, cable.connections.get());
  }

  @Test
  void theAddressMayBeThatOfHttp() throws Exception {
    URI http = URI.create(cable.address().toString().replaceFirst("ws", "http"));

    assertEquals("cd057b6f", get(socket(http, false).api().session()));
  }

  @Test
  void manyCallsRunAtOnce() throws Exception {
    SocketSample there = there();
    List<CompletionStage<String>> calls = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      calls.add(there.slow(Integer.toString(i)));
    }
    List<CompletableFuture<String>> running = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      running.add(service.next());
    }

    for (int i = 499; i >= 0; i--) {
      running.get(i).complete("answer " + i);
    }

    for (int i = 0; i < 500; i++) {
      assertEquals("answer " + i, get(calls.get(i)));
    }
  }

  @Test
  void aRefusalIsToldFromACallOfUnknownFate() throws Exception {
    SocketSample there = there();
    assertEquals("no such thing", trouble(there.bug()).getMessage());
    CompletionStage<String> slow = there.slow("a");
    assertFalse(service.next().isDone());

    cable.cut();

    assertInstanceOf(ConnectionLost.class, trouble(slow));
  }

  @Test
  void aLostConnectionIsOpenedAgain() throws Exception {
    SocketSample there = there();
    CompletionStage<String> slow = there.slow("a");
    assertFalse(service.next().isDone());
    cable.refuse(true);
    cable.cut();
    trouble(slow);

    assertInstanceOf(IOException.class, trouble(there.session()));
    cable.refuse(false);

    assertEquals("cd057b6f", get(again(there)));
    assertTrue(cable.connections.get() > 1);
  }

  /** Until there is a connection. */
  private static CompletionStage<String> again(SocketSample there) {
    return there
        .session()
        .exceptionallyCompose(
            lost ->
                CompletableFuture.supplyAsync(
                        () -> there, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))
                    .thenCompose(RpcSocketTest::again));
  }

  @Test
  void aLostConnectionMayBeTheEnd() throws Exception {
    RpcSocket<SocketSample> socket = socket(cable.address(), false);
    get(socket.connected());

    cable.cut();
    get(socket.closed());

    assertInstanceOf(IOException.class, trouble(socket.api().session()));
    assertEquals(1, cable.connections.get());
  }

  @Test
  void aCallThatMayBeRepeatedIsRepeatedUntilItIsAnswered() throws Exception {
    SocketSample there = there();
    CompletionStage<String> call = there.repeated("a");
    assertFalse(service.next().isDone());
    cable.cut();
    assertFalse(service.next().isDone());
    cable.refuse(true);
    cable.cut();
    cable.refuse(false);

    service.next().complete("done");

    assertEquals("done", get(call));
  }

  @Test
  void aRefusalIsNotRepeated() throws Exception {
    SocketSample there = there();
    CompletionStage<String> call = there.repeated("a");

    service.next().completeExceptionally(new RpcException("no"));

    assertEquals("no", trouble(call).getMessage());
  }

  @Test
  void whoDoesNotWaitAnyLongerCancelsTheCall() throws Exception {
    SocketSample there = there();
    CompletableFuture<String> cancelled = there.slow("a").toCompletableFuture();
    CompletableFuture<String> first = service.next();
    CompletableFuture<String> late = there.slow("b").toCompletableFuture();
    CompletableFuture<String> second = service.next();

    cancelled.cancel(false);
    assertEquals("late", get(late.completeOnTimeout("late", 50, TimeUnit.MILLISECONDS)));

    assertThrows(CancellationException.class, () -> get(first));
    assertThrows(CancellationException.class, () -> get(second));
  }

  @Test
  void aChannelGivesItsValues() throws Exception {
    Source<Long, NotUsed> values = get(there().numbers(500));

    assertEquals(
        LongStream.range(0, 500).boxed().toList(), get(values.runWith(Sink.seq(), KIT.system())));
  }

  @Test
  void aChannelThatIsLeftIsCancelled() throws Exception {
    Source<String, NotUsed> values = get(there().quiet());

    values.runWith(Sink.cancelled(), KIT.system());

    assertEquals("ended", get(service.quietEnded));
  }

  @Test
  void aChannelEndsWithItsConnection() throws Exception {
    SocketSample there = there();
    CompletionStage<List<String>> values = read(get(there.quiet()));

    cable.cut();

    assertInstanceOf(ConnectionLost.class, trouble(values));
    get(again(there));
    assertEquals(List.of(0L), get(get(there.numbers(1)).runWith(Sink.seq(), KIT.system())));
  }

  @Test
  void aChannelThatIsReadTooSlowlyFailsAndHoldsNothingUp() throws Exception {
    SocketSample there = there();
    CompletableFuture<String> never = new CompletableFuture<>();
    CompletionStage<List<String>> values = read(get(there.endless()).mapAsync(1, value -> never));

    assertEquals("cd057b6f", get(there.session()));

    String trouble = String.valueOf(trouble(values).getMessage());
    assertTrue(trouble.contains("too slowly"), trouble);
    assertEquals("cd057b6f", get(there.session()));
  }

  @Test
  void aServerThatIsSilentIsLost() throws Exception {
    try (OddServer silent = new OddServer(text -> "")) {
      RpcSocket<SocketSample> socket = socket(silent.address(), false);
      CompletionStage<String> call = socket.api().session();

      assertInstanceOf(ConnectionLost.class, trouble(call));
      assertEquals("ping", get(silent.pinged));
    }
  }

  @Test
  void aServerThatAnswersPingsIsNotLost() throws Exception {
    CompletionStage<String> slow = there().slow("a");
    CompletableFuture<String> call = service.next();

    long later = 2 * QUICK.silence().toMillis();
    assertEquals("done", get(call.completeOnTimeout("done", later, TimeUnit.MILLISECONDS)));

    assertEquals("done", get(slow));
    assertEquals(1, cable.connections.get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[[[[[",
        "{\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}",
        "{\"id\":1,\"result\":7.5}",
        "{\"id\":1}",
        "{\"id\":1,\"result\":null}",
        "{\"id\":1,\"result\":{}}"
      })
  void whatIsNoAnswerIsAFailure(String answer) throws Exception {
    try (OddServer odd = new OddServer(text -> answer)) {
      assertInstanceOf(IOException.class, trouble(socket(odd.address(), false).api().session()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":7,\"result\":\"x\"}",
        "{\"method\":\"xrpc.ch.val\",\"params\":[1,2]}",
        "{\"method\":\"xrpc.ch.close\",\"params\":[]}",
        "{\"method\":\"Filecoin.Session\",\"id\":4}"
      })
  void whatNobodyAskedForIsIgnored(String message) throws Exception {
    List<String> answers =
        Collections.synchronizedList(
            new ArrayList<>(List.of(message, "{\"id\":1,\"result\":\"x\"}")));
    try (OddServer odd = new OddServer(text -> answers.isEmpty() ? "" : answers.remove(0))) {
      SocketSample there = socket(odd.address(), false).api();

      assertEquals("x", get(there.session())); // the second comes after our next ping
    }
  }

  @Test
  void theFirstAttemptTellsHowItWent() throws Exception {
    get(socket(cable.address(), true).connected());

    RpcSocket<SocketSample> wrong =
        RpcSocket.open(SocketSample.class, server, "wrong", false, QUICK, KIT.system());
    String refusal = String.valueOf(trouble(wrong.connected()).getMessage());
    assertTrue(refusal.contains("401"), refusal);

    RpcSocket<SocketSample> nobody = socket(URI.create("ws://127.0.0.1:1/rpc/v0"), false);
    assertInstanceOf(IOException.class, trouble(nobody.connected()));
    get(nobody.closed());
  }

  @Test
  void aClosedSocketEndsCleanly() throws Exception {
    RpcSocket<SocketSample> socket = socket(cable.address(), true);
    CompletionStage<String> slow = socket.api().slow("a");
    CompletionStage<String> repeated = socket.api().repeated("b");
    CompletableFuture<String> call = service.next();

    socket.close();

    get(socket.closed());
    assertInstanceOf(IOException.class, trouble(slow));
    assertInstanceOf(IOException.class, trouble(repeated));
    assertThrows(CancellationException.class, () -> get(call));
    CompletableFuture<String> other = service.next();
    assertThrows(CancellationException.class, () -> get(other));
    assertInstanceOf(IOException.class, trouble(socket.api().session()));
  }

  @Test
  void nothingIsLeftOfSocketsThatEnded() throws Exception {
    ExtendedActorSystem system = (ExtendedActorSystem) KIT.system().classicSystem();
    RpcSocket<SocketSample> warm = socket(server, false);
    get(warm.api().session());
    warm.close();
    get(warm.closed());
    long before = settled(system);

    for (int i = 0; i < 30; i++) {
      RpcSocket<SocketSample> socket = socket(cable.address(), false);
      read(get(socket.api().quiet()));
      get(socket.api().session());
      if (i % 2 == 0) {
        socket.close();
      } else {
        cable.cut();
      }
      get(socket.closed());
    }

    long after = settled(system);
    assertTrue(after <= before, before + " actors became " + after);
  }

  /** The least number of actors in some seconds. */
  private static long settled(ExtendedActorSystem system) throws Exception {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 15; i++) {
      least = Math.min(least, system.printTree().lines().count());
      assertEquals(
          "",
          new CompletableFuture<String>().completeOnTimeout("", 200, TimeUnit.MILLISECONDS).get());
    }
    return least;
  }
}
