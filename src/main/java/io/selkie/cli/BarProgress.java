package io.selkie.cli;

import io.selkie.params.ParameterListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.OptionalLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress as one bar per task, for a terminal. */
final class BarProgress implements ParameterListener {
  private static final int NAME_CHARS = 32;

  private final PrintStream terminal;
  private @Nullable ProgressBarBuilder announced;
  private @Nullable ProgressBar bar;

  BarProgress(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void begin(String task, OptionalLong total, Unit unit) {
    end();
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(shortened(task))
            .setInitialMax(total.orElse(-1))
            .setStyle(ProgressBarStyle.ASCII)
            .setConsumer(new ConsoleProgressBarConsumer(terminal));
    if (unit == Unit.BYTES) {
      // A resumed fetch begins far from zero: the speed counts from where it is first.
      announced = builder.setUnit(" MiB", 1 << 20).showSpeed();
    } else {
      bar = builder.setUnit(" %", 10).build();
    }
  }

  @Override
  public synchronized void advanceTo(long done) {
    if (announced != null) {
      bar = announced.startsFrom(done, Duration.ZERO).build();
      announced = null;
    }
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  @Override
  public synchronized void step(String name) {
    if (bar != null) {
      bar.setExtraMessage(name);
    }
  }

  @Override
  public synchronized void end() {
    announced = null;
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public synchronized void message(String line) {
    terminal.println(line);
  }

  /** File names are long and differ at their ends. */
  private static String shortened(String task) {
    return task.length() <= NAME_CHARS
        ? task
        : task.substring(0, 10) + "..." + task.substring(task.length() - NAME_CHARS + 13);
  }
}
