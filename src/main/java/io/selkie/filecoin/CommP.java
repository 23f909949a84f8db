package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The commitment to a piece: the root of the Merkle tree over its padded data. */
public record CommP(@JsonValue Bytes32 bytes) {
  /** These 32 bytes as a commP. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static CommP of(Bytes32 bytes) {
    return new CommP(bytes);
  }

  /**
   * Decodes 64 hex digits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static CommP ofHex(String hex) {
    return of(Bytes32.ofHex(hex));
  }

  /**
   * Takes a commP out of its CID.
   *
   * @throws IllegalArgumentException if the CID is not of an unsealed commitment
   */
  public static CommP ofCid(Cid cid) {
    return of(CommitmentKind.UNSEALED.commitmentIn(cid));
  }

  /** The CID of this commitment, version 1. */
  public Cid cid() {
    return CommitmentKind.UNSEALED.cidOf(bytes);
  }

  @Override
  public String toString() {
    return bytes.hex();
  }
}
