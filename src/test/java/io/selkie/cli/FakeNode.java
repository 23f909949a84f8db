package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.selkie.auth.TlsIdentity;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.auth.Verification;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The interface of a node, whose answers a test writes. It writes down what it is asked. */
final class FakeNode implements NodeLauncher.Running {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String END = "end";

  /** Method and path of each call that needs a token, in their order; those for events left out. */
  final List<String> calls = new ArrayList<>();

  /** Bodies of the calls that had one. */
  final List<String> bodies = new ArrayList<>();

  final List<Function<HttpExchange, @Nullable Refusal>> refusals = new ArrayList<>();
  byte[] data = new byte[0];
  String history = "{\"history\":[]}";
  String sectors = "{\"sectors\":[]}";
  String storage = "{}";
  Runnable onEvents = () -> {};
  boolean closed;

  private final Map<String, SectorId> begun = new HashMap<>();
  private final Deque<JsonNode> reports = new ArrayDeque<>();
  private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Tokens tokens;
  private final Path apiFile;

  /** An answer that is an error. */
  record Refusal(int status, String message) {}

  private volatile String removal = "{}";

  private FakeNode(Path state, Optional<TlsIdentity> tls) throws IOException {
    new StateDirectory(state).create();
    tokens = new Tokens(TokenSecret.in(state), Clock.systemUTC());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls.isPresent()) {
      HttpsServer secured = HttpsServer.create(any, 0);
      secured.setHttpsConfigurator(new HttpsConfigurator(tls.get().context()));
      server = secured;
    } else {
      server = HttpServer.create(any, 0);
    }
    server.createContext("/api/v1", this::handle);
    server.setExecutor(threads);
    apiFile = new StateDirectory(state).apiFile();
  }

  /** Starts it, as the node of this state directory. */
  static FakeNode start(Path state) throws IOException {
    return start(state, Optional.empty());
  }

  /** The same with TLS. */
  static FakeNode start(Path state, Optional<TlsIdentity> tls) throws IOException {
    FakeNode node = new FakeNode(state, tls);
    node.server.start();
    Files.writeString(node.apiFile, node.api() + "\n");
    return node;
  }

  @Override
  public URI api() {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void awaitStopped() {}

  /** The next reports on any sector; the last of them is given again and again. */
  FakeNode reports(JsonNode... next) {
    reports.clear();
    reports.addAll(List.of(next));
    return this;
  }

  /** Refuses calls that begin so. */
  FakeNode refusing(String call, int status, String message) {
    refusals.add(exchange -> call(exchange).startsWith(call) ? new Refusal(status, message) : null);
    return this;
  }

  /** Answers the removal of a sector so. */
  FakeNode removing(String answer) {
    removal = answer;
    return this;
  }

  /** Sends an event. */
  void tell(SectorId sector) {
    events.add("id: 7\nevent: sector\ndata: {\"id\":7,\"sector\":\"" + sector + "\"}\n\n");
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String call = call(exchange);
      if (call.equals("GET /health")) {
        answer(exchange, 200, "{\"status\":\"up\"}");
      } else if (call.equals("GET /ready")) {
        answer(exchange, 200, "{\"ready\":true,\"checks\":[]}");
      } else if (!isLetIn(exchange)) {
        answer(exchange, 401, error("the token does not count"));
      } else if (call.startsWith("GET /events")) {
        stream(exchange);
      } else {
        synchronized (this) {
          calls.add(call);
          serve(exchange, call);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(HttpExchange exchange, String call) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (body.length > 0) {
      bodies.add(new String(body, StandardCharsets.UTF_8));
    }
    for (Function<HttpExchange, @Nullable Refusal> refusal : refusals) {
      Refusal refused = refusal.apply(exchange);
      if (refused != null) {
        answer(exchange, refused.status(), error(refused.message()));
        return;
      }
    }
    String path = exchange.getRequestURI().getPath().substring("/api/v1".length());
    if (call.startsWith("POST /sectors/seal") || call.equals("POST /sectors/pledge")) {
      String request =
          call.contains("request=")
              ? call.substring(call.indexOf("request=") + 8)
              : JSON.readTree(body).path("request").asText();
      SectorId sector =
          begun.computeIfAbsent(request, key -> SectorId.parse("s-t01000-" + (begun.size() + 1)));
      answer(exchange, 201, "{\"sector\":\"" + sector + "\"}");
    } else if (path.endsWith("/history")) {
      answer(exchange, 200, history);
    } else if (path.endsWith("/data")) {
      exchange.sendResponseHeaders(200, data.length);
      exchange.getResponseBody().write(data);
    } else if (call.startsWith("GET /sectors?")) {
      answer(exchange, 200, sectors);
    } else if (path.startsWith("/storage")) {
      answer(exchange, 200, storage);
    } else if (call.startsWith("GET ")) {
      JsonNode report = reports.size() > 1 ? reports.remove() : reports.peek();
      answer(
          exchange,
          report == null ? 404 : 200,
          report == null ? error("there is no sector " + path) : report.toString());
    } else {
      answer(exchange, 200, call.startsWith("DELETE ") ? removal : "{}");
    }
  }

  private void stream(HttpExchange exchange) throws IOException, InterruptedException {
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write("retry: 2000\n\n:\n\n".getBytes(StandardCharsets.UTF_8));
      out.flush();
      onEvents.run();
      for (String event = events.take(); !event.equals(END); event = events.take()) {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    }
  }

  private boolean isLetIn(HttpExchange exchange) {
    String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    return header.startsWith("Bearer ")
        && tokens.verify(header.substring("Bearer ".length())) instanceof Verification.Verified;
  }

  private static String call(HttpExchange exchange) {
    String uri = exchange.getRequestURI().toString();
    return exchange.getRequestMethod() + " " + uri.substring("/api/v1".length());
  }

  private static String error(String message) {
    ObjectNode error = JSON.createObjectNode();
    error.putObject("error").put("code", "some").put("message", message);
    return error.toString();
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** As kill -9 would: the file that says where it served stays. */
  void kill() {
    events.add(END);
    server.stop(0);
    threads.shutdownNow();
  }

  @Override
  public void close() {
    closed = true;
    kill();
    try {
      Files.deleteIfExists(apiFile);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
