package io.selkie.node;

import io.selkie.sealing.Sealing;
import io.selkie.sealing.SealingStateName;
import io.selkie.view.SectorFilter;
import io.selkie.view.SectorSummary;
import io.selkie.view.SectorView;
import io.selkie.view.ViewException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sectors that were sealed while there was no long-term storage to go to, also in an earlier
 * life. Their drivers rest; once there is some they have to be told.
 *
 * @param leave whether there is some now
 */
record SealedSectors(SectorView view, Sealing sealing, BooleanSupplier leave) {
  private static final Logger LOG = LoggerFactory.getLogger(SealedSectors.class);

  /**
   * Wakes the driver of each, if they can leave now. The read model may be a moment behind: a
   * driver that comes to rest meanwhile has looked by itself. Blocks.
   */
  void wake() {
    if (!leave.getAsBoolean()) {
      return;
    }
    try {
      SectorFilter filter =
          new SectorFilter(
              Optional.empty(),
              Optional.empty(),
              Optional.of(SealingStateName.PROVING.toString()),
              false,
              Optional.empty(),
              SectorFilter.MOST);
      for (List<SectorSummary> page = view.list(filter);
          !page.isEmpty();
          page = view.list(filter.after(page.get(page.size() - 1).sector()))) {
        page.stream()
            .filter(sector -> sector.transfer().isEmpty())
            .forEach(sector -> sealing.wake(sector.sector()));
      }
    } catch (ViewException e) {
      LOG.warn("sealed sectors leave only after a restart: {}", e.getMessage());
    }
  }
}
