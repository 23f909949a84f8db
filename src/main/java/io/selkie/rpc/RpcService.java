package io.selkie.rpc;

import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.selkie.auth.Permission;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests by calling the methods of an object; whatever comes, there is an answer. */
public final class RpcService {
  private static final Logger LOG = LoggerFactory.getLogger(RpcService.class);

  private final RpcInterface contract;
  private final Object implementation;

  private RpcService(RpcInterface contract, Object implementation) {
    this.contract = contract;
    this.implementation = implementation;
  }

  /**
   * A service.
   *
   * @param contract whose methods can be called
   * @throws IllegalArgumentException if it is none of an RPC interface
   */
  public static <T> RpcService of(Class<T> contract, T implementation) {
    return new RpcService(new RpcInterface(contract), implementation);
  }

  /** Whether there is anything that a caller with these permissions may call. */
  boolean offers(Set<Permission> permissions) {
    return contract.needs().stream().anyMatch(permissions::contains);
  }

  /**
   * Answers a request, which may be anything.
   *
   * @param permissions of its caller
   * @return empty if no answer was asked for; never failed
   */
  CompletionStage<Optional<RpcAnswer>> answer(JsonNode request, Set<Permission> permissions) {
    return begin(request, permissions, Optional.empty()).answer();
  }

  /** Makes a stream of values a channel, and gives its number. */
  @FunctionalInterface
  interface Channels {
    JsonNode open(Source<JsonNode, ?> values);
  }

  /**
   * A call under way.
   *
   * @param answer empty if none was asked for; never failed
   * @param stage that the method gave
   */
  record Running(CompletionStage<Optional<RpcAnswer>> answer, CompletionStage<?> stage) {
    /** Tells the method that nobody waits for it; what it makes of that is its affair. */
    void cancel() {
      stage.toCompletableFuture().cancel(true);
    }
  }

  /**
   * Begins to answer a request, which may be anything.
   *
   * @param channels empty: there are none, and methods that need one are refused
   */
  Running begin(JsonNode request, Set<Permission> permissions, Optional<Channels> channels) {
    if (!request.isObject()) {
      return now(RpcAnswer.failed(NullNode.instance, parse("Parse error")));
    }
    JsonNode id = request.path("id");
    if (id.isContainerNode() || id.isBoolean()) {
      return now(RpcAnswer.failed(NullNode.instance, parse("Failed to parse ID")));
    }
    boolean asked = !id.isMissingNode() && !id.isNull();
    CompletionStage<?> stage;
    try {
      stage = call(request, permissions, channels.isPresent());
    } catch (RpcException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    CompletionStage<Optional<RpcAnswer>> answer =
        stage
            .thenApply(value -> json(value, channels))
            .handle(
                (value, trouble) ->
                    asked
                        ? Optional.of(
                            trouble == null
                                ? RpcAnswer.of(id, value)
                                : RpcAnswer.failed(id, error(name(request), trouble)))
                        : Optional.empty());
    return new Running(answer, stage);
  }

  private static JsonNode json(@Nullable Object value, Optional<Channels> channels) {
    return value instanceof Source<?, ?> values && channels.isPresent()
        ? channels.get().open(values.map(RpcJson.MAPPER::<JsonNode>valueToTree))
        : RpcJson.MAPPER.valueToTree(value);
  }

  private static Running now(RpcAnswer answer) {
    CompletableFuture<Optional<RpcAnswer>> known =
        CompletableFuture.completedFuture(Optional.of(answer));
    return new Running(known, known);
  }

  private static RpcException parse(String message) {
    return new RpcException(RpcException.PARSE, message);
  }

  private static String name(JsonNode request) {
    return request.path("method").asText();
  }

  private CompletionStage<?> call(JsonNode request, Set<Permission> permissions, boolean channels)
      throws RpcException {
    RpcInterface.RpcMethod method =
        contract
            .find(name(request))
            .orElseThrow(
                () ->
                    new RpcException(
                        RpcException.NO_METHOD, "method '" + name(request) + "' not found"));
    if (method.channel() && !channels) {
      throw new RpcException(
          RpcException.NO_METHOD,
          "method '" + method.fullName() + "' not supported in this mode (no out channel support)");
    }
    List<Object> arguments = arguments(method, request.path("params"));
    if (!permissions.contains(method.needs())) {
      throw new RpcException(
          "missing permission to invoke '" + method.name() + "' (need '" + method.needs() + "')");
    }
    try {
      Optional<Object> stage =
          Optional.ofNullable(method.method().invoke(implementation, arguments.toArray()));
      return (CompletionStage<?>)
          stage.orElseThrow(() -> new IllegalStateException(method.name() + " gives no stage"));
    } catch (InvocationTargetException e) {
      return CompletableFuture.failedFuture(e.getCause() == null ? e : e.getCause());
    } catch (IllegalAccessException | IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static List<Object> arguments(RpcInterface.RpcMethod method, JsonNode given)
      throws RpcException {
    if (!given.isMissingNode() && !given.isNull() && !given.isArray()) {
      throw parse("unmarshaling param array: parameters are positional, so params is an array");
    }
    int wanted = method.parameters().size();
    if (given.size() != wanted) {
      throw new RpcException(
          RpcException.WRONG_PARAMETERS,
          "wrong param count (method '"
              + method.fullName()
              + "'): "
              + given.size()
              + " != "
              + wanted);
    }
    List<Object> arguments = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      try {
        arguments.add(
            RpcJson.read(given.get(i), method.parameters().get(i))
                .orElseThrow(() -> new IllegalArgumentException("it may not be null")));
      } catch (JsonMappingException e) {
        throw unreadable(method, i, at(e));
      } catch (IOException | IllegalArgumentException e) {
        throw unreadable(method, i, "");
      }
    }
    return arguments;
  }

  /** Without the words of the library, which name classes of ours. */
  private static RpcException unreadable(RpcInterface.RpcMethod method, int index, String at) {
    return parse(
        "unmarshaling params for '"
            + method.fullName()
            + "' (param "
            + (index + 1)
            + "): what stands there"
            + at
            + " does not fit");
  }

  private static String at(JsonMappingException trouble) {
    String path =
        trouble.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "" : " at " + path;
  }

  private static RpcException error(String method, Throwable trouble) {
    if (Stages.cause(trouble) instanceof RpcException known) {
      return known;
    }
    if (Stages.cause(trouble) instanceof CancellationException) {
      return new RpcException("context canceled");
    }
    LOG.error("{} could not be answered", method, trouble);
    return new RpcException(RpcException.BUG, "panic in rpc method '" + method + "'");
  }
}
