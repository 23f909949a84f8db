package io.selkie.cli;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

/** Hands the body of an answer on, and tells how many bytes came so far. */
final class CountedBody<T> implements BodySubscriber<T> {
  private final BodySubscriber<T> to;
  private final LongConsumer got;
  private long bytes;

  CountedBody(BodySubscriber<T> to, LongConsumer got) {
    this.to = to;
    this.got = got;
  }

  @Override
  public CompletionStage<T> getBody() {
    return to.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    to.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    bytes += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    to.onNext(buffers);
    got.accept(bytes);
  }

  @Override
  public void onError(Throwable failure) {
    to.onError(failure);
  }

  @Override
  public void onComplete() {
    to.onComplete();
  }
}
