package io.selkie.cli;

import io.selkie.params.ParameterListener;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;

/** Progress as plain lines for a log: one when a task begins, then one per {@link #tick}. */
final class LineProgress implements ParameterListener {
  private final PrintStream out;
  private final Clock clock;
  private boolean running;
  private String task = "";
  private String step = "";
  private OptionalLong total = OptionalLong.empty();
  private Unit unit = Unit.BYTES;
  private Instant begun = Instant.EPOCH;
  private Instant lastTick = Instant.EPOCH;
  private long done;
  private long doneAtLastTick;

  LineProgress(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  @Override
  public synchronized void begin(String name, OptionalLong size, Unit counted) {
    boolean again = name.equals(task);
    task = name;
    step = "";
    total = size;
    unit = counted;
    done = 0;
    doneAtLastTick = 0;
    running = true;
    if (!again) {
      begun = clock.instant();
      lastTick = begun;
      out.println(task);
    }
  }

  @Override
  public synchronized void advanceTo(long now) {
    boolean resumed = done == 0;
    done = now;
    if (resumed) {
      doneAtLastTick = now;
    }
  }

  @Override
  public synchronized void step(String name) {
    step = ", " + name;
  }

  @Override
  public synchronized void end() {
    running = false;
  }

  @Override
  public synchronized void message(String line) {
    out.println(line);
  }

  /** Prints how far the running task is, if there is one. */
  synchronized void tick() {
    if (!running) {
      return;
    }
    Instant now = clock.instant();
    String amount = unit == Unit.BYTES ? bytes(Duration.between(lastTick, now)) : percent();
    out.println(task + step + ": " + amount + elapsed(Duration.between(begun, now)));
    lastTick = now;
    doneAtLastTick = done;
  }

  private String bytes(Duration since) {
    double speed = Math.max(0, done - doneAtLastTick) / 1e3 / Math.max(1, since.toMillis());
    String of = total.isPresent() ? format(" of %.1f", total.getAsLong() / 1e6) : "";
    return format("%.1f%s MB, %.1f MB/s, ", done / 1e6, of, speed);
  }

  private String percent() {
    return done == 0 ? "" : format("%d %%, ", done / 10);
  }

  private static String elapsed(Duration time) {
    return time.toMinutes() == 0
        ? time.toSeconds() + " s"
        : time.toMinutes() + " min " + time.toSecondsPart() + " s";
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
