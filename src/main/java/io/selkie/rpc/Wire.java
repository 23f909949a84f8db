package io.selkie.rpc;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.HttpEntity;
import akka.util.ByteString;
import java.util.concurrent.CompletionException;
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

  /** What a stage failed of. */
  static Throwable cause(Throwable trouble) {
    @Nullable Throwable cause = trouble.getCause();
    return trouble instanceof CompletionException && cause != null ? cause(cause) : trouble;
  }
}
