package io.selkie.scheduler;

import java.util.Set;

/** Looks into the scheduler, for tests of other packages. */
public final class SchedulerProbe {
  private SchedulerProbe() {}

  /** The tasks that occupy a slot, and who waits. */
  public static Set<Placement.Held> held(SchedulerState<?, ?> state) {
    return state.held();
  }
}
