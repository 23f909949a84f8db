package io.selkie.worker;

import java.util.Locale;
import java.util.Optional;

/**
 * A prover that was given a GPU and went on without it says so in its log, and nowhere else: hours
 * are lost that nobody sees (FIELD.md 2, 22). Lines of bellperson and neptune.
 */
final class CpuFallback {
  private CpuFallback() {}

  /** The first line of the log that says so. */
  static Optional<String> in(String log) {
    return log.lines().filter(CpuFallback::tells).findFirst();
  }

  private static boolean tells(String line) {
    String text = line.toLowerCase(Locale.ROOT);
    return text.contains("falling back to cpu")
        || text.contains("falling back to the cpu")
        || text.contains("cannot instantiate gpu")
        || text.contains("no working gpus found")
        || text.contains("no supported gpus found");
  }
}
