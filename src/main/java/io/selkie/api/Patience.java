package io.selkie.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** How long an operation of the node is waited for. */
record Patience(Duration time) {
  /** The same answer, or a {@link java.util.concurrent.TimeoutException} when it is late. */
  <T> CompletableFuture<T> with(CompletionStage<T> operation) {
    // A copy: the operation itself goes on.
    return operation
        .thenApply(answer -> answer)
        .toCompletableFuture()
        .orTimeout(time.toMillis(), TimeUnit.MILLISECONDS);
  }
}
