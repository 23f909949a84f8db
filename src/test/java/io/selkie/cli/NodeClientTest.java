package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NodeClientTest {
  @TempDir Path temp;
  private FakeNode node;
  private NodeClient client;

  @BeforeEach
  void setUp() throws IOException {
    node = FakeNode.start(temp.resolve("state"));
    Tokens tokens = new Tokens(TokenSecret.in(temp.resolve("state")), Clock.systemUTC());
    client = client(node, tokens.create(Permission.ADMIN, Duration.ofMinutes(1), "test"));
  }

  private static NodeClient client(FakeNode node, String token) {
    return new NodeClient(new NodeAddress(node.api(), () -> token));
  }

  @AfterEach
  void tearDown() {
    node.close();
  }

  @Test
  void aRefusalIsTheLineOfTheNode() {
    node.refusing("POST /sectors/s-t01000-1/retry", 409, "s-t01000-1 has not failed");

    IOException refusal = assertThrows(IOException.class, () -> client.retry(Reports.SECTOR));

    assertEquals("s-t01000-1 has not failed", refusal.getMessage());
  }

  @Test
  void aTokenThatDoesNotCountIsToldSo() {
    IOException refusal =
        assertThrows(IOException.class, () -> client(node, "x.y.z").sectors(Optional.empty()));

    assertEquals("the token does not count", refusal.getMessage());
  }

  @Test
  void aNodeThatIsGoneIsToldInOneLine() throws Exception {
    node.kill();

    assertFalse(client.isAlive());
    IOException failure = assertThrows(IOException.class, () -> client.retry(Reports.SECTOR));
    assertEquals("the node at " + node.api() + " cannot be reached", failure.getMessage());
  }

  @Test
  void asksForPageAfterPage() throws Exception {
    StringBuilder full = new StringBuilder();
    for (int i = 1; i <= 1000; i++) {
      full.append(i == 1 ? "" : ",").append("{\"sector\":\"s-t01000-").append(i).append("\"}");
    }
    node.sectors = "{\"sectors\":[" + full + "]}";
    node.refusals.add(
        exchange -> {
          if (exchange.getRequestURI().toString().contains("after=")) {
            node.sectors = "{\"sectors\":[{\"sector\":\"s-t01000-1001\"}]}";
          }
          return null;
        });

    assertEquals(1001, client.sectors(Optional.of("a b")).size());

    assertEquals(
        List.of(
            "GET /sectors?limit=1000&state=a+b",
            "GET /sectors?limit=1000&state=a+b&after=s-t01000-1000"),
        node.calls);
  }

  @Test
  void writesExactlyTheDataThatWereAskedFor() throws Exception {
    node.data = "hello".getBytes(StandardCharsets.UTF_8);
    Path target = temp.resolve("out");

    client.data(Reports.SECTOR, new StoredFile(127, 5), target, got -> {});

    assertArrayEquals(node.data, Files.readAllBytes(target));
    assertEquals(List.of("GET /sectors/s-t01000-1/data?offset=127&length=5"), node.calls);
  }

  @Test
  void dataThatBreakOffAreNoSuccess() {
    node.data = "hell".getBytes(StandardCharsets.UTF_8);

    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                client.data(Reports.SECTOR, new StoredFile(0, 5), temp.resolve("out"), got -> {}));

    assertEquals("the node sent 4 bytes instead of 5: try again", failure.getMessage());
  }

  @Test
  void aRefusedUploadIsNotSent() throws Exception {
    node.refusing("POST /sectors/seal", 409, "no");
    Path file = Files.write(temp.resolve("file"), new byte[700]);
    SealRequest request = SealRequest.of(List.of(file), SectorSize.KIB_2);

    IOException refusal =
        assertThrows(IOException.class, () -> client.seal(request, UUID.randomUUID(), sent -> {}));

    assertEquals("no", refusal.getMessage());
  }

  @Test
  void whatSomethingBetweenAnswersIsToldByItsStatus() {
    node.refusing("POST", 502, "");

    NodeException failure = assertThrows(NodeException.class, () -> client.retry(Reports.SECTOR));

    assertEquals("the node at " + node.api() + " answered with status 502", failure.getMessage());
    assertTrue(failure.isPassing());
  }
}
