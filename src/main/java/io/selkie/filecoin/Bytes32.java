package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Exactly 32 immutable bytes with value equality; in JSON 64 lower case hex digits. The commitments
 * and randomness of the field are records over this class, so that they cannot be mixed up.
 */
public final class Bytes32 {
  /** Length in bytes. */
  public static final int SIZE = 32;

  private final byte[] bytes;

  private Bytes32(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("expected 32 bytes, got " + bytes.length);
    }
    this.bytes = bytes;
  }

  /**
   * A copy of the given bytes.
   *
   * @throws IllegalArgumentException if there are not exactly 32
   */
  public static Bytes32 of(byte[] bytes) {
    return new Bytes32(bytes.clone());
  }

  /**
   * Decodes 64 hex digits of either case.
   *
   * @throws IllegalArgumentException naming the wrong length or the first wrong character
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Bytes32 ofHex(String hex) {
    if (hex.length() != 2 * SIZE) {
      throw new IllegalArgumentException(
          "expected 64 hex digits, got " + hex.length() + " characters");
    }
    for (int i = 0; i < hex.length(); i++) {
      if (!HexFormat.isHexDigit(hex.charAt(i))) {
        throw new IllegalArgumentException(
            "expected 64 hex digits, character "
                + (i + 1)
                + " of "
                + Quoted.quoted(hex)
                + " is none");
      }
    }
    return new Bytes32(HexFormat.of().parseHex(hex));
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** The bytes as 64 lower case hex digits. */
  @JsonValue
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes32 that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
