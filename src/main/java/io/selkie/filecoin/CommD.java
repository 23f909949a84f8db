package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The commitment to a sector's unsealed data, made from the commP of its pieces. */
public record CommD(@JsonValue Bytes32 bytes) {
  /** These 32 bytes as a commD. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static CommD of(Bytes32 bytes) {
    return new CommD(bytes);
  }

  /**
   * Decodes 64 hex digits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static CommD ofHex(String hex) {
    return of(Bytes32.ofHex(hex));
  }

  /**
   * Takes a commD out of its CID.
   *
   * @throws IllegalArgumentException if the CID is not of an unsealed commitment
   */
  public static CommD ofCid(Cid cid) {
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
