package io.selkie.scheduler;

import java.util.List;
import java.util.Map;

/** Limits for tests. */
public final class TestLimits {
  private static final int MANY = 10_000;

  private TestLimits() {}

  /** Nothing is short but slots. */
  public static HostLimits slots(Map<TaskKind, Integer> slots) {
    return new HostLimits(
        slots,
        MANY,
        MANY,
        1L << 60,
        TaskMemory.defaults(),
        new HostLimits.Devices(MANY, false),
        List.of());
  }
}
