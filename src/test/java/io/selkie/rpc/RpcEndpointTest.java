package io.selkie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.auth.Permission;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statuses and texts are those of a real miner (transcripts, {@code http-semantics.txt}). */
@Timeout(60)
class RpcEndpointTest {
  private static final ActorTestKit TESTKIT = ActorTestKit.create();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Map<String, Set<Permission>> TOKENS =
      Map.of("all", Set.of(Permission.values()), "admin", Set.of(Permission.ADMIN));

  private static ServerBinding binding;
  private static URI address;

  /** Some methods like those of miners and workers. */
  interface Sample {
    @Needs(Permission.READ)
    CompletionStage<String> session();

    @Needs(Permission.ADMIN)
    CompletionStage<Info> storageInfo(String id);

    @Needs(Permission.ADMIN)
    CompletionStage<byte[]> sealPreCommit2(Info info, byte[] phase1Output, List<Long> sizes);

    @Needs(Permission.READ)
    CompletionStage<@Nullable Void> releaseUnsealed(Optional<BigInteger> keep);

    @Needs(Permission.READ)
    CompletionStage<String> bug();
  }

  record Info(@JsonProperty("ID") String id, int weight, Optional<List<String>> groups) {}

  private static final class Real implements Sample {
    @Override
    public CompletionStage<String> session() {
      return CompletableFuture.completedFuture("cd057b6f");
    }

    @Override
    public CompletionStage<Info> storageInfo(String id) {
      return id.equals("x")
          ? CompletableFuture.failedFuture(new RpcException("sector store not found"))
          : CompletableFuture.completedFuture(new Info(id, 10, Optional.empty()));
    }

    @Override
    public CompletionStage<byte[]> sealPreCommit2(Info info, byte[] out, List<Long> sizes) {
      byte[] result = new byte[out.length + sizes.size()];
      System.arraycopy(out, 0, result, 0, out.length);
      return CompletableFuture.completedFuture(result);
    }

    @Override
    public CompletionStage<@Nullable Void> releaseUnsealed(Optional<BigInteger> keep) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<String> bug() {
      throw new IllegalStateException("a secret path");
    }
  }

  @BeforeAll
  static void listen() throws Exception {
    RpcCallers callers =
        token -> CompletableFuture.completedFuture(Optional.ofNullable(TOKENS.get(token)));
    RpcEndpoint endpoint =
        new RpcEndpoint(RpcService.of(Sample.class, new Real()), callers, TESTKIT.system());
    binding =
        Http.get(TESTKIT.system())
            .newServerAt("127.0.0.1", 0)
            .bind(endpoint::handle)
            .toCompletableFuture()
            .get();
    address = URI.create("http://127.0.0.1:" + binding.localAddress().getPort() + "/rpc/v0");
  }

  @AfterAll
  static void end() {
    TESTKIT.shutdownTestKit();
  }

  private static HttpResponse<String> post(String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> admin(String body) throws Exception {
    return post(body, "Authorization", "Bearer all");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"Filecoin.Session\",\"params\":[]}"
            + "|200|{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":\"cd057b6f\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"abc\",\"method\":\"Filecoin.Session\"}"
            + "|200|{\"id\":\"abc\",\"jsonrpc\":\"2.0\",\"result\":\"cd057b6f\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"Filecoin.Nope\",\"params\":[]}"
            + "|500|{\"error\":{\"code\":-32601,\"message\":\"method 'Filecoin.Nope' not found\"},"
            + "\"id\":3,\"jsonrpc\":\"2.0\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"Filecoin.StorageInfo\",\"params\":[]}"
            + "|500|{\"error\":{\"code\":-32602,\"message\":\"wrong param count (method"
            + " 'Filecoin.StorageInfo'): 0 != 1\"},\"id\":4,\"jsonrpc\":\"2.0\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"Filecoin.StorageInfo\",\"params\":[\"x\"]}"
            + "|200|{\"error\":{\"code\":1,\"message\":\"sector store not found\"},\"id\":6,"
            + "\"jsonrpc\":\"2.0\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"Filecoin.StorageInfo\",\"params\":[\"y\"]}"
            + "|200|{\"id\":7,\"jsonrpc\":\"2.0\",\"result\":{\"ID\":\"y\",\"Weight\":10,"
            + "\"Groups\":null}}",
        "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"Filecoin.ReleaseUnsealed\",\"params\":[null]}"
            + "|200|{\"id\":8,\"jsonrpc\":\"2.0\",\"result\":null}",
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"Filecoin.SealPreCommit2\",\"params\":"
            + "[{\"ID\":\"\",\"Weight\":1,\"new\":0},\"Bw==\",null]}"
            + "|200|{\"id\":9,\"jsonrpc\":\"2.0\",\"result\":\"Bw==\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"Filecoin.Session\",\"params\":[]}|200|``",
        "{\"jsonrpc\":|500|{\"error\":{\"code\":-32700,\"message\":\"Parse error\"},"
            + "\"id\":null,\"jsonrpc\":\"2.0\"}",
        "``|400|{\"error\":{\"code\":-32600,\"message\":\"Invalid request\"},"
            + "\"id\":null,\"jsonrpc\":\"2.0\"}",
        "[{\"id\":1,\"method\":\"Filecoin.Session\"},{\"id\":2,\"method\":\"Filecoin.Session\"}]"
            + "|200|`[{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":\"cd057b6f\"}\n"
            + ",{\"id\":2,\"jsonrpc\":\"2.0\",\"result\":\"cd057b6f\"}\n]`"
      })
  void answersAsLotusDoes(String request, int status, String answer) throws Exception {
    HttpResponse<String> response = admin(request);

    assertEquals(status, response.statusCode());
    assertEquals(answer, response.body().strip());
    assertEquals("application/json", response.headers().firstValue("content-type").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "1",
        "\"text\"",
        "{}",
        "[[[[1]]]]",
        "{\"id\":{},\"method\":\"Filecoin.Session\"}",
        "{\"id\":true,\"method\":\"Filecoin.Session\"}",
        "{\"id\":1,\"method\":7}",
        "{\"id\":1,\"method\":\"Filecoin.Session\",\"params\":{\"id\":1}}",
        "{\"id\":1,\"method\":\"Filecoin.StorageInfo\",\"params\":[7]}",
        "{\"id\":1,\"method\":\"Filecoin.StorageInfo\",\"params\":[null]}",
        "{\"id\":1,\"method\":\"Filecoin.SealPreCommit2\",\"params\":[{},\"no base64!\",[]]}",
        "{\"id\":1,\"method\":\"Filecoin.SealPreCommit2\",\"params\":[{},\"Bw==\",[1.5]]}",
        "{\"id\":1,\"method\":\"Filecoin.SealPreCommit2\",\"params\":[{},\"Bw==\",[\"1\"]]}",
        "{\"id\":1,\"method\":\"Filecoin.SealPreCommit2\",\"params\":[{},\"Bw==\",[99999999999999999999]]}",
        "{\"id\":1,\"method\":\"Filecoin.Session\"} trailing",
        "{\"id\":1,\"method\":\"getClass\",\"params\":[]}",
        "{\"id\":1,\"method\":\"Filecoin.HashCode\",\"params\":[]}"
      })
  void whateverComesIsAnsweredWithAnError(String request) throws Exception {
    HttpResponse<String> response = admin(request);

    if (!request.equals("null") && !request.equals("{}")) {
      assertTrue(response.body().contains("\"error\""), response.body());
    }
    assertFalse(response.body().contains("java"), response.body());
    assertFalse(response.body().contains("selkie"), response.body());
  }

  @Test
  void whyNobodyAnswersIsSaidInPlainWords() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    URI nowhere = URI.create("http://127.0.0.1:" + port + "/rpc/v0");
    Sample nobody = RpcClient.of(Sample.class, nowhere, "all", TESTKIT.system());

    ExecutionException failed =
        assertThrows(
            ExecutionException.class,
            () -> nobody.session().toCompletableFuture().get(30, TimeUnit.SECONDS));

    assertEquals(
        "no answer from " + nowhere + ": Connection refused", failed.getCause().getMessage());
  }

  @Test
  void nestingAndNumbersHaveLimits() throws Exception {
    String deep = "[".repeat(100_000);
    String call = "{\"id\":1,\"method\":\"Filecoin.ReleaseUnsealed\",\"params\":[%s]}";

    assertEquals(500, admin(call.formatted(deep)).statusCode());
    assertEquals(500, admin(call.formatted("9".repeat(1000))).statusCode());
    assertEquals(200, admin(call.formatted("1" + "0".repeat(30))).statusCode());
  }

  @Test
  void aBugIsNoTextForOthers() throws Exception {
    HttpResponse<String> response = admin("{\"id\":1,\"method\":\"Filecoin.Bug\",\"params\":[]}");

    assertEquals(500, response.statusCode());
    assertTrue(response.body().contains("\"code\":0"), response.body());
    assertFalse(response.body().contains("secret"), response.body());
  }

  @Test
  void permissionsAreASet() throws Exception {
    String session = "{\"id\":1,\"method\":\"Filecoin.Session\",\"params\":[]}";
    String info = "{\"id\":2,\"method\":\"Filecoin.StorageInfo\",\"params\":[\"y\"]}";
    String refusal =
        "{\"error\":{\"code\":1,\"message\":\"missing permission to invoke 'StorageInfo' (need"
            + " 'admin')\"},\"id\":2,\"jsonrpc\":\"2.0\"}";

    assertEquals(200, post(session).statusCode());
    assertEquals(refusal, post(info).body().strip());
    assertTrue(post(info, "Authorization", "Bearer admin").body().contains("\"result\""));
    assertTrue(post(session, "Authorization", "Bearer admin").body().contains("need 'read'"));
    assertEquals(401, post(session, "Authorization", "Bearer wrong").statusCode());
    assertEquals("", post(session, "Authorization", "Bearer wrong").body());
    assertEquals(401, post(session, "Authorization", "all").statusCode());
  }

  @Test
  void aTokenMayStandInTheQuery() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "?token=all"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"id\":2,\"method\":\"Filecoin.StorageInfo\",\"params\":[\"y\"]}"))
            .build();

    String body = CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();

    assertTrue(body.contains("\"result\""), body);
  }

  @Test
  void theClientCallsWhatTheServiceHas() throws Exception {
    Sample there = RpcClient.of(Sample.class, address, "all", TESTKIT.system());

    assertEquals("cd057b6f", get(there.session()));
    assertEquals(new Info("y", 10, Optional.empty()), get(there.storageInfo("y")));
    assertEquals(
        9,
        get(there.sealPreCommit2(new Info("", 0, Optional.empty()), new byte[7], List.of(1L, 2L)))
            .length);
    assertEquals(null, get(there.releaseUnsealed(Optional.of(BigInteger.TEN))));
  }

  @Test
  void theOtherSideHasANameAndAnIdentityWithoutACall() {
    Sample there =
        RpcClient.of(Sample.class, URI.create("http://127.0.0.1:1/rpc/v0"), "", TESTKIT.system());

    assertEquals("http://127.0.0.1:1/rpc/v0", there.toString());
    assertEquals(Set.of(there), Set.of(there));
  }

  @Test
  void aRefusalIsToldFromACallOfUnknownFate() {
    Sample there = RpcClient.of(Sample.class, address, "all", TESTKIT.system());
    Sample stranger = RpcClient.of(Sample.class, address, "wrong", TESTKIT.system());
    Sample nobody =
        RpcClient.of(Sample.class, URI.create("http://127.0.0.1:1/rpc/v0"), "", TESTKIT.system());

    RpcException refusal = assertInstanceOf(RpcException.class, trouble(there.storageInfo("x")));
    assertEquals(RpcException.APPLICATION, refusal.code());
    assertEquals("sector store not found", refusal.getMessage());
    // It is sure that nothing was done.
    assertInstanceOf(RpcException.class, trouble(stranger.session()));
    assertInstanceOf(IOException.class, trouble(nobody.session()));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get();
  }

  private static @Nullable Throwable trouble(CompletionStage<?> stage) {
    return assertThrows(ExecutionException.class, () -> stage.toCompletableFuture().get())
        .getCause();
  }

  /** An API of which nothing may be read by all, as that of a worker. */
  interface Closed {
    @Needs(Permission.ADMIN)
    CompletionStage<String> session();
  }

  private static URI listen(RpcEndpoint endpoint) throws Exception {
    ServerBinding bound =
        Http.get(TESTKIT.system())
            .newServerAt("127.0.0.1", 0)
            .bind(endpoint::handle)
            .toCompletableFuture()
            .get();
    return URI.create("http://127.0.0.1:" + bound.localAddress().getPort() + "/rpc/v0");
  }

  private static RpcEndpoint closed(RpcEndpoint.Limits limits) {
    Closed service = () -> CompletableFuture.completedFuture("cd057b6f");
    return new RpcEndpoint(
        RpcService.of(Closed.class, service),
        token -> CompletableFuture.completedFuture(Optional.ofNullable(TOKENS.get(token))),
        TESTKIT.system(),
        limits);
  }

  @Test
  void whoShowsNoTokenHasNoRoomForMuch() throws Exception {
    String call = "{\"id\":1,\"method\":\"Filecoin.Session\",\"x\":\"%s\"}";
    String large = call.formatted("x".repeat(RpcEndpoint.Limits.USUAL.mostUnknown()));

    HttpResponse<String> refused = post(large);
    assertEquals(500, refused.statusCode());
    assertTrue(refused.body().contains("request bigger than maximum 65536 allowed"));
    assertEquals(200, admin(large).statusCode());
    URI socket = URI.create(address.toString().replace("http", "ws"));
    try (RawSocket nobody = RawSocket.open(socket, Optional.empty(), true);
        RawSocket known = RawSocket.open(socket, Optional.of("all"), true)) {
      known.send(large);
      assertTrue(known.next().contains("cd057b6f"));
      nobody.send(large);
      nobody.closed.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForForEver() throws Exception {
    Duration soon = Duration.ofMillis(300);
    Duration late = Duration.ofDays(1);
    String nobody = "POST /rpc/v0 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n";
    String known = nobody + "Authorization: Bearer all\r\n";

    URI hasty = listen(closed(new RpcEndpoint.Limits(1000, soon, late, late)));
    assertEquals("HTTP/1.1 408 Request Timeout", answer(hasty, nobody + "\r\n{"));
    URI stalling = listen(closed(new RpcEndpoint.Limits(1000, late, soon, late)));
    assertEquals("HTTP/1.1 408 Request Timeout", answer(stalling, known + "\r\n{"));
    URI trickling = listen(closed(new RpcEndpoint.Limits(1000, late, late, soon)));
    assertEquals("HTTP/1.1 408 Request Timeout", answer(trickling, known + "\r\n{"));
  }

  /** The first line. */
  private static String answer(URI server, String request) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    }
  }

  @Test
  void aSocketThatNothingMayBeAskedByIsNotOpened() throws Exception {
    String place = listen(closed(RpcEndpoint.Limits.USUAL)).toString().replace("http", "ws");

    ExecutionException refused =
        assertThrows(
            ExecutionException.class,
            () -> RawSocket.open(URI.create(place), Optional.empty(), true));
    assertInstanceOf(WebSocketHandshakeException.class, refused.getCause());
    try (RawSocket known = RawSocket.open(URI.create(place), Optional.of("admin"), true)) {
      known.send("{\"id\":1,\"method\":\"Filecoin.Session\"}");
      assertTrue(known.next().contains("cd057b6f"));
    }
  }

  @Test
  void anInterfaceWithoutPermissionsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RpcInterface(Unfit.class));
  }

  interface Unfit {
    CompletionStage<JsonNode> free();
  }
}
