package io.selkie.worker;

import io.selkie.filecoin.SectorId;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.TaskId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How far the running tasks of this host are. Any thread may read and write. */
public final class ProgressBoard {
  private final ConcurrentMap<SectorId, Latest> latest = new ConcurrentHashMap<>();

  /** The last that a prover told. */
  public record Latest(TaskId.Attempt attempt, ProofsProgress progress, Instant at) {}

  /** How far the sector's task is; empty if none runs here, or it told nothing yet. */
  public Optional<Latest> of(SectorId sector) {
    return Optional.ofNullable(latest.get(sector));
  }

  void put(TaskId.Attempt attempt, ProofsProgress progress, Instant at) {
    latest.put(attempt.sector(), new Latest(attempt, progress, at));
  }

  void remove(TaskId.Attempt attempt) {
    latest.computeIfPresent(
        attempt.sector(), (sector, last) -> last.attempt().equals(attempt) ? null : last);
  }
}
