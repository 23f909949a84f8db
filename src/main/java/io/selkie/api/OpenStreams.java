package io.selkie.api;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.pattern.Patterns;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** The answers that go on until their client leaves, and how they end with the node. */
final class OpenStreams {
  /** The last bytes of a stream that ended need it; then connections may be closed. */
  private static final Duration ON_THE_WAY = Duration.ofMillis(200);

  private final ActorSystem<?> system;
  private final SharedKillSwitch end = KillSwitches.shared("api-streams");
  private final AtomicInteger open = new AtomicInteger();

  OpenStreams(ActorSystem<?> system) {
    this.system = system;
  }

  /** One more, unless there are so many already. */
  boolean begin(int most) {
    boolean room = open.incrementAndGet() <= most;
    if (!room) {
      open.decrementAndGet();
    }
    return room;
  }

  /** One less. */
  void end() {
    open.decrementAndGet();
  }

  /** What each of them goes through. */
  Flow<ByteString, ByteString, NotUsed> flow() {
    return Flow.of(ByteString.class).via(end.flow());
  }

  /** Ends all; completes when their clients have had the time to see it. */
  CompletionStage<Done> shutdown() {
    boolean some = open.get() > 0;
    end.shutdown();
    return some
        ? Patterns.after(
            ON_THE_WAY, system.classicSystem(), () -> CompletableFuture.completedStage(Done.done()))
        : CompletableFuture.completedStage(Done.done());
  }
}
