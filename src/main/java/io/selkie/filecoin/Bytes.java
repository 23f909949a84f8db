package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** An immutable byte string of any length with value equality. In JSON base64, as in Lotus. */
public final class Bytes {
  private static final int SHOWN = 8;

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of the given bytes. */
  public static Bytes of(byte[] bytes) {
    return new Bytes(bytes.clone());
  }

  /**
   * Decodes base64 in the standard alphabet with padding, without line breaks.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Bytes ofBase64(String base64) {
    Bytes decoded = new Bytes(Base64.getDecoder().decode(base64));
    if (!decoded.base64().equals(base64)) {
      throw new IllegalArgumentException("base64 is not padded or ends with stray bits");
    }
    return decoded;
  }

  /** The bytes in base64, standard alphabet with padding. */
  @JsonValue
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** How many bytes there are. */
  public int size() {
    return bytes.length;
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The length and the first bytes only: proofs run to kilobytes and would drown a log. */
  @Override
  public String toString() {
    String head = HexFormat.of().formatHex(bytes, 0, Math.min(SHOWN, bytes.length));
    return "Bytes[" + bytes.length + ": " + head + (bytes.length > SHOWN ? "...]" : "]");
  }
}
