package io.selkie.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.selkie.filecoin.SectorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A read model in memory. */
final class ScriptedReadModel implements ReadModel {
  private static final Instant AT = Instant.parse("2026-11-21T12:00:00Z");

  private final List<SectorSummary> sectors = new ArrayList<>();
  private final List<HistoryEntry> history = new ArrayList<>();
  private CompletableFuture<Void> change = new CompletableFuture<>();

  synchronized void add(SectorSummary summary) {
    sectors.add(summary);
  }

  static SectorSummary summary(String sector, String state) {
    return new SectorSummary(SectorId.parse(sector), state, 10, Optional.empty(), AT);
  }

  /** Something happens; its id is the next one. */
  void happens(String sector, String event) {
    CompletableFuture<Void> told;
    synchronized (this) {
      history.add(
          new HistoryEntry(
              history.size() + 1L,
              SectorId.parse(sector),
              AT,
              event,
              JsonNodeFactory.instance.objectNode()));
      told = change;
      change = new CompletableFuture<>();
    }
    told.complete(null);
  }

  @Override
  public synchronized List<SectorSummary> sectors(
      Optional<String> state, Optional<SectorId> after, int limit) {
    return sectors.stream()
        .filter(sector -> state.map(sector.state()::equals).orElse(true))
        .filter(sector -> after.map(last -> sector.sector().number() > last.number()).orElse(true))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Optional<SectorSummary> sector(SectorId sector) {
    return sectors.stream().filter(summary -> summary.sector().equals(sector)).findFirst();
  }

  @Override
  public synchronized List<HistoryEntry> history(Optional<SectorId> sector, long after, int limit) {
    return history.stream()
        .filter(entry -> entry.id() > after)
        .filter(entry -> sector.map(entry.sector()::equals).orElse(true))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized long latest() {
    return history.size();
  }

  @Override
  public synchronized CompletionStage<?> changedAfter(long id) {
    return history.size() > id ? CompletableFuture.completedStage(null) : change;
  }
}
