package io.selkie.proofs;

import java.util.Map;
import java.util.Set;

/** How much of a phase is behind, from the stage it is in. */
public final class PhaseFraction {
  private static final Stage WHOLE = new Stage(0, 1000);

  /** Where each stage begins and ends within its phase: measured at 8 MiB. */
  private static final Map<String, Stage> STAGES =
      Map.ofEntries(
          Map.entry("piece", WHOLE),
          Map.entry("parents", new Stage(0, 0)),
          Map.entry("treeD", new Stage(0, 50)),
          Map.entry("layer", new Stage(50, 980)),
          Map.entry("commD", new Stage(980, 1000)),
          Map.entry("treeC", new Stage(0, 600)),
          Map.entry("treeR", new Stage(600, 900)),
          Map.entry("synthetic", new Stage(900, 920)),
          Map.entry("trial", new Stage(920, 970)),
          Map.entry("digest", new Stage(970, 1000)),
          Map.entry("challenges", WHOLE),
          Map.entry("parameters", new Stage(0, 20)),
          Map.entry("synthesis", new Stage(20, 300)),
          Map.entry("proving", new Stage(300, 1000)));

  /** Stages whose steps mean something to people. */
  private static final Set<String> COUNTED = Set.of("layer", "treeC", "treeR", "trial");

  private PhaseFraction() {}

  /** Thousandths of the phase. */
  private record Stage(int begin, int end) {}

  /** Thousandths of the phase. */
  public static long perMille(ProofsProgress progress) {
    Stage stage = STAGES.getOrDefault(progress.stage(), WHOLE);
    double within =
        progress.total() == 0
            ? 0
            : Math.min(1, (progress.done() + progress.step() / 1000.0) / progress.total());
    return Math.round(stage.begin() + within * (stage.end() - stage.begin()));
  }

  /** The stage for people, such as {@code layer 2 of 11, in lock step with s-t01000-2}. */
  public static String words(ProofsProgress progress) {
    String stage =
        switch (progress.stage()) {
          case "treeD" -> "tree D";
          case "treeC" -> "tree C";
          case "treeR" -> "tree R";
          case "parents" -> "parent cache";
          default -> progress.stage();
        };
    String counted =
        COUNTED.contains(progress.stage()) && progress.done() < progress.total()
            ? stage + " " + (progress.done() + 1) + " of " + progress.total()
            : stage;
    return progress.note().isEmpty() ? counted : counted + ", " + progress.note();
  }
}
