package io.selkie.params;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, asked for piece by piece, with a limit on the wait for each: the timeouts
 * of {@link java.net.http.HttpClient} end with the headers. Holds one piece in memory.
 */
final class PulledBody implements BodySubscriber<PulledBody>, AutoCloseable {
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  private sealed interface Signal {}

  private record Piece(List<ByteBuffer> buffers) implements Signal {}

  private record Failed(Throwable cause) implements Signal {}

  private record Ended() implements Signal {}

  /**
   * The next piece, or empty at the end.
   *
   * @throws HttpTimeoutException if nothing comes for so long
   * @throws IOException if the connection breaks
   */
  Optional<List<ByteBuffer>> next(Duration patience) throws IOException, InterruptedException {
    Signal signal = signals.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (signal == null) {
      throw new HttpTimeoutException("no data for " + patience.toMillis() + " ms");
    }
    if (signal instanceof Piece piece) {
      request();
      return Optional.of(piece.buffers());
    }
    if (signal instanceof Failed failed) {
      throw new IOException(String.valueOf(failed.cause().getMessage()), failed.cause());
    }
    return Optional.empty();
  }

  /** Drops the rest, with the connection. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  private synchronized void request() {
    if (subscription != null && !closed) {
      subscription.request(1);
    }
  }

  @Override
  public CompletionStage<PulledBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription given) {
    if (closed || subscription != null) {
      given.cancel();
    } else {
      subscription = given;
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    signals.add(new Piece(buffers));
  }

  @Override
  public void onError(Throwable failure) {
    signals.add(new Failed(failure));
  }

  @Override
  public void onComplete() {
    signals.add(new Ended());
  }
}
