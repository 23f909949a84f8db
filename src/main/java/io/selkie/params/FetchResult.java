package io.selkie.params;

import java.util.List;

/**
 * What a fetch did.
 *
 * @param fetched the files that were fetched now
 * @param report the check of all sets afterwards
 */
public record FetchResult(List<ParameterFile> fetched, ParameterReport report) {
  /** Takes a copy. */
  public FetchResult {
    fetched = List.copyOf(fetched);
  }
}
