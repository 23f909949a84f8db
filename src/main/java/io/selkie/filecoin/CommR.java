package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The commitment to a sector's replica (sealed data). */
public record CommR(@JsonValue Bytes32 bytes) {
  /** These 32 bytes as a commR. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static CommR of(Bytes32 bytes) {
    return new CommR(bytes);
  }

  /**
   * Decodes 64 hex digits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static CommR ofHex(String hex) {
    return of(Bytes32.ofHex(hex));
  }

  /**
   * Takes a commR out of its CID.
   *
   * @throws IllegalArgumentException if the CID is not of a sealed commitment
   */
  public static CommR ofCid(Cid cid) {
    return of(CommitmentKind.SEALED.commitmentIn(cid));
  }

  /** The CID of this commitment, version 1. */
  public Cid cid() {
    return CommitmentKind.SEALED.cidOf(bytes);
  }

  @Override
  public String toString() {
    return bytes.hex();
  }
}
