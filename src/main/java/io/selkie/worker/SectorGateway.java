package io.selkie.worker;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskReport;

/** The way to the sectors, wherever they are. */
@FunctionalInterface
public interface SectorGateway {
  /** Tells a sector; may be lost. */
  void tell(SectorId sector, TaskReport report);
}
