package io.selkie.params;

/** What a parameter file on disk is. */
public enum FileStatus {
  /** Not there. */
  MISSING,
  /** There, but neither the production file nor the recorded local one. */
  CORRUPT,
  /** There, but it cannot be read. */
  UNREADABLE,
  /** The file of the main network. */
  PRODUCTION,
  /** Generated here: its digest is in {@link GeneratedRecord}. */
  LOCAL
}
