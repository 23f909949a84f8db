package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.HttpEntity;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What both sides do with what comes over the wire. */
final class Wire {
  private Wire() {}

  /** All of a body; fails if it has more bytes than any message may have. */
  static CompletionStage<ByteString> bytes(HttpEntity body, ClassicActorSystemProvider system) {
    return body.withSizeLimit(RpcJson.MOST_BYTES)
        .getDataBytes()
        .runFold(ByteString.emptyByteString(), ByteString::concat, system);
  }

  /**
   * All of a body that somebody sends us.
   *
   * @param most bytes; fails if there are more
   * @param stall how long it may pause, and {@code whole} how long all of it may take; fails with
   *     {@link java.util.concurrent.TimeoutException} if it takes longer
   */
  static CompletionStage<ByteString> bytes(
      HttpEntity body,
      long most,
      Duration stall,
      Duration whole,
      ClassicActorSystemProvider system) {
    return body.withSizeLimit(most)
        .getDataBytes()
        .idleTimeout(stall)
        .completionTimeout(whole)
        .runFold(ByteString.emptyByteString(), ByteString::concat, system);
  }

  /**
   * What an answer says.
   *
   * @param from where it comes from
   * @return of a channel, its number as it stands there
   * @throws RpcException if it is an error
   * @throws IOException if it is no answer to this call
   */
  static @Nullable Object result(
      RpcInterface.RpcMethod method, long id, JsonNode answer, Object from)
      throws IOException, RpcException {
    JsonNode error = answer.path("error");
    if (error.isObject()) {
      throw new RpcException(error.path("code").asInt(), error.path("message").asText());
    }
    if (!answer.has("result") || answer.path("id").asLong() != id) {
      throw new IOException("what " + from + " answers is no answer to call " + id);
    }
    if (method.channel()) {
      return answer.get("result");
    }
    try {
      Optional<Object> result = RpcJson.read(answer.get("result"), method.result());
      if (result.isEmpty() && !method.result().hasRawClass(Void.class)) {
        throw new IOException(from + " answers call " + id + " with nothing");
      }
      return result.orElse(null);
    } catch (IllegalArgumentException e) {
      throw new IOException("what " + from + " answers to call " + id + " does not fit", e);
    }
  }
}
