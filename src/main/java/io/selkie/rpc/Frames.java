package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.ws.BinaryMessage;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.stream.StreamLimitReachedException;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Messages of a WebSocket: one JSON object each, as text; bytes are understood too. */
final class Frames {
  /** Ends a call that runs, or a channel that it opened. */
  static final String CANCEL = "xrpc.cancel";

  /** A value of a channel. */
  static final String VALUE = "xrpc.ch.val";

  /** The end of a channel. */
  static final String CLOSE = "xrpc.ch.close";

  private Frames() {}

  /**
   * All of a message.
   *
   * @param most bytes; fails if it has more
   */
  static CompletionStage<String> text(
      Message message, int most, ClassicActorSystemProvider system) {
    if (message instanceof TextMessage text) {
      return text.isStrict()
          ? strict(text.getStrictText(), most)
          : text.getStreamedText()
              .limitWeighted(most, part -> (long) part.length())
              .runFold(new StringBuilder(), StringBuilder::append, system)
              .thenApply(StringBuilder::toString);
    }
    BinaryMessage binary = message.asBinaryMessage();
    return binary.isStrict()
        ? strict(binary.getStrictData().utf8String(), most)
        : binary
            .getStreamedData()
            .limitWeighted(most, part -> (long) part.size())
            .runFold(ByteString.emptyByteString(), ByteString::concat, system)
            .thenApply(ByteString::utf8String);
  }

  private static CompletionStage<String> strict(String text, int most) {
    return text.length() <= most
        ? CompletableFuture.completedFuture(text)
        : CompletableFuture.failedFuture(new StreamLimitReachedException(most));
  }

  /** What is never answered. */
  static String notification(String method, JsonNode... params) {
    ObjectNode json = RpcJson.MAPPER.createObjectNode().put("jsonrpc", "2.0").put("method", method);
    ArrayNode array = json.putArray("params");
    for (JsonNode param : params) {
      array.add(param);
    }
    return json.toString();
  }
}
