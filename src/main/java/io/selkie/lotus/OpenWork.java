package io.selkie.lotus;

import io.selkie.lotus.calls.CallOutcome;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * What this host does for calls by itself, and not as tasks of sectors: some of it at once, and for
 * each call once, however often that asks.
 */
final class OpenWork {
  private final int most;
  private final Executor blocking;
  private final Map<UUID, CompletableFuture<CallOutcome>> open = new HashMap<>();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;

  /**
   * No work.
   *
   * @param most at once
   */
  OpenWork(int most, Executor blocking) {
    this.most = most;
    this.blocking = blocking;
  }

  /**
   * Does a call's work; asked for again while it is open, it is the same.
   *
   * @return fails with what the work throws: whoever asks again begins it anew
   */
  synchronized CompletionStage<CallOutcome> of(UUID call, Callable<CallOutcome> work) {
    CompletableFuture<CallOutcome> end = open.get(call);
    if (end == null) {
      CompletableFuture<CallOutcome> fresh = new CompletableFuture<>();
      open.put(call, fresh);
      waiting.add(() -> run(call, work, fresh));
      begin();
      return fresh;
    }
    return end;
  }

  private synchronized void begin() {
    while (running < most && !waiting.isEmpty()) {
      running++;
      blocking.execute(waiting.remove());
    }
  }

  private synchronized void over(UUID call) {
    open.remove(call);
    running--;
    begin();
  }

  private void run(UUID call, Callable<CallOutcome> work, CompletableFuture<CallOutcome> end) {
    try {
      CallOutcome outcome = work.call();
      over(call);
      end.complete(outcome);
    } catch (Exception e) {
      over(call);
      end.completeExceptionally(e);
    }
  }
}
