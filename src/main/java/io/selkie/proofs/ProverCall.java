package io.selkie.proofs;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Somebody who waits for a job of the node, and can be called off meanwhile. */
final class ProverCall {
  private final String job;
  private final CountDownLatch calledOff = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);
  private @Nullable Process child;

  ProverCall(String job) {
    this.job = job;
  }

  /** An effect on the job's directory. */
  @FunctionalInterface
  interface Effect<R> {
    R run() throws IOException, ProofsException;
  }

  /** Does something that must not happen, or go on, once the job is called off. */
  synchronized <R> R unlessCalledOff(Effect<R> effect) throws IOException, ProofsException {
    check();
    return effect.run();
  }

  /** Starts a prover, which ends when the job is called off. */
  synchronized Process start(ProverJob toStart) throws IOException, ProofsException {
    check();
    Process started = toStart.start();
    child = started;
    return started;
  }

  /** Waits. */
  void pause(Duration time) throws InterruptedException, ProofsException {
    if (calledOff.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      check();
    }
  }

  /** Throws if the job was called off. */
  void check() throws ProofsException {
    if (calledOff.getCount() == 0) {
      throw new ProofsException(
          ProofsFailure.of(ProofsFailure.Kind.DIED, "the job " + job + " was called off"));
    }
  }

  /** From the return of this on, the call begins nothing more and touches no file. */
  synchronized void callOff() {
    calledOff.countDown();
    if (child != null) {
      child.destroyForcibly();
    }
  }

  void leave() {
    left.countDown();
  }

  /** True once the call is over. */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    return left.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
