package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.ByteArrayOutputStream;
import java.util.OptionalLong;

/**
 * The ID address of a miner actor, such as {@code t01000}. In JSON that string.
 *
 * @param id the actor id, 0 or more
 */
public record MinerId(long id) {
  /** Major type 2 of CBOR, byte string; the low bits are a length below 24. */
  private static final int CBOR_BYTES = 0x40;

  /**
   * Checks the id.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public MinerId {
    if (id < 0) {
      throw new IllegalArgumentException("a miner id must not be negative, got " + id);
    }
  }

  /**
   * Parses {@code t01000} or {@code f01000}: the id without sign and leading zeros, below 2^63.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static MinerId parse(String text) {
    boolean prefixed = text.startsWith("t0") || text.startsWith("f0");
    OptionalLong id = prefixed ? Decimal.parse(text.substring(2)) : OptionalLong.empty();
    return new MinerId(
        id.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not a miner's ID address like t01000: " + Quoted.quoted(text))));
  }

  /**
   * The ID address in CBOR, a byte string, such as {@code 43 00 e807} for t01000: the entropy of
   * what the chain draws for a miner.
   */
  public Bytes addressCbor() {
    ByteArrayOutputStream address = new ByteArrayOutputStream();
    address.write(0); // the protocol: ID
    Varint.write(id, address);
    byte[] cbor = new byte[1 + address.size()];
    cbor[0] = (byte) (CBOR_BYTES | address.size());
    System.arraycopy(address.toByteArray(), 0, cbor, 1, address.size());
    return Bytes.of(cbor);
  }

  /** The address as Lotus's file names have it on every network, such as {@code t01000}. */
  @JsonValue
  @Override
  public String toString() {
    return "t0" + id;
  }
}
