package io.selkie.lotus.remote;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.TimeoutAccess;
import akka.util.ByteString;
import io.selkie.rpc.RpcJson;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.duration.FiniteDuration;

/**
 * {@code POST /remote/vanilla/...}: the only answers that say what went wrong, since the miner
 * writes it into the log of the sector.
 */
final class VanillaRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(VanillaRoutes.class);
  private static final int MOST_BODY = 1 << 20;
  private static final Duration LONGEST_BODY = Duration.ofSeconds(20);

  /** More than a vanilla proof of a large sector takes on a slow disk. */
  private static final FiniteDuration LONGEST_PROOF = FiniteDuration.create(30, TimeUnit.MINUTES);

  private final ActorSystem<?> system;
  private final VanillaProofs proofs;
  private final Executor blocking;
  private final String dispatcher;

  VanillaRoutes(ActorSystem<?> system, VanillaProofs proofs, Executor blocking, String dispatcher) {
    this.system = system;
    this.proofs = proofs;
    this.blocking = blocking;
    this.dispatcher = dispatcher;
  }

  CompletionStage<HttpResponse> single(HttpRequest request) {
    return asked(request, VanillaProofs.Single.class)
        .thenCompose(proofs::single)
        .thenApply(
            proof ->
                ranged()
                    .withEntity(
                        HttpEntities.create(
                            ContentTypes.APPLICATION_OCTET_STREAM, proof.toByteArray())))
        .exceptionally(VanillaRoutes::explained);
  }

  CompletionStage<HttpResponse> porep(HttpRequest request) {
    return asked(request, VanillaProofs.Porep.class)
        .thenCompose(proofs::porep)
        .thenCompose(output -> Stages.blocking(blocking, () -> send(output)))
        .exceptionally(VanillaRoutes::explained);
  }

  /** Go says so of all content that it serves. */
  private static HttpResponse ranged() {
    return HttpResponse.create().addHeader(RawHeader.create("Accept-Ranges", "bytes"));
  }

  /** The file has no name any more: it is gone with the answer, whatever becomes of that. */
  private HttpResponse send(Path output) throws IOException {
    FileChannel channel =
        FileChannel.open(output, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
    return ranged()
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_OCTET_STREAM,
                channel.size(),
                FileContent.part(() -> channel, 0, channel.size(), dispatcher)));
  }

  private <T> CompletionStage<T> asked(HttpRequest request, Class<T> form) {
    request
        .getHeader(TimeoutAccess.class)
        .ifPresent(access -> access.timeoutAccess().updateTimeout(LONGEST_PROOF));
    return request
        .entity()
        .withSizeLimit(MOST_BODY)
        .toStrict(LONGEST_BODY.toMillis(), system)
        .thenApply(body -> parse(body.getData(), form));
  }

  private static <T> T parse(ByteString body, Class<T> form) {
    try {
      @Nullable T value = RpcJson.MAPPER.readValue(body.toArrayUnsafe(), form);
      if (value != null) {
        return value;
      }
    } catch (IOException e) {
      LOG.debug("a request cannot be read", e);
    }
    throw new CompletionException(new IOException("the body is not what this takes"));
  }

  private static HttpResponse explained(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    LOG.debug("no vanilla proof", cause);
    return Answers.error(StatusCodes.INTERNAL_SERVER_ERROR, Words.of(cause));
  }
}
