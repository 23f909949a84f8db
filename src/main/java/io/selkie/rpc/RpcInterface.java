package io.selkie.rpc;

import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.JavaType;
import io.selkie.auth.Permission;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * The methods of an API, read from a Java interface: {@code sealPreCommit1} is {@code
 * Filecoin.SealPreCommit1}. Each is annotated with what it {@link Needs}, and gives a {@link
 * CompletionStage}, of a result or of a {@link Source} of values.
 */
final class RpcInterface {
  static final String NAMESPACE = "Filecoin.";

  private final Map<String, RpcMethod> byName = new HashMap<>();
  private final Map<Method, RpcMethod> byMethod = new HashMap<>();

  /**
   * A method.
   *
   * @param name without the namespace
   * @param result of the stage that it gives; of a channel, each of its values
   * @param channel whether the stage gives a stream of values
   * @param retried whether it is called again when a connection is lost
   */
  record RpcMethod(
      String name,
      Permission needs,
      List<JavaType> parameters,
      JavaType result,
      boolean channel,
      boolean retried,
      Method method) {
    String fullName() {
      return NAMESPACE + name;
    }
  }

  /**
   * Reads an interface.
   *
   * @throws IllegalArgumentException if a method lacks its annotation or gives no stage
   */
  RpcInterface(Class<?> type) {
    for (Method method : type.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers())) {
        RpcMethod known = read(method);
        byName.put(known.fullName(), known);
        byMethod.put(method, known);
      }
    }
  }

  private static RpcMethod read(Method method) {
    Optional<Needs> needs = Optional.ofNullable(method.getAnnotation(Needs.class));
    JavaType stage = type(method.getGenericReturnType());
    if (needs.isEmpty() || !stage.isTypeOrSubTypeOf(CompletionStage.class)) {
      throw new IllegalArgumentException("no method of an RPC interface: " + method);
    }
    String name = method.getName();
    JavaType result = stage.containedType(0);
    boolean channel = result.isTypeOrSubTypeOf(Source.class);
    return new RpcMethod(
        name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
        needs.get().value(),
        Arrays.stream(method.getGenericParameterTypes()).map(RpcInterface::type).toList(),
        channel ? result.containedType(0) : result,
        channel,
        method.isAnnotationPresent(Retried.class),
        method);
  }

  private static JavaType type(java.lang.reflect.Type type) {
    return RpcJson.MAPPER.getTypeFactory().constructType(type);
  }

  /** What its methods need. */
  Set<Permission> needs() {
    return byName.values().stream().map(RpcMethod::needs).collect(Collectors.toUnmodifiableSet());
  }

  /** By the name on the wire, namespace included. */
  Optional<RpcMethod> find(String fullName) {
    return Optional.ofNullable(byName.get(fullName));
  }

  /** By the method of the Java interface. */
  Optional<RpcMethod> find(Method method) {
    return Optional.ofNullable(byMethod.get(method));
  }
}
