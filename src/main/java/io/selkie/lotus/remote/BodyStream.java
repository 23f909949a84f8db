package io.selkie.lotus.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a stream that does not wait for ever: neither for a source that sends
 * nothing, nor when nobody wants it any more. Its memory is bounded: what is not read is not asked
 * for.
 */
final class BodyStream extends InputStream implements BodySubscriber<BodyStream> {
  private static final int AHEAD = 8;
  private static final long SLICE_MILLIS = 200;

  private final Duration stall;
  private final BooleanSupplier cancelled;
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;
  private boolean ended;

  private record Signal(List<ByteBuffer> buffers, boolean end, Optional<Throwable> failure) {}

  BodyStream(Duration stall, BooleanSupplier cancelled) {
    this.stall = stall;
    this.cancelled = cancelled;
  }

  @Override
  public CompletionStage<BodyStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription fresh) {
    subscription = fresh;
    if (closed) {
      fresh.cancel();
    } else {
      fresh.request(AHEAD);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    signals.add(new Signal(item, false, Optional.empty()));
  }

  @Override
  public void onError(Throwable trouble) {
    signals.add(new Signal(List.of(), true, Optional.of(trouble)));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal(List.of(), true, Optional.empty()));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /**
   * {@inheritDoc}
   *
   * @throws InterruptedIOException if nobody wants it any more
   * @throws IOException also if the body ends too early, or the source sends nothing for long
   */
  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (buffers.isEmpty()) {
      if (ended) {
        return -1;
      }
      take();
    }
    ByteBuffer buffer = buffers.element();
    int read = Math.min(length, buffer.remaining());
    buffer.get(into, offset, read);
    if (!buffer.hasRemaining()) {
      buffers.remove();
    }
    return read;
  }

  private void take() throws IOException {
    Signal signal = await();
    ended = signal.end();
    if (signal.failure().isPresent()) {
      Throwable trouble = signal.failure().get();
      throw new IOException("the answer broke off: " + Words.of(trouble), trouble);
    }
    signal.buffers().stream().filter(ByteBuffer::hasRemaining).forEach(buffers::add);
    Flow.Subscription known = subscription;
    if (known != null && !ended) {
      known.request(1);
    }
  }

  private Signal await() throws IOException {
    long end = System.nanoTime() + stall.toNanos();
    while (true) {
      requireWanted(cancelled);
      try {
        @Nullable Signal signal = signals.poll(SLICE_MILLIS, TimeUnit.MILLISECONDS);
        if (signal != null) {
          return signal;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      if (System.nanoTime() - end >= 0) {
        throw new IOException("nothing came for " + stall.toMillis() + " ms");
      }
    }
  }

  static void requireWanted(BooleanSupplier cancelled) throws InterruptedIOException {
    if (cancelled.getAsBoolean()) {
      throw new InterruptedIOException("cancelled");
    }
  }

  @Override
  public void close() {
    closed = true;
    Flow.Subscription known = subscription;
    if (known != null) {
      known.cancel();
    }
  }
}
