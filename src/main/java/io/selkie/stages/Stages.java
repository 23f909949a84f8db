package io.selkie.stages;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Failures of completion stages. */
public final class Stages {
  private Stages() {}

  /** What failed, without what stages wrap it in, once or more. */
  public static Throwable cause(Throwable trouble) {
    Throwable cause = trouble;
    for (@Nullable Throwable inner = cause.getCause();
        cause instanceof CompletionException && inner != null;
        inner = cause.getCause()) {
      cause = inner;
    }
    return cause;
  }

  /**
   * Does what blocks on a thread of the executor; the stage fails with what it throws.
   *
   * @param <T> what it gives
   */
  public static <T> CompletionStage<T> blocking(Executor executor, Callable<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        executor);
  }
}
