package io.selkie.storage;

/** What the journal says of a sector whose files lie somewhere. */
public enum SectorStanding {
  /** Nothing. */
  UNKNOWN,
  /** It was removed with all its files. */
  REMOVED,
  /** Something is or may be done with it. */
  BUSY,
  /** It is sealed and trimmed, and nothing is done with it. */
  SEALED,
  /** Nothing, and another host may know it. */
  FOREIGN
}
