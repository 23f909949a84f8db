package io.selkie.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The phases of sealing, in order. */
enum Phase {
  ADD_PIECE("AddPiece", "addPiece"),
  PRE_COMMIT1("PreCommit1", "preCommit1"),
  PRE_COMMIT2("PreCommit2", "preCommit2"),
  COMMIT1("Commit1", "commit1"),
  COMMIT2("Commit2", "commit2"),
  FINALIZE("Finalize", "clearCache");

  private final String title;
  private final String operation;

  Phase(String title, String operation) {
    this.title = title;
    this.operation = operation;
  }

  /**
   * The phase of that name, in any case.
   *
   * @throws IllegalArgumentException listing the names
   */
  static Phase parse(String text) {
    return Arrays.stream(values())
        .filter(phase -> phase.title.equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no phase is named '"
                        + text
                        + "'; the phases are "
                        + Arrays.stream(values())
                            .map(phase -> phase.title.toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))));
  }

  /** What the native side calls it in its progress. */
  String operation() {
    return operation;
  }

  @Override
  public String toString() {
    return title;
  }
}
