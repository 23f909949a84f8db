package io.selkie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.ws.BinaryMessage;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.selkie.auth.Permission;
import io.selkie.http.HttpListener;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's side, with a client that is not ours; frames as in CHAIN_PROTOCOL.md 1.4.2. */
@Timeout(60)
class RpcSessionTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final String SESSION =
      "{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"Filecoin.Session\",\"params\":[]}";
  private static final String ITS_ANSWER =
      "{\"id\":99,\"jsonrpc\":\"2.0\",\"result\":\"cd057b6f\"}";

  private static final SocketSample.Real SERVICE = new SocketSample.Real();
  private static URI address;

  private final SocketSample.Real service = SERVICE;

  @BeforeAll
  static void listen() throws Exception {
    HttpListener listener = SocketSample.Real.listen(KIT, SERVICE, Duration.ofMillis(400));
    address = SocketSample.Real.address(listener);
  }

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  private static RawSocket open() throws Exception {
    return RawSocket.open(address, Optional.empty(), true);
  }

  private static String call(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"Filecoin.%s\",\"params\":[%s]}"
        .formatted(id, method, params);
  }

  private static String cancel(String id) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.cancel\",\"params\":[" + id + "]}";
  }

  @Test
  void callsAreAnsweredWhenTheyEnd() throws Exception {
    try (RawSocket client = open()) {
      client.send(call(1, "Slow", "\"a\"")).send(SESSION);

      assertEquals(ITS_ANSWER, client.next());
      service.next().complete("done");
      assertEquals("{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":\"done\"}", client.next());
    }
  }

  @Test
  void manyCallsRunAtOnce() throws Exception {
    int many = 500;
    try (RawSocket client = open()) {
      for (int i = 0; i < many; i++) {
        client.send(call(i, "Slow", "\"\""));
      }
      for (int i = 0; i < many; i++) {
        service.next().complete("done");
      }
      Set<String> answers = new HashSet<>();
      for (int i = 0; i < many; i++) {
        answers.add(client.next());
      }

      assertEquals(
          IntStream.range(0, many)
              .mapToObj(i -> "{\"id\":" + i + ",\"jsonrpc\":\"2.0\",\"result\":\"done\"}")
              .collect(Collectors.toSet()),
          answers);
    }
  }

  @Test
  void bytesAndPartsAreMessagesToo() throws Exception {
    try (RawSocket client = open()) {
      client.sendBytes(SESSION);
      assertEquals(ITS_ANSWER, client.next());

      client.sendInParts(SESSION);
      assertEquals(ITS_ANSWER, client.next());
    }
  }

  @Test
  void aConnectionWithoutCallsStaysOpen() throws Exception {
    try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        RawSocket client = open()) {
      idle.setSoTimeout(20_000);
      assertEquals(-1, idle.getInputStream().read()); // by then, the other one would be closed too

      client.send(SESSION);

      assertEquals(ITS_ANSWER, client.next());
    }
  }

  @Test
  void pingsAreSentInFiveSeconds() throws Exception {
    long begin = System.nanoTime();
    try (RawSocket client = open()) {
      long ping = client.ping.get(30, TimeUnit.SECONDS);

      assertTrue(ping - begin >= Duration.ofSeconds(4).toNanos());
      client.send(SESSION);
      assertEquals(ITS_ANSWER, client.next());
    }
  }

  @Test
  void aCallCanBeCancelled() throws Exception {
    try (RawSocket client = open()) {
      client.send(call(7, "Slow", "\"a\""));
      CompletableFuture<String> call = service.next();

      client.send(cancel("7.0"));

      assertThrows(CancellationException.class, () -> call.get(20, TimeUnit.SECONDS));
      assertEquals(
          "{\"error\":{\"code\":1,\"message\":\"context canceled\"},\"id\":7,\"jsonrpc\":\"2.0\"}",
          client.next());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callsEndWithTheirConnection(boolean asked) throws Exception {
    RawSocket client = open();
    String id = asked ? "\"id\":7," : "";
    client.send("{" + id + "\"method\":\"Filecoin.Slow\",\"params\":[\"a\"]}");
    CompletableFuture<String> call = service.next();

    client.abort();

    assertThrows(CancellationException.class, () -> call.get(20, TimeUnit.SECONDS));
  }

  @Test
  void aCallThatIsReadAfterTheEndIsCancelledToo() throws Exception {
    Message late = TextMessage.create(Source.single(call(1, "Slow", "\"a\"")));

    CompletionStage<Done> ended =
        Source.single(late)
            .via(
                RpcSession.flow(
                    RpcService.of(SocketSample.class, service),
                    Set.of(Permission.values()),
                    RpcJson.MOST_BYTES,
                    KIT.system()))
            .runWith(Sink.ignore(), KIT.system());

    CompletableFuture<String> call = service.next();
    assertThrows(CancellationException.class, () -> call.get(20, TimeUnit.SECONDS));
    assertEquals(Done.done(), ended.toCompletableFuture().get(20, TimeUnit.SECONDS));
  }

  @Test
  void notificationsAreNotAnswered() throws Exception {
    try (RawSocket client = open()) {
      client
          .send("{\"jsonrpc\":\"2.0\",\"method\":\"Filecoin.Session\",\"params\":[]}")
          .send("{\"jsonrpc\":\"2.0\",\"method\":\"Filecoin.Nope\",\"params\":[]}")
          .send("{\"jsonrpc\":\"2.0\",\"method\":\"Filecoin.Numbers\",\"params\":[3]}")
          .send("{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.ch.val\",\"params\":[1,1]}")
          .send("{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.ch.close\",\"params\":[1]}")
          .send("{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":null}")
          .send(cancel("4"))
          .send(cancel("{}"))
          .send("{\"method\":\"xrpc.cancel\"}")
          .send(SESSION);

      assertEquals(ITS_ANSWER, client.next());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "nonsense",
        "[]",
        "null",
        "1",
        "[{\"id\":1,\"method\":\"Filecoin.Session\"}]",
        "{\"id\":{},\"method\":\"Filecoin.Session\"}",
        "{\"id\":true,\"method\":\"Filecoin.Session\"}",
        "{\"id\":1,\"method\":7}",
        "{\"id\":1}",
        "{\"id\":1,\"method\":\"Filecoin.Nope\"}",
        "{\"id\":1,\"method\":\"Filecoin.Slow\",\"params\":[]}",
        "{\"id\":1,\"method\":\"Filecoin.Slow\",\"params\":{\"name\":\"a\"}}",
        "{\"id\":1,\"method\":\"Filecoin.Slow\",\"params\":[7]}",
        "{\"id\":1,\"method\":\"Filecoin.Numbers\",\"params\":[99999999999999999999]}",
        "{\"id\":1,\"method\":\"Filecoin.Numbers\",\"params\":[1e999999999]}",
        "{\"id\":1,\"method\":\"Filecoin.Session\"} trailing",
        "{\"id\":1,\"method\":\"xrpc.unknown\",\"params\":[]}",
        "{\"id\":1,\"method\":\"Filecoin.Bug\",\"params\":[]}",
        "{\"id\":1,\"method\":\"Filecoin.Guarded\",\"params\":[]}",
        "DEEP",
        "LONG"
      })
  void whateverComesIsAnsweredWithAnErrorAndHarmsNothing(String text) throws Exception {
    String sent =
        text.replace("DEEP", "[".repeat(50_000))
            .replace("LONG", "{\"id\":1,\"params\":[" + "9".repeat(10_000) + "]}");
    try (RawSocket client = open()) {
      client.send(sent);

      String answer = client.next();
      assertTrue(answer.startsWith("{\"error\":{\"code\":"), answer);
      assertFalse(answer.contains("java"), answer);
      client.send(SESSION);
      assertEquals(ITS_ANSWER, client.next());
    }
  }

  @Test
  void aMessageHasALimit() {
    Source<ByteString, ?> endless = Source.repeat(ByteString.fromArray(new byte[1 << 20]));
    CompletionStage<String> bytes =
        Frames.text(BinaryMessage.create(endless), RpcJson.MOST_BYTES, KIT.system());

    assertThrows(ExecutionException.class, () -> bytes.toCompletableFuture().get());
  }

  @Test
  void aMessageThatIsCutIsNone() throws Exception {
    CompletionStage<String> cut =
        Frames.text(
            TextMessage.create(Source.<String>failed(new IllegalStateException("cut"))),
            RpcJson.MOST_BYTES,
            KIT.system());

    assertThrows(ExecutionException.class, () -> cut.toCompletableFuture().get());
  }

  @Test
  void theTokenIsShownWhenTheConnectionIsOpened() throws Exception {
    String guarded = call(1, "Guarded", "");
    ExecutionException refusal =
        assertThrows(
            ExecutionException.class, () -> RawSocket.open(address, Optional.of("wrong"), true));
    WebSocketHandshakeException handshake =
        assertInstanceOf(WebSocketHandshakeException.class, refusal.getCause());
    assertEquals(401, handshake.getResponse().statusCode());

    try (RawSocket nobody = open();
        RawSocket somebody = RawSocket.open(address, Optional.of("all"), true);
        RawSocket other =
            RawSocket.open(URI.create(address + "?token=all"), Optional.empty(), true)) {
      assertTrue(nobody.send(guarded).next().contains("missing permission to invoke 'Guarded'"));
      assertTrue(somebody.send(guarded).next().contains("\"result\":\"secret\""));
      assertTrue(other.send(guarded).next().contains("\"result\":\"secret\""));
    }
  }

  @Test
  void theValuesOfAChannelFollowItsNumber() throws Exception {
    try (RawSocket client = open()) {
      client.send(call(6, "Numbers", "2"));

      assertEquals("{\"id\":6,\"jsonrpc\":\"2.0\",\"result\":1}", client.next());
      assertEquals(
          "{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.ch.val\",\"params\":[1,0]}", client.next());
      assertEquals(
          "{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.ch.val\",\"params\":[1,1]}", client.next());
      assertEquals(
          "{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.ch.close\",\"params\":[1]}", client.next());

      client.send(call(8, "Numbers", "0"));
      assertEquals("{\"id\":8,\"jsonrpc\":\"2.0\",\"result\":2}", client.next());
      assertEquals(
          "{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.ch.close\",\"params\":[2]}", client.next());
    }
  }

  @Test
  void aChannelEndsWhenItsCallIsCancelled() throws Exception {
    try (RawSocket client = open()) {
      client.send(call(6, "Quiet", ""));
      assertEquals("{\"id\":6,\"jsonrpc\":\"2.0\",\"result\":1}", client.next());

      client.send(cancel("6"));

      assertEquals(
          "{\"jsonrpc\":\"2.0\",\"method\":\"xrpc.ch.close\",\"params\":[1]}", client.next());
      assertEquals("ended", service.quietEnded.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aChannelNeedsAWebSocket() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(address.toString().replaceFirst("ws", "http")))
                    .POST(HttpRequest.BodyPublishers.ofString(call(1, "Numbers", "2")))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertEquals(500, answer.statusCode());
    assertEquals(
        "{\"error\":{\"code\":-32601,\"message\":\"method 'Filecoin.Numbers' not supported in this"
            + " mode (no out channel support)\"},\"id\":1,\"jsonrpc\":\"2.0\"}",
        answer.body().strip());
  }

  @Test
  void whoDoesNotReadIsNotSentMore() throws Exception {
    SocketSample.Real own = new SocketSample.Real();
    URI place =
        SocketSample.Real.address(SocketSample.Real.listen(KIT, own, Duration.ofSeconds(30)));
    try (RawSocket deaf = RawSocket.open(place, Optional.empty(), false);
        RawSocket other = RawSocket.open(place, Optional.empty(), true)) {
      deaf.send(call(1, "Endless", ""));

      assertTrue(settled(own) * SocketSample.Real.LONG.length() < 64L << 20);
      assertEquals(ITS_ANSWER, other.send(SESSION).next());
    }
  }

  /** How many values were taken when, for a while, none was. */
  private static long settled(SocketSample.Real service) throws Exception {
    long before = -1;
    while (service.taken.get() == 0 || service.taken.get() != before) {
      before = service.taken.get();
      assertEquals(
          "",
          new CompletableFuture<String>().completeOnTimeout("", 300, TimeUnit.MILLISECONDS).get());
    }
    return before;
  }
}
