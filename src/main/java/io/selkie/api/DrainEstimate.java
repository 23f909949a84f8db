package io.selkie.api;

import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.TaskKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When a host that is drained will be empty, by what such tasks took before; pure. The time in
 * which a sector waits for its seed is in nobody's history and not counted.
 */
final class DrainEstimate {
  private DrainEstimate() {}

  /**
   * A sector on the host.
   *
   * @param phase the latest that was begun, and {@code done} whether it gave its result
   * @param running how long the task runs already, if one does
   * @param usual what tasks of each kind took for its size, the median of each
   */
  record OnHost(
      TaskKind phase, boolean done, Optional<Duration> running, Map<TaskKind, Duration> usual) {
    /** The map is copied. */
    OnHost {
      usual = Map.copyOf(usual);
    }
  }

  /**
   * The time that is left; empty if a kind of task that is still to come has no history.
   *
   * @param mode whether only what runs ends, or every sector goes to its end; of an evacuated host
   *     the time in which sectors are copied is not counted
   */
  static Optional<Duration> of(HostMode mode, HostLimits limits, List<OnHost> sectors) {
    Duration longest = Duration.ZERO;
    Map<TaskKind, Duration> work = new EnumMap<>(TaskKind.class);
    for (OnHost sector : sectors) {
      Duration alone = Duration.ZERO;
      for (TaskKind kind : toCome(mode, sector)) {
        Optional<Duration> usual = Optional.ofNullable(sector.usual().get(kind));
        if (usual.isEmpty()) {
          return Optional.empty();
        }
        Duration left = kind == sector.phase() ? left(usual.get(), sector) : usual.get();
        alone = alone.plus(left);
        work.merge(kind, left, Duration::plus);
      }
      longest = alone.compareTo(longest) > 0 ? alone : longest;
    }
    for (Map.Entry<TaskKind, Duration> all : work.entrySet()) {
      // More sectors than slots take turns.
      int slots =
          Math.max(1, all.getKey().isPooled() ? limits.slots(all.getKey()) : sectors.size());
      Duration turns = all.getValue().dividedBy(slots);
      longest = turns.compareTo(longest) > 0 ? turns : longest;
    }
    return Optional.of(longest);
  }

  private static List<TaskKind> toCome(HostMode mode, OnHost sector) {
    if (mode == HostMode.DRAINING_PHASES || mode == HostMode.EVACUATING) {
      return sector.running().isPresent() ? List.of(sector.phase()) : List.of();
    }
    return Arrays.stream(TaskKind.values())
        .filter(TaskKind::isPhase)
        .filter(
            kind ->
                sector.done()
                    ? kind.compareTo(sector.phase()) > 0
                    : kind.compareTo(sector.phase()) >= 0)
        .toList();
  }

  private static Duration left(Duration usual, OnHost sector) {
    Duration rest = usual.minus(sector.running().orElse(Duration.ZERO));
    return rest.isNegative() ? Duration.ZERO : rest;
  }
}
