package io.selkie.api;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.AuditLog;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The interface on a free port, over a scripted node, with a client that checks every answer
 * against the table.
 */
final class TestNode implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<Integer> OF_ANY_PATH = List.of(404, 405, 500);

  final ScriptedOperations operations = new ScriptedOperations();
  final ScriptedStorage storage = new ScriptedStorage();
  final ScriptedReadModel readModel = new ScriptedReadModel();
  final Path state;
  final Path spool;
  final Tokens tokens;
  final AuditLog audit;
  final ActorTestKit kit;
  final ApiServer server;
  final List<Endpoint> table;
  final HttpClient client = HttpClient.newHttpClient();

  TestNode(Path state) throws Exception {
    this(state, settings -> settings);
  }

  TestNode(Path state, UnaryOperator<ApiSettings> change) throws Exception {
    this(state, change, "akka.loglevel = OFF");
  }

  TestNode(Path state, UnaryOperator<ApiSettings> change, String config) throws Exception {
    this.state = state;
    this.spool = state.resolve("spool");
    this.tokens = new Tokens(TokenSecret.in(state), Clock.systemUTC());
    this.audit = AuditLog.in(state, Clock.systemUTC());
    this.kit =
        ActorTestKit.create(
            "api",
            ConfigFactory.parseString(config)
                .withFallback(
                    ConfigFactory.parseString(
                        "akka.stdout-loglevel = OFF, akka.log-dead-letters = off,"
                            + "selkie.api.port = 0"))
                .withFallback(ConfigFactory.load()));
    ApiSettings settings = change.apply(ApiSettings.of(kit.system().settings().config()));
    ApiServices services =
        new ApiServices(operations, storage, readModel, tokens, audit, spool, Clock.systemUTC());
    this.server =
        ApiServer.start(kit.system(), settings, services)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    this.table =
        ApiServer.table(
            kit.system(),
            settings,
            services,
            new Replies(kit.system()),
            new OpenStreams(kit.system()));
  }

  String token(Permission permission) {
    return tokens.create(permission, Duration.ofHours(1), "ops");
  }

  /** A request with a token that allows everything. */
  HttpRequest.Builder to(String path) {
    return anonymous(path).header("Authorization", "Bearer " + token(Permission.ADMIN));
  }

  HttpRequest.Builder anonymous(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(PATIENCE);
  }

  /** Sends it; the answer is one that the table knows, and an error has the shape of errors. */
  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    HttpRequest built = request.build();
    HttpResponse<String> response = client.send(built, BodyHandlers.ofString());
    List<String> segments =
        List.of(built.uri().getRawPath().substring(1).split("/", -1)).stream().toList();
    Optional<Endpoint> endpoint =
        table.stream()
            .filter(row -> row.match(segments).isPresent())
            .filter(row -> row.method().name().equals(built.method()))
            .findFirst();
    int status = response.statusCode();
    if (!OF_ANY_PATH.contains(status)
        && endpoint.isPresent()
        && !endpoint.get().statuses().contains(status)) {
      throw new AssertionError(endpoint.get().operation() + " does not declare " + status);
    }
    if (status >= 400 && !isReadiness(built) && !"HEAD".equals(built.method())) {
      error(response);
    }
    return response;
  }

  private static boolean isReadiness(HttpRequest request) {
    return request.uri().getPath().endsWith("/ready");
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return MAPPER.readTree(response.body());
  }

  /** The code of the error that came. */
  static String error(HttpResponse<String> response) throws IOException {
    JsonNode error = json(response).get("error");
    String message = error.get("message").textValue();
    if (message.isEmpty() || message.contains("\n") || message.contains("Exception")) {
      throw new AssertionError("not a message for an operator: " + message);
    }
    return error.get("code").textValue();
  }

  List<Path> spooled() throws IOException {
    try (Stream<Path> files = Files.list(spool)) {
      return files.toList();
    }
  }

  /** How many files are in the spool. */
  int spooledQuietly() {
    try {
      return spooled().size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  List<String> audited() throws IOException {
    return Files.readAllLines(state.resolve(AuditLog.NAME));
  }

  /** Waits for what comes by itself. */
  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come");
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    kit.shutdownTestKit();
    audit.close();
  }
}
