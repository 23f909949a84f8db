package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.params.ParameterListener.Unit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LineProgressTest {
  private final ManualClock clock = new ManualClock();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final LineProgress progress =
      new LineProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), clock);

  @Test
  void printsAmountSpeedAndTime() {
    progress.begin("fetch a.params", OptionalLong.of(2_000_000_000), Unit.BYTES);
    progress.advanceTo(1_000_000);
    tickAfter(10);
    progress.advanceTo(101_000_000);
    tickAfter(10);
    progress.end();
    tickAfter(10);

    assertLines(
        "fetch a.params",
        "fetch a.params: 1.0 of 2000.0 MB, 0.0 MB/s, 10 s",
        "fetch a.params: 101.0 of 2000.0 MB, 10.0 MB/s, 20 s");
  }

  @Test
  void saysThatATaskGoesOnEvenIfItReportsNothing() {
    progress.begin("generate porep", OptionalLong.of(1000), Unit.PER_MILLE);
    tickAfter(65);
    progress.step("writing");
    progress.advanceTo(425);
    tickAfter(10);

    assertLines(
        "generate porep", "generate porep: 1 min 5 s", "generate porep, writing: 42 %, 1 min 15 s");
  }

  @Test
  void doesNotAnnounceATaskAgainWhenItIsRepeated() {
    progress.begin("fetch a.params", OptionalLong.empty(), Unit.BYTES);
    progress.end();
    progress.begin("fetch a.params", OptionalLong.empty(), Unit.BYTES);
    progress.message("a line");

    assertLines("fetch a.params", "a line");
  }

  private void tickAfter(int seconds) {
    clock.now = clock.now.plus(Duration.ofSeconds(seconds));
    progress.tick();
  }

  private void assertLines(String... lines) {
    assertEquals(List.of(lines), bytes.toString(StandardCharsets.UTF_8).lines().toList());
  }

  private static final class ManualClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
