package io.selkie.params;

import java.util.List;

/**
 * What a generation did.
 *
 * @param generated the sets made now
 * @param alreadyThere the sets that were good before
 * @param report the check of all of them afterwards
 */
public record GenerationResult(
    List<ParameterSet> generated, List<ParameterSet> alreadyThere, ParameterReport report) {
  /** Takes copies. */
  public GenerationResult {
    generated = List.copyOf(generated);
    alreadyThere = List.copyOf(alreadyThere);
  }
}
