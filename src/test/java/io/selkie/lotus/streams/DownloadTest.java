package io.selkie.lotus.streams;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class DownloadTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final byte[] BYTES = "0123456789".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;
  private final PieceStreams streams =
      new PieceStreams(
          KIT.system(), new StreamLimits(Duration.ofSeconds(30), Duration.ofSeconds(1), 1));
  private final CountDownLatch silence = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/piece", exchange -> answer(exchange, 200, BYTES));
    server.createContext("/none", exchange -> answer(exchange, 404, BYTES));
    server.createContext("/moved", exchange -> redirect(exchange, "/piece"));
    server.createContext("/loop", exchange -> redirect(exchange, "/loop"));
    server.createContext("/file", exchange -> redirect(exchange, "file:///etc/passwd"));
    server.createContext("/odd", exchange -> redirect(exchange, "http://["));
    server.createContext("/silent", this::stall);
    server.start();
  }

  @AfterEach
  void stop() {
    silence.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  private static void answer(HttpExchange exchange, int status, byte[] bytes) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static void redirect(HttpExchange exchange, String place) throws IOException {
    exchange.getResponseHeaders().add("Location", place);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void stall(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write(BYTES);
      exchange.getResponseBody().flush();
      silence.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private PieceStream.Incoming open(String path) throws StreamException {
    return (PieceStream.Incoming)
        streams.open("http", "http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private Path file() {
    return directory.resolve("piece");
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void assertFails(String message, CompletionStage<?> stage) {
    Throwable trouble = assertThrows(ExecutionException.class, () -> get(stage)).getCause();
    assertInstanceOf(StreamException.class, trouble);
    assertTrue(String.valueOf(trouble.getMessage()).contains(message), trouble.getMessage());
    assertFalse(Files.exists(file()));
    assertFalse(Files.exists(directory.resolve("piece.part")));
  }

  @ParameterizedTest
  @CsvSource({"/piece,10", "/piece,4", "/moved,10"})
  void theBytesAreThoseThatAreThere(String path, int length) throws Exception {
    get(open(path).storeIn(file(), length));

    byte[] stored = Files.readAllBytes(file());
    assertEquals(length, stored.length);
    assertArrayEquals(java.util.Arrays.copyOf(BYTES, length), stored);
  }

  @ParameterizedTest
  @CsvSource({
    "/none,status 404",
    "/loop,too often",
    "/file,no address",
    "/odd,no address",
    "/silent,stalled",
    "/piece,after 10 of 100 bytes"
  })
  void whatDoesNotComeIsSaid(String path, String message) throws Exception {
    assertFails(message, open(path).storeIn(file(), 100));
  }

  @Test
  void anAddressWithoutAServerIsSaid() throws Exception {
    server.stop(0);

    assertFails("does not answer", open("/piece").storeIn(file(), 10));
  }

  @Test
  void whatIsClosedIsNotGot() throws Exception {
    PieceStream.Incoming unread = open("/piece");
    unread.close();

    assertFails("already", unread.storeIn(file(), 10));

    PieceStream.Incoming stream = open("/silent");
    CompletionStage<Void> stored = stream.storeIn(file(), 100);
    stream.close();
    assertFails("closed", stored);
  }

  @Test
  void aStreamThatMayEndEarlyIsKept() throws Exception {
    assertEquals(10, get(open("/piece").storeUpTo(file(), 100)));
  }
}
