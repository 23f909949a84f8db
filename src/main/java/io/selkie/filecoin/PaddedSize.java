package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The size of a piece after Fr32 padding, which puts two zero bits behind every 254 (Filecoin spec,
 * piece padding). In JSON a number.
 *
 * @param bytes padded bytes: a power of two, 128 or more
 */
public record PaddedSize(@JsonValue long bytes) {
  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is not a power of two or below 128
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public PaddedSize {
    if (bytes < 128 || Long.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "a padded piece size must be a power of two from 128 bytes, got " + bytes);
    }
  }

  /** How many bytes of data a piece of this size holds. */
  public UnpaddedSize unpadded() {
    return new UnpaddedSize(bytes / 128 * 127);
  }
}
