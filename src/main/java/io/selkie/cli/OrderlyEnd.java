package io.selkie.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Lets a command clean up after Ctrl-C or SIGTERM: its thread is interrupted, so it ends its node
 * or prover and leaves through its {@code finally} blocks, and the process waits for that.
 */
final class OrderlyEnd {
  private static final long PATIENCE_SECONDS = 90;

  private OrderlyEnd() {}

  /**
   * Runs the command in this thread and returns its status; never, if a signal ends the process
   * meanwhile: its status is that of the signal, and one that this thread left with could get
   * before it.
   */
  static int of(IntSupplier command) {
    Thread worker = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    AtomicBoolean signalled = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> end(worker, done, signalled), "orderly-end"));
    int status;
    try {
      status = command.getAsInt();
    } finally {
      done.countDown();
    }
    while (signalled.get()) {
      LockSupport.park();
    }
    return status;
  }

  private static void end(Thread worker, CountDownLatch done, AtomicBoolean signalled) {
    if (done.getCount() == 0) {
      return;
    }
    signalled.set(true);
    worker.interrupt();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("selkie: the command did not end in time, leaving it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
