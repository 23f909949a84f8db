package io.selkie.view;

/** What a projection may write of an event in the history; see {@link SectorHistory}. */
public enum HistoryColumn {
  PHASE,
  GENERATION,
  TASK,
  ATTEMPT,
  HOST,
  DURATION_MS,
  BYTES,
  CAUSE,
  DETAIL
}
