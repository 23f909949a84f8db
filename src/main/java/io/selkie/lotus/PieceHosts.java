package io.selkie.lotus;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.sector.SectorTasks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Which host is to have the bytes of a piece: the one that has the sector's earlier pieces, or on
 * which the scheduler would begin the sector.
 *
 * @param own this host, which takes them if nobody says in time who else does
 * @param alone whether the miner asked this host, and not the farm
 */
record PieceHosts(
    HostId own,
    boolean alone,
    SectorTasks tasks,
    ActorRef<SchedulerCommand> scheduler,
    ActorSystem<?> system) {
  /** The miner waits for the answer to its call, and for no other at once. */
  private static final Duration ANSWER = Duration.ofSeconds(2);

  /**
   * The choice.
   *
   * @param bound whether the sector has files there, so that no other will do
   */
  record Choice(HostId host, boolean bound) {}

  CompletionStage<Choice> of(SectorRef sector) {
    return tasks
        .state(sector.id())
        .thenApply(state -> state.filesOn())
        .toCompletableFuture()
        .completeOnTimeout(Optional.empty(), ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(
            filesOn ->
                filesOn.isPresent()
                    ? CompletableFuture.completedStage(new Choice(filesOn.get(), true))
                    : alone
                        ? CompletableFuture.completedStage(new Choice(own, false))
                        : beginning(sector))
        .exceptionally(trouble -> new Choice(own, false));
  }

  private CompletionStage<Choice> beginning(SectorRef sector) {
    return AskPattern.<SchedulerCommand, SchedulerCommand.Beginning>ask(
            scheduler,
            replyTo -> new SchedulerCommand.WhereToBegin(sector.id(), sector.proofType(), replyTo),
            ANSWER,
            system.scheduler())
        .thenApply(begins -> new Choice(begins.host().orElse(own), false));
  }
}
