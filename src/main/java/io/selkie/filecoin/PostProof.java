package io.selkie.filecoin;

import static java.util.Objects.requireNonNull;

/** A window or winning PoSt: which kind it is, and its bytes. */
public record PostProof(PostProofType type, Bytes bytes) {
  /** Refuses a missing part, as incomplete JSON would give. */
  public PostProof {
    requireNonNull(type, "type");
    requireNonNull(bytes, "bytes");
  }
}
