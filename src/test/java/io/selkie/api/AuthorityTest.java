package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.HttpMethods;
import io.selkie.auth.Permission;
import io.selkie.auth.Tickets;
import io.selkie.auth.TokenSecret;
import io.selkie.filecoin.SectorId;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may do what: every endpoint of the table with no token, too little of one, and enough. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthorityTest {
  private static final Set<Integer> SHUT_OUT = Set.of(401, 403);

  @TempDir static Path state;
  private TestNode node;

  @BeforeAll
  void start() throws Exception {
    node = new TestNode(state);
  }

  @AfterAll
  void stop() throws Exception {
    node.close();
  }

  Stream<String> operations() {
    return node.table.stream().map(Endpoint::operation);
  }

  private Endpoint endpoint(String operation) {
    return node.table.stream()
        .filter(row -> row.operation().equals(operation))
        .findFirst()
        .orElseThrow();
  }

  private HttpRequest.Builder request(Endpoint endpoint) {
    return node.anonymous(endpoint.path().replaceAll("\\{[a-z]+}", "s-t01000-1"))
        .method(endpoint.method().name(), BodyPublishers.noBody());
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aTicketOfTheTransferAddressOpensNothing(String operation) throws Exception {
    Endpoint endpoint = endpoint(operation);
    String ticket =
        new Tickets(TokenSecret.in(state), "host-1", Clock.systemUTC())
            .create("host-1", SectorId.parse("s-t01000-1"), Tickets.Use.BRING);
    String transfer =
        node.tokens.forTransfer().create(Permission.ADMIN, Duration.ofHours(1), "store");

    for (String foreign : List.of(ticket, transfer)) {
      int status = status(request(endpoint).header("Authorization", "Bearer " + foreign));

      assertEquals(endpoint.permission().isPresent(), status == 401, operation + ": " + status);
    }
  }

  private int status(HttpRequest.Builder request) throws Exception {
    // Event streams do not end: the head is enough.
    HttpResponse<Void> response =
        node.client.send(request.build(), HttpResponse.BodyHandlers.discarding());
    return response.statusCode();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void withoutATokenOnlyWhatNeedsNoneIsServed(String operation) throws Exception {
    Endpoint endpoint = endpoint(operation);
    int calls = node.operations.calls.size();

    HttpResponse<String> response = node.send(request(endpoint));

    if (endpoint.permission().isEmpty()) {
      assertFalse(SHUT_OUT.contains(response.statusCode()));
    } else {
      assertEquals(401, response.statusCode());
      assertEquals("unauthorized", TestNode.error(response));
      assertTrue(response.headers().firstValue("WWW-Authenticate").isPresent());
      assertEquals(calls, node.operations.calls.size());
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aTokenWithEverythingElseIsNotEnough(String operation) throws Exception {
    Endpoint endpoint = endpoint(operation);
    if (endpoint.permission().isEmpty()) {
      return;
    }
    EnumSet<Permission> others = EnumSet.allOf(Permission.class);
    others.remove(endpoint.permission().get());
    String token = node.tokens.create(others, Duration.ofHours(1), "nearly");
    int calls = node.operations.calls.size();

    HttpResponse<String> response =
        node.send(request(endpoint).header("Authorization", "Bearer " + token));

    assertEquals(403, response.statusCode());
    assertEquals("forbidden", TestNode.error(response));
    assertEquals(calls, node.operations.calls.size());
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aTokenWithJustThatIsEnough(String operation) throws Exception {
    Endpoint endpoint = endpoint(operation);
    if (endpoint.permission().isEmpty() || operation.equals("streamEvents")) {
      return; // an event stream that is served does not end; EventsTest has it
    }
    String token =
        node.tokens.create(
            EnumSet.of(endpoint.permission().get()), Duration.ofHours(1), "just-enough");

    HttpResponse<String> response =
        node.send(request(endpoint).header("Authorization", "Bearer " + token));

    assertFalse(SHUT_OUT.contains(response.statusCode()), operation);
  }

  @Test
  void nothingButGetIsOpenToReaders() {
    for (Endpoint endpoint : node.table) {
      if (!endpoint.method().equals(HttpMethods.GET)) {
        assertTrue(
            endpoint.permission().filter(needed -> needed != Permission.READ).isPresent(),
            endpoint.operation());
      }
    }
  }

  @Test
  void theSchemeIsTakenInAnyCase() throws Exception {
    HttpRequest.Builder request =
        node.anonymous("/sectors").header("Authorization", "bEARER " + node.token(Permission.READ));

    assertEquals(200, node.send(request).statusCode());
  }

  @Test
  void aTokenAnywhereElseDoesNotCount() throws Exception {
    String token = node.token(Permission.ADMIN);
    List<HttpRequest.Builder> requests =
        List.of(
            node.anonymous("/sectors?token=" + token),
            node.anonymous("/sectors").header("Cookie", "token=" + token),
            node.anonymous("/sectors").header("X-Authorization", "Bearer " + token),
            node.anonymous("/sectors").header("Authorization", token),
            node.anonymous("/sectors").header("Authorization", "Basic " + token),
            node.anonymous("/sectors").header("Authorization", "Bearer  " + token + " x"),
            node.anonymous("/sectors")
                .header("Authorization", "Bearer " + token)
                .header("Authorization", "Bearer " + token));

    for (HttpRequest.Builder request : requests) {
      assertEquals(401, node.send(request).statusCode());
    }
  }

  @Test
  void anExpiredTokenIsRefused() throws Exception {
    String token = node.tokens.create(Permission.ADMIN, Duration.ofSeconds(1), "short");
    HttpRequest.Builder request =
        node.anonymous("/sectors").header("Authorization", "Bearer " + token);

    TestNode.await(() -> unchecked(() -> status(request)) == 401);
  }

  private interface Body {
    int run() throws Exception;
  }

  private static int unchecked(Body body) {
    try {
      return body.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
