package io.selkie.cli;

import io.selkie.params.ParameterListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Timer;
import java.util.TimerTask;

/** Picks how progress is shown on stderr. */
final class ParameterProgress {
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private static final long INTERVAL_MILLIS = 10_000;

  private ParameterProgress() {}

  /** Bars on a terminal, else a line every ten seconds. */
  static ParameterListener onStderr() {
    if (isTerminal()) {
      return new BarProgress(System.err);
    }
    LineProgress lines = new LineProgress(System.err, Clock.systemUTC());
    Timer timer = new Timer("parameter-progress", true);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            lines.tick();
          }
        },
        INTERVAL_MILLIS,
        INTERVAL_MILLIS);
    return lines;
  }

  /** Java 17 only tells whether stdin and stdout both are a terminal, so ask the kernel. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(STDERR).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
