package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The chain randomness that PreCommit1 seals a sector with. */
public record Ticket(@JsonValue Bytes32 bytes) {
  /** These 32 bytes as a ticket. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Ticket of(Bytes32 bytes) {
    return new Ticket(bytes);
  }

  /**
   * Decodes 64 hex digits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static Ticket ofHex(String hex) {
    return of(Bytes32.ofHex(hex));
  }

  @Override
  public String toString() {
    return bytes.hex();
  }
}
