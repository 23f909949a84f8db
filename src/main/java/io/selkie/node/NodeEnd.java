package io.selkie.node;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a node: because it is closed, or because its actors ended by themselves. */
final class NodeEnd {
  private static final Logger LOG = LoggerFactory.getLogger(NodeEnd.class);
  private static final Duration SHUTDOWN = Duration.ofSeconds(60);

  /** Actors that were told to end by themselves have this long; seconds are usual. */
  private static final Duration BY_ITSELF = Duration.ofSeconds(20);

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile boolean lost;
  private volatile boolean stuck;
  private volatile Optional<String> refusal = Optional.empty();

  /** Takes notice when the actors end, whoever ended them. */
  void watch(ActorSystem<?> system, Executor blocking) {
    CompletionStage<Void> unused =
        system
            .getWhenTerminated()
            .thenAccept(
                terminated -> {
                  lost = !closing;
                  ended.countDown();
                });
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
            "selkie-await-the-end",
            () -> {
              blocking.execute(() -> awaitEnd(system));
              return CompletableFuture.completedStage(Done.getInstance());
            });
  }

  /**
   * Now and then, when hosts have lost each other, an actor of Akka's waits for ever for another
   * host's answer. The process must end all the same, for the others go on without it.
   */
  private void awaitEnd(ActorSystem<?> system) {
    try {
      system.getWhenTerminated().toCompletableFuture().get(BY_ITSELF.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      if (!closing) {
        LOG.warn(
            "the actors do not end within {} s: the node ends without them", BY_ITSELF.toSeconds());
        stuck = true;
        lost = true;
        ended.countDown();
      }
    } catch (ExecutionException e) {
      LOG.warn("the actors ended by a failure: {}", String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the node is closed
    }
  }

  /**
   * Ends the actors.
   *
   * @throws TimeoutException if they do not end; other failures as they come
   */
  void terminate(ActorSystem<?> system) throws Exception {
    if (stuck) {
      return; // they were told already
    }
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(SHUTDOWN.toSeconds(), TimeUnit.SECONDS);
  }

  /** The node is being closed: from now on the end of its actors is no loss. */
  void begin() {
    closing = true;
  }

  /** The node is closed. */
  void complete() {
    ended.countDown();
  }

  /** Whether the node is closed, or its actors have ended. */
  boolean hasCome() {
    return ended.getCount() == 0;
  }

  /**
   * The node is to be closed by whoever started it.
   *
   * @param why one line for the operator; empty: somebody wanted it
   */
  void want(Optional<String> why) {
    refusal = why;
    ended.countDown();
  }

  /** Why it had to end by itself. */
  Optional<String> refusal() {
    return refusal;
  }

  /** Returns then. */
  void await() throws InterruptedException {
    ended.await();
  }

  /** Whether the actors ended by themselves. */
  boolean isLost() {
    return lost;
  }
}
