package io.selkie.lotus.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.auth.Permission;
import io.selkie.rpc.RpcClient;
import io.selkie.rpc.RpcEndpoint;
import io.selkie.rpc.RpcJson;
import io.selkie.rpc.RpcService;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each call of a real miner and of real workers goes in at our server, becomes Java values, goes
 * out again by our client, and its real answer comes back the same way: what comes out at both ends
 * has to be what went in. Names and random bytes are others in each run.
 */
@Timeout(60)
class LotusContractTest {
  private static final ActorTestKit TESTKIT = ActorTestKit.create();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** What came out at the far end, and what is said there. */
  static final AtomicReference<JsonNode> ARRIVED = new AtomicReference<>(NullNode.instance);

  static final AtomicReference<JsonNode> ANSWER = new AtomicReference<>(NullNode.instance);

  static URI worker;
  static URI miner;

  @BeforeAll
  static void listen() {
    URI far = bind(LotusContractTest::farEnd);
    worker = bind(gateway(WorkerApi.class, far)::handle);
    miner = bind(gateway(MinerApi.class, far)::handle);
  }

  @AfterAll
  static void end() {
    TESTKIT.shutdownTestKit();
  }

  static URI bind(akka.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
    return URI.create(
        "http://127.0.0.1:"
            + Http.get(TESTKIT.system())
                .newServerAt("127.0.0.1", 0)
                .bind(handler)
                .toCompletableFuture()
                .join()
                .localAddress()
                .getPort()
            + "/rpc/v0");
  }

  private static <T> RpcEndpoint gateway(Class<T> contract, URI far) {
    T there = RpcClient.of(contract, far, "far", TESTKIT.system());
    return new RpcEndpoint(
        RpcService.of(contract, there),
        token ->
            CompletableFuture.completedFuture(
                token.equals("near")
                    ? Optional.of(EnumSet.allOf(Permission.class))
                    : Optional.<Set<Permission>>empty()),
        TESTKIT.system());
  }

  private static CompletionStage<HttpResponse> farEnd(HttpRequest request) {
    return request
        .entity()
        .toStrict(30_000, TESTKIT.system())
        .thenApply(
            entity -> {
              try {
                JsonNode arrived = RpcJson.MAPPER.readTree(entity.getData().toArray());
                ARRIVED.set(arrived);
                ObjectNode answer = ANSWER.get().deepCopy();
                answer.set("id", arrived.get("id"));
                return HttpResponse.create()
                    .withEntity(
                        HttpEntities.create(ContentTypes.APPLICATION_JSON, answer.toString()));
              } catch (IOException e) {
                return HttpResponse.create().withStatus(400);
              }
            });
  }

  static Stream<CapturedCall> calls() {
    return Stream.of("calls.jsonl", "from-source.jsonl")
        .flatMap(name -> CapturedCall.in(name).stream());
  }

  @ParameterizedTest
  @MethodSource("calls")
  void whatGoesInComesOut(CapturedCall call) throws Exception {
    Disguise disguise = new Disguise();
    ObjectNode request = (ObjectNode) disguise.of(call.request());
    ObjectNode answer = (ObjectNode) disguise.of(call.answer());
    ANSWER.set(answer);

    var response =
        CLIENT.send(
            java.net.http.HttpRequest.newBuilder(call.to().equals("worker") ? worker : miner)
                .header("Authorization", "Bearer near")
                .POST(BodyPublishers.ofString(request.toString()))
                .build(),
            BodyHandlers.ofString());

    assertEquals(
        plain(answer.without("id")),
        plain(((ObjectNode) RpcJson.MAPPER.readTree(response.body())).without("id")));
    assertEquals(call.status(), response.statusCode());
    assertEquals(request.get("id"), RpcJson.MAPPER.readTree(response.body()).get("id"));
    assertEquals(request.get("method"), ARRIVED.get().get("method"));
    assertEquals(plain(request.get("params")), plain(ARRIVED.get().get("params")));
  }

  /**
   * A list that was never made is null or empty, by chance; 1 is 1.0; and an address is the same on
   * each network: a real worker that was told f01000 says t01000.
   */
  static JsonNode plain(JsonNode node) {
    if (node.isObject()) {
      ObjectNode plain = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(field -> plain.set(field.getKey(), plain(field.getValue())));
      return plain;
    }
    if (node.isArray() && !node.isEmpty()) {
      ArrayNode plain = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> plain.add(plain(element)));
      return plain;
    }
    if (node.isNumber()) {
      return JsonNodeFactory.instance.numberNode(node.decimalValue().stripTrailingZeros());
    }
    if (node.isTextual() && node.asText().matches("f0[0-9]+")) {
      return JsonNodeFactory.instance.textNode("t" + node.asText().substring(1));
    }
    return node.isArray() ? NullNode.instance : node;
  }

  @Test
  void everyMethodIsTried() {
    assertEquals(
        Stream.concat(names("worker", WorkerApi.class), names("miner", MinerApi.class))
            .sorted()
            .toList(),
        calls().map(call -> call.to() + " " + call.method()).distinct().sorted().toList());
  }

  private static Stream<String> names(String to, Class<?> contract) {
    return Arrays.stream(contract.getMethods())
        .map(Method::getName)
        .map(
            name ->
                to
                    + " Filecoin."
                    + name.substring(0, 1).toUpperCase(Locale.ROOT)
                    + name.substring(1));
  }
}
