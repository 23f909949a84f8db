package io.selkie.lotus.wire;

import static io.selkie.auth.Permission.ADMIN;
import static io.selkie.auth.Permission.READ;
import static io.selkie.lotus.wire.LotusContractTest.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.lotus.peer.GoPeer;
import io.selkie.rpc.RpcClient;
import io.selkie.rpc.RpcEndpoint;
import io.selkie.rpc.RpcException;
import io.selkie.rpc.RpcJson;
import io.selkie.rpc.RpcService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls of {@link LotusContractTest} once more, with Lotus's own code at the other side: its
 * client calls our server, and our client calls its server. What was read from the source, and
 * never captured, is what Lotus's types make of it.
 */
@Timeout(600)
class LotusTypesSlowIT {
  private static final ActorTestKit TESTKIT = ActorTestKit.create();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /**
   * The first would call back. The second panics in Lotus 1.36.1 from the moment when a sector is
   * declared on a path that is not attached, as some of the others do.
   */
  private static final Set<String> NOT_HERE = Set.of("WorkerConnect", "StorageList");

  @TempDir private Path directory;

  @BeforeAll
  static void listen() {
    LotusContractTest.listen();
  }

  @AfterAll
  static void end() {
    LotusContractTest.end();
    TESTKIT.shutdownTestKit();
  }

  /** Lotus's miner calls its workers by HTTP; whoever configures it so, by a WebSocket. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "ws"})
  void lotusReadsAndWritesEachCallAsWeDo(String scheme) throws Exception {
    try (GoPeer ofMiner = client(scheme, LotusContractTest.worker);
        GoPeer ofWorker = client(scheme, LotusContractTest.miner, "-miner")) {
      for (CapturedCall call : calls()) {
        Disguise disguise = new Disguise();
        JsonNode params = disguise.of(call.request().get("params"));
        ObjectNode answer = (ObjectNode) disguise.of(call.answer());
        LotusContractTest.ANSWER.set(answer);

        GoPeer client = call.to().equals("worker") ? ofMiner : ofWorker;
        client.send(line(call, params));
        JsonNode heard = client.await("answer");

        assertEquals(plain(answer.path("result")), plain(heard.path("result")), call::toString);
        assertEquals(
            answer.path("error").path("message"), heard.path("error"), () -> call + ": " + heard);
        assertEquals(
            withoutUuid(plain(params)),
            withoutUuid(plain(LotusContractTest.ARRIVED.get().get("params"))),
            call::toString);
      }
    }
  }

  private GoPeer client(String scheme, URI server, String... more) throws IOException {
    String url = scheme + server.toString().substring("http".length());
    return GoPeer.start(
        directory,
        "workerclient",
        Stream.concat(Stream.of("-url", url, "-token", "near"), Stream.of(more))
            .toArray(String[]::new));
  }

  private static List<CapturedCall> calls() {
    return LotusContractTest.calls().toList();
  }

  private static String name(CapturedCall call) {
    return call.method().substring("Filecoin.".length());
  }

  private static String line(CapturedCall call, JsonNode params) {
    ObjectNode line = RpcJson.MAPPER.createObjectNode().put("method", name(call));
    ArrayNode given = line.putArray("params");
    params.forEach(param -> given.add(param.has("Info") ? reader(param) : param));
    return line.toString();
  }

  /** What the client takes for a reader, from what goes over the wire. */
  private static ObjectNode reader(JsonNode stream) {
    ObjectNode reader = RpcJson.MAPPER.createObjectNode();
    return switch (stream.get("Type").asText()) {
      case ReaderStream.ZEROS -> reader.put("Null", stream.get("Info").asLong());
      case ReaderStream.HTTP -> reader.put("HTTP", stream.get("Info").asText());
      default -> reader.put("Push", "Bw==");
    };
  }

  /** The client makes up the name of a push. */
  private static JsonNode withoutUuid(JsonNode params) {
    params.forEach(
        param -> {
          if (param.path("Type").asText().equals(ReaderStream.PUSH)) {
            ((ObjectNode) param).remove("Info");
          }
        });
    return params;
  }

  @Test
  void aLotusMinerUnderstandsEachOfOurCalls() throws Exception {
    try (GoPeer manager = GoPeer.start(directory, "manager", "-repo", directory + "/miner")) {
      JsonNode ready = manager.await("ready");
      MinerApi miner =
          RpcClient.of(
              MinerApi.class,
              URI.create(ready.get("url").asText()),
              ready.get("token").asText(),
              TESTKIT.system());
      URI gateway = LotusContractTest.bind(endpoint(miner)::handle);

      Map<String, String> refused = new TreeMap<>();
      for (CapturedCall call : calls()) {
        if (call.to().equals("miner") && !NOT_HERE.contains(name(call))) {
          JsonNode error = post(gateway, new Disguise().of(call.request())).path("error");
          if (error.path("code").asInt(RpcException.APPLICATION) != RpcException.APPLICATION) {
            refused.put(name(call), error.toString());
          }
        }
      }

      assertEquals(Map.of(), refused);
    }
  }

  private static RpcEndpoint endpoint(MinerApi miner) {
    return new RpcEndpoint(
        RpcService.of(MinerApi.class, miner),
        token -> CompletableFuture.completedFuture(Optional.of(EnumSet.of(READ, ADMIN))),
        TESTKIT.system());
  }

  private static JsonNode post(URI to, JsonNode request) throws Exception {
    return RpcJson.MAPPER.readTree(
        CLIENT
            .send(
                HttpRequest.newBuilder(to)
                    .header("Authorization", "Bearer any")
                    .POST(BodyPublishers.ofString(request.toString()))
                    .build(),
                BodyHandlers.ofString())
            .body());
  }
}
