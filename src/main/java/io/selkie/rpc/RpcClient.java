package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls the methods of an RPC interface elsewhere: here by one HTTP POST each, by {@link RpcSocket}
 * over a WebSocket. A stage fails with {@link RpcException} if the other side refused, so that
 * nothing was done or the method itself failed, and with {@link IOException} if it is not known
 * whether it was done.
 */
public final class RpcClient implements InvocationHandler {
  private final RpcInterface contract;
  private final Transport transport;
  private final AtomicLong ids = new AtomicLong();

  private RpcClient(RpcInterface contract, Transport transport) {
    this.contract = contract;
    this.transport = transport;
  }

  /**
   * The other side of an interface.
   *
   * @param address such as {@code http://127.0.0.1:2345/rpc/v0}
   * @param token sent with each call; empty: none
   */
  public static <T> T of(
      Class<T> contract, URI address, String token, ClassicActorSystemProvider system) {
    return over(new HttpTransport(address, token, system), contract);
  }

  /** The other side of an interface, however it is reached. */
  static <T> T over(Transport transport, Class<T> contract) {
    RpcClient client = new RpcClient(new RpcInterface(contract), transport);
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
    return transport.send(known, id, request);
  }

  /** It is no call: whoever logs or compares the other side asks for it. */
  private Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> transport.toString();
    };
  }
}
