package io.selkie.api;

import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.javadsl.Source;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.scheduler.TaskKind;
import io.selkie.view.SectorFilter;
import io.selkie.view.SectorHistory;
import io.selkie.view.SectorSummary;
import io.selkie.view.SectorView;
import io.selkie.view.ViewException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcConnectionPool;

/** A read model in memory. */
final class ScriptedReadModel implements ReadModel {
  private static final Instant AT = Instant.parse("2026-11-21T12:00:00Z");

  /** What every query throws, and every stream fails with. */
  volatile Optional<RuntimeException> failure = Optional.empty();

  /** What lists wait for. */
  volatile CountDownLatch stuckUntil = new CountDownLatch(0);

  private final List<SectorSummary> sectors = new ArrayList<>();
  private final List<SectorHistory> history = new ArrayList<>();
  private CompletableFuture<Void> change = new CompletableFuture<>();

  synchronized void add(String sector, String state) {
    sectors.add(
        new SectorSummary(
            SectorId.parse(sector),
            AT,
            AT,
            Optional.of(SealProofType.STACKED_DRG_2KIB_V1_1),
            state,
            Optional.of("PreCommit1"),
            Optional.of(10),
            1,
            2,
            Optional.of("PreCommit1"),
            1,
            2,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("here"),
            1,
            Optional.empty(),
            2048,
            Optional.of("PreCommit1"),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty()));
  }

  /** Something happens; its id is the next one. */
  void happens(String sector, String event) {
    CompletableFuture<Void> told;
    synchronized (this) {
      history.add(
          new SectorHistory(
              history.size() + 1L,
              SectorId.parse(sector),
              "Sector",
              1,
              AT,
              event,
              Optional.of("PreCommit1"),
              Optional.of(1),
              Optional.of(2),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              "{\"text\":\"two\\nlines\"}"));
      told = change;
      change = new CompletableFuture<>();
    }
    told.complete(null);
  }

  /** The database is away. */
  static Optional<RuntimeException> away() {
    SectorView view =
        new SectorView(
            JdbcConnectionPool.create("jdbc:h2:mem:none;IFEXISTS=TRUE", "nobody", "nothing"));
    try {
      view.lastHistoryId();
      return Optional.empty();
    } catch (ViewException e) {
      return Optional.of(e);
    }
  }

  private void failIfToldTo() {
    failure.ifPresent(
        e -> {
          throw e;
        });
  }

  @Override
  public List<SectorSummary> sectors(SectorFilter filter) {
    try {
      stuckUntil.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a test ended before its latch", e);
    }
    return now(filter);
  }

  private synchronized List<SectorSummary> now(SectorFilter filter) {
    failIfToldTo();
    return sectors.stream()
        .filter(sector -> filter.state().map(sector.state()::equals).orElse(true))
        .filter(
            sector ->
                filter.after().map(last -> sector.sector().number() > last.number()).orElse(true))
        .limit(filter.limit())
        .toList();
  }

  @Override
  public synchronized Optional<SectorSummary> sector(SectorId sector) {
    failIfToldTo();
    return sectors.stream().filter(summary -> summary.sector().equals(sector)).findFirst();
  }

  @Override
  public synchronized List<SectorHistory> history(SectorId sector, long after, int limit) {
    failIfToldTo();
    return history.stream()
        .filter(entry -> entry.id() > after && entry.sector().equals(sector))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized List<Duration> durations(TaskKind kind, SectorSize size) {
    failIfToldTo();
    return List.of(Duration.ofHours(3), Duration.ofHours(4), Duration.ofHours(5));
  }

  @Override
  public synchronized long latest() {
    failIfToldTo();
    return history.size();
  }

  @Override
  public Source<SectorHistory, NotUsed> after(long id) {
    return Source.unfoldAsync(
        (int) id, last -> next(last).thenApply(entry -> Optional.of(Pair.create(last + 1, entry))));
  }

  private synchronized CompletionStage<SectorHistory> next(int last) {
    failIfToldTo();
    return history.size() > last
        ? CompletableFuture.completedStage(history.get(last))
        : change.thenCompose(changed -> next(last));
  }
}
