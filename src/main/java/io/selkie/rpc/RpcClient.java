package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.Authorization;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls the methods of an RPC interface elsewhere, one HTTP POST each. A stage fails with {@link
 * RpcException} if the other side refused, so that nothing was done or the method itself failed,
 * and with {@link IOException} if it is not known whether it was done.
 */
public final class RpcClient implements InvocationHandler {
  private final RpcInterface contract;
  private final URI address;
  private final String token;
  private final ClassicActorSystemProvider system;
  private final AtomicLong ids = new AtomicLong();

  private RpcClient(
      RpcInterface contract, URI address, String token, ClassicActorSystemProvider system) {
    this.contract = contract;
    this.address = address;
    this.token = token;
    this.system = system;
  }

  /**
   * The other side of an interface.
   *
   * @param address such as {@code http://127.0.0.1:2345/rpc/v0}
   * @param token sent with each call; empty: none
   */
  public static <T> T of(
      Class<T> contract, URI address, String token, ClassicActorSystemProvider system) {
    RpcClient client = new RpcClient(new RpcInterface(contract), address, token, system);
    return contract.cast(
        Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, client));
  }

  @Override
  public Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method, arguments);
    }
    RpcInterface.RpcMethod known =
        contract
            .find(method)
            .orElseThrow(() -> new IllegalArgumentException("not of the interface: " + method));
    long id = ids.incrementAndGet();
    ObjectNode request =
        RpcJson.MAPPER
            .createObjectNode()
            .put("jsonrpc", "2.0")
            .put("id", id)
            .put("method", known.fullName());
    ArrayNode params = request.putArray("params");
    if (arguments != null) {
      for (Object argument : arguments) {
        params.add(RpcJson.MAPPER.<JsonNode>valueToTree(argument));
      }
    }
    return send(known, id, request);
  }

  /** It is no call: whoever logs or compares the other side asks for it. */
  private Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> address.toString();
    };
  }

  private CompletionStage<Object> send(RpcInterface.RpcMethod method, long id, ObjectNode request) {
    HttpRequest post =
        HttpRequest.POST(address.toString())
            .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, request.toString()));
    HttpRequest signed = token.isEmpty() ? post : post.addHeader(Authorization.oauth2(token));
    return Http.get(system)
        .singleRequest(signed)
        .thenCompose(this::body)
        .thenApply(body -> result(method, id, body))
        .exceptionallyCompose(trouble -> CompletableFuture.failedFuture(asKnown(trouble)));
  }

  private Throwable asKnown(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    return cause instanceof RpcException || cause instanceof IOException
        ? cause
        : new IOException("no answer from " + address + ": " + cause.getMessage(), cause);
  }

  /** Go's clients take the same statuses for answers. */
  private CompletionStage<ByteString> body(HttpResponse response) {
    int status = response.status().intValue();
    if (status > 400 && status != 500) {
      response.discardEntityBytes(system);
      return CompletableFuture.failedFuture(
          new IOException(address + " answers with status " + response.status()));
    }
    return Wire.bytes(response.entity(), system);
  }

  private @Nullable Object result(RpcInterface.RpcMethod method, long id, ByteString body) {
    try {
      JsonNode answer = RpcJson.MAPPER.readTree(body.toArrayUnsafe());
      JsonNode error = answer.path("error");
      if (error.isObject()) {
        throw new RpcException(error.path("code").asInt(), error.path("message").asText());
      }
      if (!answer.has("result") || answer.path("id").asLong() != id) {
        throw new IOException("what " + address + " answers is no answer to call " + id);
      }
      Optional<Object> result = RpcJson.read(answer.get("result"), method.result());
      if (result.isEmpty() && !method.result().hasRawClass(Void.class)) {
        throw new IOException(address + " answers call " + id + " with nothing");
      }
      return result.orElse(null);
    } catch (IOException | IllegalArgumentException | RpcException e) {
      throw new CompletionException(e);
    }
  }
}
