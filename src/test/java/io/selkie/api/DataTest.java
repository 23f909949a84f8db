package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.Permission;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {
  private static final String DATA = "/sectors/s-t01000-1/data";
  private static final int LARGE = 32 << 20;

  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node =
        new TestNode(
            state,
            settings ->
                new ApiSettings(
                    settings.host(),
                    settings.port(),
                    settings.answerTimeout(),
                    Duration.ofSeconds(2),
                    settings.requestTimeout(),
                    settings.idleTimeout(),
                    settings.heartbeat(),
                    2,
                    settings.maxUploads(),
                    settings.tls()));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private void assertNothingIsLeft() throws InterruptedException {
    TestNode.await(() -> node.spooledQuietly() == 0);
  }

  private RawClient asking(String more) throws IOException {
    return new RawClient(node.server.url())
        .send(
            "GET /api/v1"
                + DATA
                + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + node.token(Permission.READ)
                + more
                + "\r\n\r\n");
  }

  @Test
  void dataIsUnsealedSentAndRemoved() throws Exception {
    HttpResponse<String> response = node.send(node.to(DATA + "?offset=127&length=5"));

    assertEquals(200, response.statusCode());
    assertEquals("hello", response.body());
    assertEquals(
        "application/octet-stream", response.headers().firstValue("Content-Type").orElseThrow());
    assertEquals("5", response.headers().firstValue("Content-Length").orElseThrow());
    assertEquals(List.of("unseal s-t01000-1 127 5"), node.operations.calls);
    assertNothingIsLeft();
  }

  @Test
  void withoutARangeItIsAll() throws Exception {
    assertEquals(200, node.send(node.to(DATA)).statusCode());

    assertEquals(List.of("unseal s-t01000-1 0 all"), node.operations.calls);
  }

  @Test
  void itIsInTheAuditLog() throws Exception {
    node.send(node.to(DATA));

    List<String> lines = node.audited();
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(lines.get(0).contains("\"what\":\"asked\""), lines.get(0));
    assertTrue(lines.get(0).contains(DATA), lines.get(0));
    assertTrue(lines.get(1).endsWith("\"status\":200}"), lines.get(1));
  }

  @Test
  void onlySoManyAreUnderWay() throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    node.operations.unsealing =
        target -> {
          write(target, "hello");
          return done;
        };
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      clients.add(asking(""));
    }
    TestNode.await(() -> node.operations.calls.size() == 2);

    HttpResponse<String> refused = node.send(node.to(DATA));
    assertEquals(503, refused.statusCode());
    assertEquals("too_many_unseals", TestNode.error(refused));
    done.complete(null);
    for (RawClient client : clients) {
      client.readUntil("hello");
      client.close();
    }
    assertNothingIsLeft();

    for (int i = 0; i < 4; i++) {
      TestNode.await(() -> answers(200));
    }
    node.operations.instead =
        Optional.of(
            CompletableFuture.failedStage(
                new OperationException(OperationException.Kind.CONFLICT, "not sealed yet")));
    for (int i = 0; i < 4; i++) {
      TestNode.await(() -> answers(409));
    }
  }

  /** The end of a call comes a moment after its last byte. */
  private boolean answers(int status) {
    try {
      return node.send(node.to(DATA)).statusCode() == status;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void write(Path target, String text) {
    try {
      Files.writeString(target, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatTheDiskDoesNotHoldIsRefused() throws Exception {
    HttpResponse<String> refused = node.send(node.to(DATA + "?length=" + Long.MAX_VALUE));

    assertEquals(507, refused.statusCode());
    assertEquals(List.of(), node.operations.calls);
  }

  @Test
  void aSectorThatIsKnownTakesNoMoreThanItHas() throws Exception {
    node.readModel.add("s-t01000-1", "running");

    assertEquals(200, node.send(node.to(DATA + "?length=" + Long.MAX_VALUE)).statusCode());
  }

  @Test
  void aClientThatReadsNothingIsCutOff() throws Exception {
    node.operations.unsealing =
        target -> {
          writeMuch(target);
          return CompletableFuture.completedStage(null);
        };
    try (RawClient client = asking("")) {
      client.readUntil("\r\n\r\n");
      assertEquals(1, node.spooledQuietly());

      assertNothingIsLeft();
    }
  }

  private static void writeMuch(Path target) {
    try (RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw")) {
      file.setLength(LARGE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRefusalLeavesNothing() throws Exception {
    node.operations.unsealing =
        target -> {
          write(target, "half");
          return CompletableFuture.failedStage(
              new OperationException(OperationException.Kind.CONFLICT, "it is not sealed yet"));
        };

    HttpResponse<String> response = node.send(node.to(DATA));

    assertEquals(409, response.statusCode());
    assertNothingIsLeft();
  }

  @Test
  void rangesThatCannotBeAreRefused() throws Exception {
    for (String range :
        List.of("offset=-1", "offset=x", "length=0", "length=99999999999999999999", "offset=01")) {
      assertEquals(400, node.send(node.to(DATA + "?" + range)).statusCode(), range);
    }
    assertEquals(List.of(), node.operations.calls);
  }

  @Test
  void aClientThatGoesWhileItIsUnsealedLeavesNothing() throws Exception {
    CompletableFuture<Path> begun = new CompletableFuture<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    node.operations.unsealing =
        target -> {
          begun.complete(target);
          return done;
        };
    try (RawClient client = asking("")) {
      begun.get();
    }

    TestNode.await(() -> node.operations.calledOff.toCompletableFuture().isDone());
    Files.writeString(begun.get(), "too late");
    done.complete(null);

    assertNothingIsLeft();
  }

  @Test
  void aClientThatGoesInTheMiddleLeavesNothing() throws Exception {
    node.operations.unsealing =
        target -> {
          writeMuch(target);
          return CompletableFuture.completedStage(null);
        };
    try (RawClient client = asking("")) {
      client.readUntil("\r\n\r\n");
      assertEquals(1, node.spooledQuietly());
      client.reset();
    }

    assertNothingIsLeft();
  }

  @Test
  void aClientThatStaysIsNotCalledOff() throws Exception {
    for (String more : List.of("", "\r\nConnection: close")) {
      CompletableFuture<Path> begun = new CompletableFuture<>();
      CompletableFuture<Void> done = new CompletableFuture<>();
      node.operations.unsealing =
          target -> {
            begun.complete(target);
            return done;
          };
      try (RawClient client = asking(more)) {
        Files.writeString(begun.get(), "hello");
        // A whole other call: whatever the first connection had to say was said.
        node.send(node.to("/sectors"));

        assertFalse(node.operations.calledOff.toCompletableFuture().isDone(), more);
        done.complete(null);
        assertTrue(client.readUntil("hello").endsWith("hello"), more);
      }
    }
    assertNothingIsLeft();
  }
}
