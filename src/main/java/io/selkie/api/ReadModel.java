package io.selkie.api;

import io.selkie.filecoin.SectorId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What lists, histories and event streams read. Calls block for the database. */
public interface ReadModel {
  /**
   * Sectors in their order.
   *
   * @param state only those in this state
   * @param after only those that come after this one
   */
  List<SectorSummary> sectors(Optional<String> state, Optional<SectorId> after, int limit);

  /** One sector. */
  Optional<SectorSummary> sector(SectorId sector);

  /**
   * Entries in the order of their ids.
   *
   * @param sector only of this one
   * @param after only those with a higher id
   */
  List<HistoryEntry> history(Optional<SectorId> sector, long after, int limit);

  /** The id of the last entry; 0 if there is none. */
  long latest();

  /** Completes when there may be an entry with a higher id. Does not block. */
  CompletionStage<?> changedAfter(long id);
}
