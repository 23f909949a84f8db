package io.selkie.proofs;

import com.typesafe.config.Config;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** Whose code makes the labels of PreCommit1; they are the same. */
public enum Labeller {
  /** Ours where the processor and the proof type allow it, else the proofs library's. */
  AUTO,
  /** The proofs library's: slower, and a layer that was interrupted begins anew. */
  LIBRARY;

  private static final String SETTING = "selkie.prover.labeller";

  /**
   * Reads the setting.
   *
   * @throws IOException if it is neither; one line
   */
  public static Labeller of(Config config) throws IOException {
    String name = config.getString(SETTING);
    return switch (name) {
      case "auto" -> AUTO;
      case "library" -> LIBRARY;
      default -> throw new IOException(SETTING + " is " + name + ": use auto or library");
    };
  }

  /** What provers are told by. */
  public Map<String, String> environment() {
    return Map.of("SELKIE_LABELLER", name().toLowerCase(Locale.ROOT));
  }
}
