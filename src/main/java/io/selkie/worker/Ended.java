package io.selkie.worker;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskResult;
import java.time.Instant;

/** How an attempt ended. Times are of this host's clock. */
public sealed interface Ended {
  /** When it began. */
  Instant startedAt();

  /** When it ended. */
  Instant endedAt();

  /** As the sector is told. */
  TaskReport report(TaskId.Attempt attempt, HostId host);

  /**
   * With a result.
   *
   * @param bytes that the task read or wrote, for its throughput
   */
  record Succeeded(Instant startedAt, Instant endedAt, long bytes, TaskResult result)
      implements Ended {
    @Override
    public TaskReport report(TaskId.Attempt attempt, HostId host) {
      return new TaskReport.Succeeded(attempt, host, startedAt, endedAt, bytes, result);
    }
  }

  /** Without one. */
  record Failed(Instant startedAt, Instant endedAt, Failure failure) implements Ended {
    @Override
    public TaskReport report(TaskId.Attempt attempt, HostId host) {
      return new TaskReport.Failed(attempt, host, startedAt, endedAt, failure);
    }
  }
}
