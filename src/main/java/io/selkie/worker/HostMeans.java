package io.selkie.worker;

import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a host has to work with. Any thread may ask. */
public interface HostMeans {
  /** The limits, with disks as they were when they were last looked at. Does not block. */
  HostLimits limits();

  /**
   * The sectors that have files here, or are worked on. Does not block. Asked for before {@link
   * #limits}, each has its space kept there.
   */
  List<HostSector> sectors();

  /**
   * Looks at the disks, and forgets sectors whose files have left. Blocks.
   *
   * @param present attempts that have a job here
   */
  void measure(Set<TaskId.Attempt> present);

  /** Why the host cannot run provers; empty if it can. Blocks for a moment. */
  Optional<String> unfit();

  /** Where other hosts fetch small files of sectors here; empty: nowhere. Does not block. */
  default Optional<FileSource> files() {
    return Optional.empty();
  }
}
