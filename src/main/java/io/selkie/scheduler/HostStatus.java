package io.selkie.scheduler;

import io.selkie.serialization.NodeMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A host as the scheduler knows it.
 *
 * @param loss how far it is gone; empty: it is there, or may still come
 * @param heardAt when it announced itself last, to this scheduler
 * @param limits empty until it announced itself
 * @param unfit why it takes no work, if it does not
 * @param tasks that it has
 * @param sectors that have files there
 * @param waiting how many tasks wait that need those files
 * @param version of the program that runs there, if it told
 */
public record HostStatus(
    HostId host,
    HostMode mode,
    Optional<HostLoss> loss,
    Optional<Instant> heardAt,
    Optional<HostLimits> limits,
    Optional<String> unfit,
    List<TaskId> tasks,
    List<HostSector> sectors,
    int waiting,
    Optional<String> version)
    implements NodeMessage {
  /** The lists are copied. */
  public HostStatus {
    tasks = List.copyOf(tasks);
    sectors = List.copyOf(sectors);
  }

  /** A host that does not tell its version. */
  public HostStatus(
      HostId host,
      HostMode mode,
      Optional<HostLoss> loss,
      Optional<Instant> heardAt,
      Optional<HostLimits> limits,
      Optional<String> unfit,
      List<TaskId> tasks,
      List<HostSector> sectors,
      int waiting) {
    this(host, mode, loss, heardAt, limits, unfit, tasks, sectors, waiting, Optional.empty());
  }

  /** The same with a version. */
  HostStatus running(Optional<String> program) {
    return new HostStatus(
        host, mode, loss, heardAt, limits, unfit, tasks, sectors, waiting, program);
  }
}
