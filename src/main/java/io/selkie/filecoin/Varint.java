package io.selkie.filecoin;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Unsigned LEB128 varints of at most 63 bits, as the multiformats unsigned-varint spec has them.
 */
final class Varint {
  static final int MAX_BYTES = 9;

  private Varint() {}

  /** Appends a value, which must not be negative. */
  static void write(long value, ByteArrayOutputStream out) {
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /**
   * Reads one value, 0 to 2^63-1.
   *
   * @throws IllegalArgumentException if the varint ends early, is longer than nine bytes, or is not
   *     the shortest spelling of its value
   */
  static long read(ByteBuffer in) {
    long value = 0;
    for (int i = 0; i < MAX_BYTES; i++) {
      if (!in.hasRemaining()) {
        throw new IllegalArgumentException("a varint ends early");
      }
      byte next = in.get();
      value |= (long) (next & 0x7f) << (7 * i);
      if (next == 0 && i > 0) {
        throw new IllegalArgumentException("a varint is not in its shortest form");
      }
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a varint is longer than " + MAX_BYTES + " bytes");
  }
}
