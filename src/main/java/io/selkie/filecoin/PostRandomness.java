package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The chain randomness of a window or winning PoSt, little endian. The two top bits are cleared,
 * since filecoin-proofs needs a number below the order of the BLS12-381 field; Lotus does the same.
 */
public record PostRandomness(@JsonValue Bytes32 bytes) {
  /** Clears the two top bits. */
  public PostRandomness {
    byte[] reduced = bytes.toByteArray();
    reduced[Bytes32.SIZE - 1] &= 0x3f;
    bytes = Bytes32.of(reduced);
  }

  /** These 32 bytes, two top bits cleared, as PoSt randomness. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PostRandomness of(Bytes32 bytes) {
    return new PostRandomness(bytes);
  }

  /**
   * Decodes 64 hex digits and clears the two top bits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static PostRandomness ofHex(String hex) {
    return of(Bytes32.ofHex(hex));
  }

  @Override
  public String toString() {
    return bytes.hex();
  }
}
