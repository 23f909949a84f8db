package io.selkie.stages;

import java.util.concurrent.CompletionException;
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
}
