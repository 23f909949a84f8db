package io.selkie.params;

/** What the files of one set are together. */
public enum SetVerdict {
  /** Every file is the main network's. */
  PRODUCTION("production"),
  /** Every file was generated here in one run: good for a network of one's own. */
  LOCAL("local, not valid on mainnet"),
  /** At least one file is not there. */
  MISSING("missing"),
  /** At least one file is neither production nor local. */
  CORRUPT("corrupt"),
  /** At least one file cannot be read. */
  UNREADABLE("unreadable"),
  /** Good files that do not belong together: proofs made with them do not verify. */
  MIXED("mixed");

  private final String text;

  SetVerdict(String text) {
    this.text = text;
  }

  /** Whether proofs can be made and verified with the set. */
  public boolean usable() {
    return this == PRODUCTION || this == LOCAL;
  }

  @Override
  public String toString() {
    return text;
  }
}
