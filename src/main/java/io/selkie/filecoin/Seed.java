package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The interactive chain randomness that Commit1 draws its challenges from. */
public record Seed(@JsonValue Bytes32 bytes) {
  /** These 32 bytes as a seed. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Seed of(Bytes32 bytes) {
    return new Seed(bytes);
  }

  /**
   * Decodes 64 hex digits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static Seed ofHex(String hex) {
    return of(Bytes32.ofHex(hex));
  }

  @Override
  public String toString() {
    return bytes.hex();
  }
}
