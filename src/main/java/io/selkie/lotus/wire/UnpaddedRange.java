package io.selkie.lotus.wire;

/**
 * A part of a sector's data.
 *
 * @param offset unpadded bytes before it
 * @param size unpadded bytes in it
 */
public record UnpaddedRange(long offset, long size) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative, or the end is beyond all numbers
   */
  public UnpaddedRange {
    if (offset < 0 || size < 0 || offset + size < 0) {
      throw new IllegalArgumentException(offset + " and " + size + " are no range");
    }
  }
}
