package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The size of a piece before Fr32 padding: 127/128 of the padded size (Filecoin spec, piece
 * padding). In JSON a number.
 *
 * @param bytes unpadded bytes: 127 times a power of two
 */
public record UnpaddedSize(@JsonValue long bytes) {
  /** Above this many times 127 bytes the padded size would not fit in 63 bits. */
  private static final long MAX_UNITS = 1L << 55;

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is not 127 times a power of two
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public UnpaddedSize {
    long units = bytes / 127;
    if (bytes < 127 || bytes % 127 != 0 || Long.bitCount(units) != 1 || units > MAX_UNITS) {
      throw new IllegalArgumentException(
          "an unpadded piece size must be 127 bytes times a power of two, got " + bytes);
    }
  }

  /**
   * The smallest piece that holds so many bytes of data.
   *
   * @param length bytes of data, 1 or more
   * @throws IllegalArgumentException if the length is below 1 or above every piece size
   */
  public static UnpaddedSize smallestFor(long length) {
    if (length < 1 || length > MAX_UNITS * 127) {
      throw new IllegalArgumentException("no piece size holds " + length + " bytes");
    }
    long lastUnit = (length - 1) / 127;
    long units = lastUnit == 0 ? 1 : Long.highestOneBit(lastUnit) << 1;
    return new UnpaddedSize(units * 127);
  }

  /** The size after padding. */
  public PaddedSize padded() {
    return new PaddedSize(bytes / 127 * 128);
  }
}
