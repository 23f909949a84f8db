package io.selkie.lotus.remote;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Does what waits for disks elsewhere.
 *
 * @param executor with threads for it
 */
record Blocking(Executor executor) {
  /** Work that may fail. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  <T> CompletionStage<T> run(Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.run();
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        executor);
  }
}
