package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskMemory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DrainEstimateTest {
  private static final HostLimits LIMITS =
      new HostLimits(
          Map.of(TaskKind.PRE_COMMIT_2, 1, TaskKind.COMMIT_1, 9, TaskKind.COMMIT_2, 9),
          14,
          1,
          1L << 40,
          TaskMemory.defaults(),
          new HostLimits.Devices(1, false),
          List.of());

  private static Map<TaskKind, Duration> tenMinutesEach() {
    Map<TaskKind, Duration> usual = new EnumMap<>(TaskKind.class);
    for (TaskKind kind : TaskKind.values()) {
      if (kind.isPhase()) {
        usual.put(kind, Duration.ofMinutes(10));
      }
    }
    return usual;
  }

  private static DrainEstimate.OnHost encoding(Optional<Duration> running) {
    return new DrainEstimate.OnHost(TaskKind.PRE_COMMIT_2, false, running, tenMinutesEach());
  }

  @Test
  void ofPhasesOnlyWhatRunsCounts() {
    assertEquals(
        Optional.of(Duration.ofMinutes(4)),
        DrainEstimate.of(
            HostMode.DRAINING_PHASES,
            LIMITS,
            List.of(encoding(Optional.of(Duration.ofMinutes(6))), encoding(Optional.empty()))));
  }

  @Test
  void ofAnEvacuatedHostOnlyWhatRunsCounts() {
    assertEquals(
        Optional.of(Duration.ofMinutes(4)),
        DrainEstimate.of(
            HostMode.EVACUATING,
            LIMITS,
            List.of(encoding(Optional.of(Duration.ofMinutes(6))), encoding(Optional.empty()))));
  }

  @Test
  void aSectorGoesThroughAllThatIsLeft() {
    assertEquals(
        Optional.of(Duration.ofMinutes(34)),
        DrainEstimate.of(
            HostMode.DRAINING_SECTORS,
            LIMITS,
            List.of(encoding(Optional.of(Duration.ofMinutes(6))))));
  }

  @Test
  void sectorsTakeTurnsWhereSlotsAreFew() {
    List<DrainEstimate.OnHost> nine = java.util.Collections.nCopies(9, encoding(Optional.empty()));

    assertEquals(
        Optional.of(Duration.ofMinutes(90)),
        DrainEstimate.of(HostMode.DRAINING_SECTORS, LIMITS, nine));
  }

  @Test
  void withoutHistoryNothingIsPromised() {
    assertEquals(
        Optional.empty(),
        DrainEstimate.of(
            HostMode.DRAINING_SECTORS,
            LIMITS,
            List.of(
                new DrainEstimate.OnHost(TaskKind.COMMIT_1, false, Optional.empty(), Map.of()))));
  }
}
