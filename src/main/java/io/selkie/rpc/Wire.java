package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.HttpEntity;
import akka.util.ByteString;
import java.util.concurrent.CompletionStage;

/** What both sides do with what comes over the wire. */
final class Wire {
  private Wire() {}

  /** All of a body; fails if it has more bytes than any message may have. */
  static CompletionStage<ByteString> bytes(HttpEntity body, ClassicActorSystemProvider system) {
    return body.withSizeLimit(RpcJson.MOST_BYTES)
        .getDataBytes()
        .runFold(ByteString.emptyByteString(), ByteString::concat, system);
  }
}
