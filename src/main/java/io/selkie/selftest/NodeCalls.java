package io.selkie.selftest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;

/** Speaks to a node over its management interface, as an operator does. */
public final class NodeCalls {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST = 1000;
  private static final int MOST_TRIES = 5;
  private static final long PAUSE_MILLIS = 500;

  private final HttpClient client;
  private final String url;
  private final String token;

  private NodeCalls(String url, String token, Optional<SSLContext> tls) {
    this.url = url;
    this.token = token;
    HttpClient.Builder made = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10));
    tls.ifPresent(made::sslContext);
    this.client = made.build();
  }

  /** The node that runs on the state directory. */
  public static NodeCalls to(Path state) throws IOException {
    return to(state, Optional.empty());
  }

  /**
   * The same.
   *
   * @param tls whom to trust where it speaks https
   */
  public static NodeCalls to(Path state, Optional<SSLContext> tls) throws IOException {
    String url = Files.readString(state.resolve("api")).strip();
    Tokens tokens = new Tokens(TokenSecret.in(state), Clock.systemUTC());
    return new NodeCalls(url, tokens.create(Permission.ADMIN, Duration.ofHours(1), "test"), tls);
  }

  /** Any call; the answer may never come if the node is held. */
  public CompletableFuture<HttpResponse<String>> send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofMinutes(2))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Pledges a sector; the answer may never come if the node is held. */
  public CompletableFuture<HttpResponse<String>> pledge(UUID request) {
    return send(
        "POST", "/sectors/pledge", "{\"sectorSize\":\"2KiB\",\"request\":\"" + request + "\"}");
  }

  /** Uploads a file into a 2 KiB sector. */
  public CompletableFuture<HttpResponse<String>> upload(String content) {
    String boundary = "a-boundary-of-tests";
    String body =
        String.join(
            "\r\n",
            "--" + boundary,
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"",
            "Content-Type: application/octet-stream",
            "",
            content,
            "--" + boundary + "--",
            "");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/sectors/seal?sectorSize=2KiB"))
            .timeout(Duration.ofMinutes(2))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The driver's state of each sector, as the read model has it. */
  public Map<String, String> driverStates() throws IOException, InterruptedException {
    Map<String, String> states = new TreeMap<>();
    for (JsonNode sector : get("/sectors?limit=" + MOST).path("sectors")) {
      states.put(sector.path("sector").asText(), sector.path("driverState").asText());
    }
    return states;
  }

  /**
   * What stands at the path. On a busy host a connection may be reset: it is asked again.
   *
   * @throws IOException if there is no good answer
   */
  public JsonNode get(String path) throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        HttpResponse<String> answer = send("GET", path, "").join();
        if (answer.statusCode() != 200) {
          throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
      } catch (CompletionException e) {
        if (tries == MOST_TRIES || !(e.getCause() instanceof IOException)) {
          throw new IOException("the node does not answer " + path + ": " + e.getCause(), e);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }
}
