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
    int waiting)
    implements NodeMessage {
  /** The lists are copied. */
  public HostStatus {
    tasks = List.copyOf(tasks);
    sectors = List.copyOf(sectors);
  }
}
