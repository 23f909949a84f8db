package io.selkie.api;

import akka.http.javadsl.model.StatusCodes;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bounds how many calls of a kind run at once. */
final class Slots {
  private final Semaphore free;
  private final String code;
  private final String refusal;

  /**
   * All are free.
   *
   * @param code for whoever comes when none is
   * @param refusal one line that says what to do
   */
  Slots(int most, String code, String refusal) {
    this.free = new Semaphore(most);
    this.code = code;
    this.refusal = refusal;
  }

  /**
   * Takes one.
   *
   * @return gives it back; what it does again does nothing
   * @throws ApiException 503 if none is free
   */
  Runnable take() {
    if (!free.tryAcquire()) {
      throw new ApiException(StatusCodes.SERVICE_UNAVAILABLE, code, refusal);
    }
    AtomicBoolean held = new AtomicBoolean(true);
    return () -> {
      if (held.getAndSet(false)) {
        free.release();
      }
    };
  }
}
