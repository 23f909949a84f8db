package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.Permission;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What nobody sends by mistake. The corpus grows with each feature. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTest {
  private static final String PLEDGE = "POST /api/v1/sectors/pledge HTTP/1.1\r\nHost: x\r\n";

  @TempDir static Path state;
  private TestNode node;

  @BeforeAll
  void start() throws Exception {
    node = new TestNode(state);
  }

  @AfterAll
  void stop() throws Exception {
    assertEquals(List.of(), node.operations.calls);
    node.close();
  }

  private HttpRequest.Builder pledge(String body) {
    return node.to("/sectors/pledge")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  @Test
  void bodiesThatAreNotThatObjectAreRefused() throws Exception {
    for (String body :
        List.of(
            "",
            " ",
            "null",
            "1",
            "\"2KiB\"",
            "[]",
            "{",
            "{}",
            "{\"sectorSize\":null}",
            "{\"sectorSize\":2048}",
            "{\"sectorSize\":1e400}",
            "{\"sectorSize\":" + "9".repeat(5000) + "}",
            "{\"sectorSize\":[\"2KiB\"]}",
            "{\"sectorSize\":{}}",
            "{\"sectorSize\":\"3KiB\"}",
            "{\"sectorSize\":\"2KiB\",\"sectorSize\":\"2KiB\"}",
            "{\"sectorSize\":\"2KiB\"}{}",
            "{\"sectorSize\":\"2KiB\",\"extra\":1}",
            "{\"sectorSize\":\"2KiB\",\"request\":\"1-2-3-4-5\"}",
            "{\"sectorSize\":\"2KiB\",\"request\":\"../../etc/passwd\"}",
            "{\"sectorSize\":\"2KiB\",\"@class\":\"java.lang.Runtime\"}",
            "{\"sectorSize\":NaN}",
            "{'sectorSize':'2KiB'}",
            "/**/{\"sectorSize\":\"2KiB\"}",
            "\ufeff{\"sectorSize\":\"2KiB\"}\u0000",
            "[".repeat(8000),
            "{\"a\":".repeat(2000),
            "{\"sectorSize\":" + "[".repeat(4000) + "]".repeat(4000) + "}")) {
      HttpResponse<String> response = node.send(pledge(body));

      assertEquals(400, response.statusCode(), body);
      assertFalse(response.body().contains("jackson"), response.body());
    }
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws Exception {
    byte[] noise = new byte[1000];
    new Random(3).nextBytes(noise);

    HttpRequest.Builder request = pledge("").method("POST", BodyPublishers.ofByteArray(noise));

    assertEquals(400, node.send(request).statusCode());
  }

  @Test
  void causesThatAreNotOneLineAreRefused() throws Exception {
    for (String cause : List.of("", " ", "two\\nlines", "\\u0000", "x".repeat(201))) {
      HttpRequest.Builder request =
          node.to("/sectors/s-t01000-1/abort")
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"cause\":\"" + cause + "\"}"));

      assertEquals(400, node.send(request).statusCode(), cause);
    }
  }

  @Test
  void bodiesThatAreTooLargeAreRefused() throws Exception {
    String large = "{\"sectorSize\":\"" + "2".repeat(20_000) + "\"}";

    assertEquals(413, node.send(pledge(large)).statusCode());
    HttpRequest.Builder endless =
        pledge("")
            .method(
                "POST",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100_000])));
    assertEquals(413, node.send(endless).statusCode());
  }

  @Test
  void otherTypesThanJsonAreRefused() throws Exception {
    for (String type :
        List.of("application/x-www-form-urlencoded", "text/plain", "application/xml", "x/y")) {
      HttpRequest.Builder request =
          node.to("/sectors/pledge")
              .header("Content-Type", type)
              .POST(BodyPublishers.ofString("{\"sectorSize\":\"2KiB\"}"));

      assertEquals(415, node.send(request).statusCode(), type);
    }
  }

  @Test
  void sectorNamesHaveOneSpelling() throws Exception {
    for (String name :
        List.of(
            "1",
            "s-t01000-01",
            "s-t01000-+1",
            "s-f01000-1",
            "S-T01000-1",
            "s-t01000-1%00",
            "s-t01000-1%20",
            "s-t01000-1%2F..%2F..",
            "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "..%2F..%2Fetc%2Fpasswd",
            "%252e%252e",
            "s-t01000-99999999999999999999",
            "s-t0\u0661000-1".replace("\u0661", "%D9%A1"),
            "x".repeat(1000))) {
      HttpResponse<String> response = node.send(node.to("/sectors/" + name));

      assertEquals(400, response.statusCode(), name);
      assertTrue(response.body().length() < 300, response.body());
    }
  }

  @Test
  void pathsThatClimbLeadNowhere() throws Exception {
    for (String path :
        List.of(
            "/sectors/../../../etc/passwd",
            "/sectors/s-t01000-1/../../health",
            "/sectors//s-t01000-1",
            "/sectors/s-t01000-1/",
            "/sectors/s-t01000-1/data/..")) {
      String answer = raw("GET /api/v1" + path + " HTTP/1.1\r\nHost: x\r\n");

      assertTrue(
          answer.startsWith("HTTP/1.1 404")
              || answer.startsWith("HTTP/1.1 401")
              || path.endsWith("/health"),
          path + ": " + answer);
      assertFalse(answer.contains("root:"), answer);
    }
  }

  @Test
  void queriesThatCannotBeAreRefused() throws Exception {
    for (String query :
        List.of(
            "limit=0",
            "limit=1001",
            "limit=1e2",
            "limit=%31%00",
            "limit=99999999999999999999999",
            "limit=9223372036854775807",
            "limit=1&limit=2",
            "unknown=1",
            "unfinished=yes",
            "after=..",
            "=",
            "limit")) {
      assertEquals(400, node.send(node.to("/sectors?" + query)).statusCode(), query);
    }
    assertTrue(
        raw("GET /api/v1/sectors?limit=%zz HTTP/1.1\r\nHost: x\r\n").startsWith("HTTP/1.1 400"));
  }

  @Test
  void requestsThatAreNoneAreAnsweredInOurShape() throws Exception {
    for (String request :
        List.of(
            "GET /api/v1/" + "x".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n",
            "GET /api/v1/sectors HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n",
            "GET /api/v1/sectors HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(200),
            "GET /api/v1/sectors HTTP/1.1\r\n",
            "GET /api/v1/sectors HTTP/9.9\r\nHost: x\r\n",
            "BREW /api/v1/sectors HTTP/1.1\r\nHost: x\r\n",
            "GET /api/v1/%zz HTTP/1.1\r\nHost: x\r\n",
            PLEDGE + "Content-Length: -1\r\n",
            PLEDGE + "Content-Length: 5\r\nContent-Length: 6\r\n",
            PLEDGE + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")) {
      String answer = raw(request);

      int status = Integer.parseInt(answer.substring(9, 12));
      assertTrue(status >= 400 && status <= 505 && status != 500, answer);
      assertTrue(answer.contains("{\"error\":{\"code\":\""), answer);
      assertFalse(answer.contains("Server:"), answer);
    }
  }

  /** The whole answer to a request with an admin's token. */
  private String raw(String head) throws Exception {
    try (RawClient client = new RawClient(node.server.url())) {
      return client
          .send(
              head
                  + "Connection: close\r\nAuthorization: Bearer "
                  + node.token(Permission.ADMIN)
                  + "\r\n\r\n")
          .readUntil("}}");
    }
  }

  @Test
  void tokensAreNeverInTheLogOfCalls() throws Exception {
    String token = node.token(Permission.WRITE);
    node.send(
        node.anonymous("/sectors/pledge?token=" + token)
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.noBody()));
    node.send(
        node.anonymous("/sectors/s-t01000-1?token=" + token)
            .header("Authorization", "Bearer " + token)
            .DELETE());

    String log = String.join("\n", node.audited());
    assertTrue(log.contains("\"what\":\"refused\""));
    assertFalse(log.contains(token));
    assertFalse(log.contains(token.substring(token.lastIndexOf('.') + 1)));
  }
}
