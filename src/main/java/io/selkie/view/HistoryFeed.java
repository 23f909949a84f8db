package io.selkie.view;

import akka.NotUsed;
import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.japi.Pair;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.BroadcastHub;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Source;
import akka.stream.javadsl.SourceQueueWithComplete;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The history as it grows, for those who watch. A projection tells it of each commit; every watcher
 * then reads on in the database at its own pace, so a slow one holds up nobody and misses nothing.
 */
public final class HistoryFeed implements LongConsumer {
  private static final int PAGE = 200;

  /** A commit on another node is not told here; nor is one that a failed projection made. */
  private static final Duration LOOK_ANYWAY = Duration.ofSeconds(2);

  private final SectorView view;
  private final Executor blocking;
  private final SourceQueueWithComplete<Long> commits;
  private final Source<Long, NotUsed> signals;

  /** Serves watchers as long as the system runs. */
  public HistoryFeed(SectorView view, ActorSystem<?> system) {
    this.view = view;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    Pair<SourceQueueWithComplete<Long>, Source<Long, NotUsed>> running =
        Source.<Long>queue(1, OverflowStrategy.dropHead())
            .toMat(BroadcastHub.of(Long.class, 2), Keep.both())
            .run(system);
    this.commits = running.first();
    this.signals = running.second();
  }

  /** Up to this offset everything is committed. */
  @Override
  public void accept(long offset) {
    commits.offer(offset);
  }

  /**
   * Every event after the one with this id, those that are there and those to come; it does not end
   * by itself. Fails with {@link ViewException} if the database does.
   */
  public Source<SectorHistory, NotUsed> after(long id) {
    return Source.lazySource(() -> from(new AtomicLong(id)))
        .mapMaterializedValue(ignored -> NotUsed.getInstance());
  }

  private Source<SectorHistory, Cancellable> from(AtomicLong known) {
    return Source.tick(Duration.ZERO, LOOK_ANYWAY, 0L)
        .merge(signals)
        .conflate(Math::max)
        .flatMapConcat(signal -> Source.unfoldAsync(true, more -> page(known, more)))
        .mapConcat(rows -> rows);
  }

  private CompletionStage<Optional<Pair<Boolean, List<SectorHistory>>>> page(
      AtomicLong known, boolean more) {
    if (!more) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return CompletableFuture.supplyAsync(
        () -> {
          List<SectorHistory> rows = view.historyAfter(known.get(), PAGE);
          if (rows.isEmpty()) {
            return Optional.empty();
          }
          known.set(rows.get(rows.size() - 1).id());
          return Optional.of(Pair.create(rows.size() == PAGE, rows));
        },
        blocking);
  }
}
