package io.selkie.farm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times that trials took, for docs/measurements.md: they are written down, never asserted. */
final class Figures {
  private static final Path FILE = Path.of("target/farm-figures.txt");

  private Figures() {}

  /** Adds a line. */
  static void note(String what, Duration took) throws IOException {
    Files.createDirectories(FILE.getParent());
    Files.writeString(
        FILE,
        Instant.now().truncatedTo(ChronoUnit.SECONDS)
            + " "
            + what
            + ": "
            + took.toMillis() / 1000.0
            + " s\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
