package io.selkie.view;

/** What a projection may write of a sector's summary; see {@link SectorSummary}. */
public enum SummaryColumn {
  PROOF_TYPE,
  SECTOR_SIZE,
  STATE,
  PHASE,
  PHASE_NUMBER,
  GENERATION,
  TASKS,
  TASK_KIND,
  ATTEMPT,
  ATTEMPTS,
  FAILURES,
  FAILURE_CODE,
  FAILURE_MESSAGE,
  NEXT_ATTEMPT_AT,
  HOST,
  PIECES,
  COMM_R,
  BYTES,
  DRIVER_STATE,
  DRIVER_MESSAGE,
  DRIVER_FINISHED,
  TRANSFER,
  TRANSFER_DETAIL
}
