package io.selkie.worker;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The newest attempt of each sector that a worker has heard of, against late messages. It lives as
 * long as the worker's address: a worker that starts anew by itself is still told what was said to
 * the one before.
 */
public final class Newest {
  /** Sectors without a job that are remembered. */
  private static final int REMEMBERED = 10_000;

  private final Map<SectorId, TaskId.Attempt> attempts = new LinkedHashMap<>();

  Optional<TaskId.Attempt> of(SectorId sector) {
    return Optional.ofNullable(attempts.get(sector));
  }

  /**
   * Remembers the attempt if it is the newest.
   *
   * @param jobs how many there are
   * @param hasJob whether a sector has one: it is not forgotten
   */
  void remember(TaskId.Attempt attempt, int jobs, Predicate<SectorId> hasJob) {
    SectorId sector = attempt.sector();
    Optional<TaskId.Attempt> known = Optional.ofNullable(attempts.remove(sector));
    attempts.put(sector, known.filter(newer -> newer.isNewerThan(attempt)).orElse(attempt));
    if (attempts.size() > REMEMBERED + jobs) {
      attempts.keySet().stream().filter(hasJob.negate()).findFirst().ifPresent(attempts::remove);
    }
  }
}
