package io.selkie.lotus.streams;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.model.HttpRequest;
import akka.stream.ActorAttributes;
import akka.stream.IOResult;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.FileIO;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the bytes of a stream to disk. */
final class Storing {
  private static final Logger LOG = LoggerFactory.getLogger(Storing.class);
  private static final String BLOCKING = "selkie.blocking-io-dispatcher";
  private static final Set<OpenOption> FRESH =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);

  private final ActorSystem<?> system;
  private final Executor blocking;
  private final Duration stall;

  Storing(ActorSystem<?> system, Duration stall) {
    this.system = system;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING));
    this.stall = stall;
  }

  /**
   * What is to be stored.
   *
   * @param bytes at most
   * @param whole whether fewer are a failure
   */
  record Order(Path file, long bytes, boolean whole) {
    Order {
      if (bytes <= 0) {
        throw new IllegalArgumentException("a piece has at least one byte, not " + bytes);
      }
    }

    private Path part() {
      return file.resolveSibling(file.getFileName() + ".part");
    }
  }

  /** As {@link PieceStream.Incoming#storeUpTo} says. */
  CompletionStage<Long> store(Source<ByteString, ?> source, SharedKillSwitch end, Order order) {
    AtomicLong came = new AtomicLong();
    CompletionStage<IOResult> written =
        source
            .idleTimeout(stall)
            .via(end.flow())
            .via(new AtMost(order.bytes(), came))
            .mapError(Throwable.class, trouble -> cut(trouble, order, came.get()))
            .runWith(
                FileIO.toPath(order.part(), FRESH)
                    .withAttributes(ActorAttributes.dispatcher(BLOCKING)),
                system);
    return written
        .thenApplyAsync(result -> keep(order, result.getCount()), blocking)
        .handleAsync(
            (count, trouble) ->
                trouble == null
                    ? CompletableFuture.completedFuture(count)
                    : CompletableFuture.<Long>failedFuture(removed(order, trouble)),
            blocking)
        .thenCompose(outcome -> outcome);
  }

  /**
   * Reads what nobody wants, so that its sender sees the answer. If it does not come to an end, the
   * connection is cut.
   */
  void discard(HttpRequest request) {
    request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .idleTimeout(stall)
        .limitWeighted(AtMost.MOST_EXTRA, chunk -> (long) chunk.size())
        .runWith(Sink.ignore(), system);
  }

  private StreamException cut(Throwable trouble, Order order, long came) {
    String where = " after " + came + " of " + order.bytes() + " bytes";
    if (trouble instanceof StreamException known) {
      return known;
    }
    return trouble instanceof TimeoutException
        ? new StreamException(
            "the stream of the piece stalled for " + stall.toSeconds() + " s" + where)
        : new StreamException("the stream of the piece was cut" + where);
  }

  private static long keep(Order order, long count) {
    try {
      if (count < order.bytes() && order.whole()) {
        throw new StreamException(
            "the stream of the piece ended after " + count + " of " + order.bytes() + " bytes");
      }
      Durable.syncFile(order.part());
      Files.move(order.part(), order.file(), StandardCopyOption.ATOMIC_MOVE);
      Durable.syncDirectory(order.file().toAbsolutePath().resolveSibling(""));
      return count;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static IOException removed(Order order, Throwable trouble) {
    try {
      Files.deleteIfExists(order.part());
    } catch (IOException e) {
      LOG.warn("a part of a piece is left in {}: {}", order.part(), e.getMessage());
    }
    return known(trouble);
  }

  /** What a stream failed of is wrapped by what wrote it. */
  static IOException known(Throwable trouble) {
    @Nullable IOException last = null;
    for (@Nullable Throwable at = trouble; at != null; at = at.getCause()) {
      if (at instanceof StreamException e) {
        return e;
      }
      if (at instanceof IOException e) {
        last = e;
      }
    }
    return last != null ? last : new IOException("a piece cannot be stored: " + trouble, trouble);
  }
}
