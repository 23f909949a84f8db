package io.selkie.http;

import akka.Done;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What is known of a client's connection. */
public final class Connection {
  private final CompletableFuture<Done> gone = new CompletableFuture<>();
  private int busy;
  private long idleSince = System.nanoTime();

  /** Completes when the client has gone. */
  public CompletionStage<Done> gone() {
    return gone;
  }

  void hasGone() {
    gone.complete(Done.done());
  }

  /** A request came, or its answer streams; each has its {@link #end}. */
  public synchronized void begin() {
    busy++;
  }

  /** What began has ended. */
  public synchronized void end() {
    busy--;
    idleSince = System.nanoTime();
  }

  /** Whether nothing has been going on for so long. */
  synchronized boolean idleFor(Duration time) {
    return busy == 0 && System.nanoTime() - idleSince >= time.toNanos();
  }
}
