package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.Permission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionsTest {
  private static final Duration SHORT = Duration.ofMillis(400);

  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = new TestNode(state, ConnectionsTest::impatient);
  }

  private static ApiSettings impatient(ApiSettings settings) {
    return new ApiSettings(
        settings.host(),
        settings.port(),
        settings.answerTimeout(),
        settings.stallTimeout(),
        SHORT,
        settings.idleTimeout(),
        Duration.ofMillis(100),
        settings.maxUnseals(),
        settings.maxUploads(),
        settings.tls());
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private String get(String path) {
    return "GET /api/v1"
        + path
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + node.token(Permission.READ)
        + "\r\n\r\n";
  }

  @Test
  void aRequestThatIsNeverFinishedIsNotAwaited() throws Exception {
    try (RawClient silent = new RawClient(node.server.url());
        RawClient slow = new RawClient(node.server.url())) {
      slow.send("GET /api/v1/health HTTP/1.1\r\nHo");

      assertEquals("", silent.readUntil("never"));
      assertFalse(slow.readUntil("never").contains("200 OK"));
    }
  }

  @Test
  void aConnectionWithoutACallIsClosed() throws Exception {
    try (RawClient client = new RawClient(node.server.url())) {
      client.send(get("/health"));
      assertTrue(client.readUntil("up\"}").startsWith("HTTP/1.1 200"));

      assertEquals("", client.readUntil("never"));
    }
  }

  @Test
  void aCallThatTakesLongerIsAwaited() throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<Path> begun = new CompletableFuture<>();
    node.operations.unsealing =
        target -> {
          begun.complete(target);
          return done;
        };
    try (RawClient idle = new RawClient(node.server.url());
        RawClient waiting = new RawClient(node.server.url()).send(get("/sectors/s-t01000-1/data"));
        RawClient streaming = new RawClient(node.server.url()).send(get("/events"))) {
      // Once the idle one was closed, the others would have been too.
      assertEquals("", idle.readUntil("never"));
      Files.writeString(begun.get(), "hello");
      done.complete(null);
      node.readModel.happens("s-t01000-1", "Late");

      assertTrue(waiting.readUntil("hello").endsWith("hello"));
      assertTrue(streaming.readUntil("Late").endsWith("Late"));
    }
  }

  @Test
  void aPortThatIsTakenIsOneLine() throws Exception {
    ApiSettings taken =
        new ApiSettings(
            "127.0.0.1",
            node.server.url().getPort(),
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            1,
            1,
            Optional.empty());
    ApiServices services =
        new ApiServices(
            node.operations,
            node.storage,
            node.readModel,
            node.tokens,
            node.audit,
            node.spool,
            Clock.systemUTC());

    ExecutionException failure =
        assertThrows(
            ExecutionException.class,
            () ->
                ApiServer.start(node.kit.system(), taken, services)
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS));

    String line = assertInstanceOf(IOException.class, failure.getCause()).getMessage();
    assertTrue(line.startsWith("cannot listen on 127.0.0.1 port " + taken.port()), line);
  }

  @Test
  void aServerThatWasStoppedTakesNoCalls() throws Exception {
    node.server.stop().toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertThrows(IOException.class, () -> node.send(node.anonymous("/health")));
  }
}
