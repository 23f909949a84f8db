package io.selkie.filecoin;

import static java.util.Objects.requireNonNull;

/** A piece in a sector: its padded size and its commitment. */
public record PieceInfo(PaddedSize size, CommP commP) {
  /** Refuses a missing part, as incomplete JSON would give. */
  public PieceInfo {
    requireNonNull(size, "size");
    requireNonNull(commP, "commP");
  }
}
