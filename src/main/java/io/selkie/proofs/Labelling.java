package io.selkie.proofs;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How the provers of a host make the labels of PreCommit1.
 *
 * @param labeller whose labels they are
 * @param pairs when two sectors are labelled on one core, in lock step
 * @param patience how long a sector waits for others at most, over all of its layers
 * @param pinned the processors of PreCommit1 are for no other phase: who labels stays on its core
 */
public record Labelling(Labeller labeller, Pairs pairs, Duration patience, boolean pinned) {
  private static final String PAIRS = "selkie.prover.precommit1.pairs";
  private static final String PATIENCE = "selkie.prover.precommit1.pair-patience";
  private static final String CPUS = "selkie.prover.precommit1.cpus";

  /** When two sectors share a core. */
  public enum Pairs {
    /** When more sectors are labelled than there are cores for them. */
    AUTO,
    /** Whenever there are two. */
    ALWAYS,
    NEVER
  }

  /**
   * Reads the settings.
   *
   * @throws IOException if one is none of those; one line
   * @throws com.typesafe.config.ConfigException if the patience is no time
   */
  public static Labelling of(Config config) throws IOException {
    Duration patience = config.getDuration(PATIENCE);
    if (patience.isNegative()) {
      throw new IOException(PATIENCE + " is " + config.getString(PATIENCE) + ": use 0s or more");
    }
    return new Labelling(
        Labeller.of(config),
        pairs(config.getString(PAIRS)),
        patience,
        !config.getString(CPUS).isBlank());
  }

  private static Pairs pairs(String name) throws IOException {
    return switch (name) {
      case "auto" -> Pairs.AUTO;
      case "always" -> Pairs.ALWAYS;
      case "never" -> Pairs.NEVER;
      default -> throw new IOException(PAIRS + " is " + name + ": use auto, always or never");
    };
  }

  /**
   * What the provers of a node are told by.
   *
   * @param directory where those of this host find each other
   */
  public Map<String, String> environment(Path directory) {
    Map<String, String> environment = new HashMap<>(labeller.environment());
    environment.put("SELKIE_PAIRS", pairs.name().toLowerCase(Locale.ROOT));
    environment.put("SELKIE_PAIRS_DIRECTORY", directory.toAbsolutePath().toString());
    environment.put("SELKIE_PAIRS_PATIENCE", Long.toString(patience.toSeconds()));
    environment.put("SELKIE_PAIRS_PINNED", pinned ? "on" : "off");
    return environment;
  }
}
