package io.selkie.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.selkie.auth.TlsTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Calls to a node, whose failures are one line each. */
final class NodeHttp {
  /** Longer than a node takes to say itself that something takes too long. */
  static final Duration ANSWER = Duration.ofSeconds(60);

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int ERRORS = 400;
  private static final int MAX_MESSAGE_CHARS = 1000;
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final NodeAddress address;
  private final HttpClient client;

  NodeHttp(NodeAddress address) {
    this.address = address;
    HttpClient.Builder made =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    address.tls().ifPresent(made::sslContext);
    this.client = made.build();
  }

  /** A request to the node that carries its token. */
  HttpRequest.Builder request(String call) {
    return HttpRequest.newBuilder(address.of(call))
        .header("Authorization", "Bearer " + address.token().get());
  }

  /** A request that needs no token. */
  HttpRequest.Builder openRequest(String call) {
    return HttpRequest.newBuilder(address.of(call));
  }

  /** Sends it, and reads the answer as JSON; what is not there reads as missing. */
  JsonNode json(HttpRequest request) throws IOException, InterruptedException {
    return parse(good(send(request, HttpResponse.BodyHandlers.ofByteArray())));
  }

  /**
   * Sends it, and writes the answer into a new file.
   *
   * @param got is told how many bytes came so far
   */
  void file(HttpRequest request, Path target, LongConsumer got)
      throws IOException, InterruptedException {
    good(
        send(
            request,
            info ->
                info.statusCode() >= ERRORS
                    ? BodySubscribers.ofByteArray()
                    : BodySubscribers.mapping(
                        new CountedBody<>(
                            BodySubscribers.ofFile(
                                target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            got),
                        written -> new byte[0])));
  }

  /**
   * Sends it, and gives the answer as it comes.
   *
   * @return a stream whose reader cannot be interrupted (JDK 17); closing it ends the reading
   */
  InputStream stream(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() >= ERRORS) {
      try (InputStream body = response.body()) {
        throw refusal(response.statusCode(), body.readAllBytes());
      }
    }
    return response.body();
  }

  private byte[] good(HttpResponse<byte[]> response) throws NodeException {
    if (response.statusCode() >= ERRORS) {
      throw refusal(response.statusCode(), response.body());
    }
    return response.body();
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    try {
      return client.send(request, handler);
    } catch (HttpConnectTimeoutException | ConnectException e) {
      throw new IOException("the node at " + address.base() + " cannot be reached", e);
    } catch (SSLException e) {
      String node = "the node at " + address.base();
      throw new NodeTlsException(
          TlsTrouble.line(node, e).orElse(node + " has trouble with TLS")
              + (address.tls().isEmpty()
                  ? "; name the authority of its farm: selkie.api.tls.authority"
                  : ""),
          e);
    } catch (HttpTimeoutException e) {
      throw new IOException("the node at " + address.base() + " does not answer", e);
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException("the call to the node at " + address.base() + " failed: " + reason, e);
    }
  }

  private static JsonNode parse(byte[] body) throws IOException {
    try {
      @Nullable JsonNode json = JSON.readTree(body);
      return json == null ? MissingNode.getInstance() : json;
    } catch (JsonProcessingException e) {
      throw new IOException("what the node answered is not JSON: is it a Selkie node?", e);
    }
  }

  private NodeException refusal(int status, byte[] body) {
    String message = message(body);
    if (message.isBlank()) {
      message = "the node at " + address.base() + " answered with status " + status;
    }
    return new NodeException(
        status, message.substring(0, Math.min(message.length(), MAX_MESSAGE_CHARS)));
  }

  /** Of an error, or of a node that is not ready; empty if it is from something in between. */
  private static String message(byte[] body) {
    try {
      JsonNode json = parse(body);
      for (JsonNode check : json.path("checks")) {
        if (check.path("problem").isTextual()) {
          return check.path("problem").asText();
        }
      }
      return json.path("error").path("message").asText("");
    } catch (IOException e) {
      return "";
    }
  }
}
