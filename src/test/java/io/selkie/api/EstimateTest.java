package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.proofs.ProofsProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EstimateTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final Optional<ProofsProgress> SILENT = Optional.empty();

  private static Optional<Estimate> after(
      int minutes, Optional<ProofsProgress> told, Integer... before) {
    return Estimate.of(
        START,
        START.plus(Duration.ofMinutes(minutes)),
        told,
        List.of(before).stream().map(Duration::ofMinutes).toList());
  }

  private static Optional<ProofsProgress> told(long done, long total) {
    return Optional.of(new ProofsProgress("addPiece", "s-t01000-1", "piece", done, total));
  }

  private static Optional<Estimate> estimate(int percent, int minutes, int now, int basedOn) {
    return Optional.of(
        new Estimate(
            percent,
            Optional.of(minutes * 60L),
            Optional.of(START.plus(Duration.ofMinutes(now + minutes))),
            basedOn));
  }

  @Test
  void nothingIsSaidOfWhatNobodyKnows() {
    assertEquals(Optional.empty(), after(10, SILENT));
    assertEquals(Optional.empty(), after(10, told(0, 10)));
  }

  @Test
  void theMedianOfTheTasksBeforeTellsTheEnd() {
    assertEquals(estimate(25, 30, 10, 3), after(10, SILENT, 39, 600, 40));
    assertEquals(estimate(20, 40, 10, 2), after(10, SILENT, 40, 60));
  }

  @Test
  void theProverTellsThePercentAndHistoryTheEnd() {
    assertEquals(estimate(50, 30, 10, 1), after(10, told(5, 10), 40));
  }

  @Test
  void whereHistoryIsOutrunOrMissingTheProverTellsTheEnd() {
    assertEquals(estimate(50, 50, 50, 1), after(50, told(5, 10), 40));
    assertEquals(estimate(25, 30, 10, 0), after(10, told(25, 100)));
  }

  @Test
  void aTaskThatRunsIsNeverDone() {
    assertEquals(
        Optional.of(new Estimate(99, Optional.empty(), Optional.empty(), 1)),
        after(100, SILENT, 40));
    assertEquals(
        Optional.of(new Estimate(1, Optional.empty(), Optional.empty(), 0)),
        after(10, told(1, 100)));
  }
}
