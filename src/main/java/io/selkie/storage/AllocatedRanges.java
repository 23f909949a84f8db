package io.selkie.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Which bytes of an unsealed file are there. Lotus writes that behind the data: a bit field in RLE+
 * (go-bitfield), a bit for each padded byte of the sector, and the length of the field in 4 bytes,
 * little endian. A file that has nothing behind the data is all there.
 */
public final class AllocatedRanges {
  private static final int LENGTH_BYTES = 4;

  /** What Lotus calls very large; a run for each piece is far less. */
  private static final int MOST_BYTES = 1 << 20;

  private static final int VERSION_BITS = 2;
  private static final int SHORT_BITS = 4;
  private static final int GROUP_BITS = 7;

  /** Groups of 7 bits that a run of at most 2^62 has. */
  private static final int MOST_GROUPS = 9;

  private final List<Range> ranges;

  /**
   * Bytes that are there.
   *
   * @param start the first one, padded
   * @param length padded bytes, 1 or more
   */
  public record Range(long start, long length) {
    private long end() {
      return start + length;
    }
  }

  private AllocatedRanges(List<Range> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** The most bytes that an unsealed file has, of a sector of so many padded ones. */
  public static long mostOfFile(long sectorBytes) {
    return sectorBytes + MOST_BYTES + LENGTH_BYTES;
  }

  /**
   * Reads what is behind the data.
   *
   * @param sectorBytes padded
   * @throws IOException if the file is not as it must be; one line
   */
  public static AllocatedRanges of(SeekableByteChannel file, long sectorBytes) throws IOException {
    long size = file.size();
    if (size == sectorBytes) {
      return new AllocatedRanges(List.of(new Range(0, sectorBytes)));
    }
    long field = size - sectorBytes - LENGTH_BYTES;
    if (field < 0 || field > MOST_BYTES) {
      throw new IOException(
          "an unsealed file of %d bytes is none of a sector of %d".formatted(size, sectorBytes));
    }
    ByteBuffer behind = ByteBuffer.allocate((int) field + LENGTH_BYTES);
    file.position(sectorBytes);
    while (behind.hasRemaining()) {
      if (file.read(behind) < 0) {
        throw new EOFException("the unsealed file became shorter while it was read");
      }
    }
    int length = behind.order(ByteOrder.LITTLE_ENDIAN).getInt((int) field);
    if (length != field) {
      throw new IOException(
          "the unsealed file has %d bytes behind its data, and says %d".formatted(field, length));
    }
    byte[] bits = new byte[length];
    behind.get(0, bits);
    return new AllocatedRanges(parse(bits, sectorBytes));
  }

  /**
   * Whether all of a range is there.
   *
   * @param start first byte, padded
   * @param length padded bytes
   */
  public boolean contain(long start, long length) {
    long wanted = start;
    long end = start + length;
    for (Range range : ranges) {
      boolean reaches = range.start() <= wanted && range.start() + range.length() > wanted;
      wanted = reaches ? range.start() + range.length() : wanted;
    }
    return length == 0 || wanted >= end;
  }

  /** Nothing. */
  public static AllocatedRanges none() {
    return new AllocatedRanges(List.of());
  }

  /** These and one more, which may meet them. */
  public AllocatedRanges with(Range more) {
    List<Range> all = new ArrayList<>(ranges);
    all.add(more);
    all.sort(Comparator.comparing(Range::start));
    List<Range> joined = new ArrayList<>();
    for (Range next : all) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).end() >= next.start()) {
        Range before = joined.get(last);
        long end = Math.max(before.end(), next.end());
        joined.set(last, new Range(before.start(), end - before.start()));
      } else {
        joined.add(next);
      }
    }
    return new AllocatedRanges(joined);
  }

  /** What belongs behind the data: the bit field and its length. */
  public byte[] trailer() {
    byte[] field = field();
    return ByteBuffer.allocate(field.length + LENGTH_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(field)
        .putInt(field.length)
        .array();
  }

  private byte[] field() {
    if (ranges.isEmpty()) {
      return new byte[0];
    }
    BitSet bits = new BitSet();
    int at = VERSION_BITS; // version 0
    bits.set(at++, ranges.get(0).start() == 0);
    long end = 0;
    for (Range range : ranges) {
      at = range.start() > end ? put(bits, at, range.start() - end) : at;
      at = put(bits, at, range.length());
      end = range.end();
    }
    return bits.toByteArray(); // without zeros at its end, as go-bitfield has it
  }

  private static int put(BitSet bits, int from, long length) {
    int at = from;
    if (length == 1) {
      bits.set(at++);
      return at;
    }
    if (length < 1 << SHORT_BITS) {
      bits.set(at + 1);
      return put(bits, at + 2, length, SHORT_BITS);
    }
    at += 2;
    long left = length;
    while (left >> GROUP_BITS > 0) {
      at = put(bits, at, left & ((1 << GROUP_BITS) - 1), GROUP_BITS);
      bits.set(at++);
      left >>= GROUP_BITS;
    }
    return put(bits, at, left, GROUP_BITS) + 1;
  }

  private static int put(BitSet bits, int at, long value, int count) {
    for (int bit = 0; bit < count; bit++) {
      bits.set(at + bit, (value >> bit & 1) == 1);
    }
    return at + count;
  }

  /** The runs of ones, in order. */
  static List<Range> parse(byte[] bits, long most) throws IOException {
    List<Range> ranges = new ArrayList<>();
    if (bits.length == 0) {
      return ranges;
    }
    if (bits[bits.length - 1] == 0) {
      throw new IOException("a bit field ends with zeros, which say nothing");
    }
    Bits in = new Bits(bits);
    if (in.next(VERSION_BITS) != 0) {
      throw new IOException("a bit field is of an unknown version");
    }
    boolean set = in.next(1) == 1;
    long at = 0;
    while (in.hasOne()) {
      long length = run(in);
      if (length == 0 || length > most - at) {
        throw new IOException("a bit field has a run that is empty, or leaves the sector");
      }
      if (set) {
        ranges.add(new Range(at, length));
      }
      at += length;
      set = !set;
    }
    return ranges;
  }

  /** {@code 1}: one bit; {@code 01}: a length of 4 bits; {@code 00}: one of any size. */
  private static long run(Bits in) throws IOException {
    if (in.next(1) == 1) {
      return 1;
    }
    if (in.next(1) == 1) {
      return in.next(SHORT_BITS);
    }
    long length = 0;
    for (int group = 0; group < MOST_GROUPS; group++) {
      int value = in.next(GROUP_BITS);
      length |= (long) value << (GROUP_BITS * group);
      if (in.next(1) == 0) {
        return value == 0 ? 0 : length; // a group of zeros at the end is no form of a number
      }
    }
    throw new IOException("a run of a bit field is too long");
  }

  /** Bits, the lowest of each byte first. */
  private static final class Bits {
    private final byte[] bytes;
    private long at;

    Bits(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Behind the end there are zeros: a writer leaves them out, be it within a run. */
    int next(int count) {
      int value = 0;
      for (int bit = 0; bit < count; bit++) {
        value |= one() << bit;
      }
      return value;
    }

    private int one() {
      int place = (int) (at / Byte.SIZE);
      int bit = place < bytes.length ? (bytes[place] >> (at % Byte.SIZE)) & 1 : 0;
      at++;
      return bit;
    }

    /** The last byte is not zero, so there is one unless what is left of it is. */
    boolean hasOne() {
      int last = bytes[bytes.length - 1] & 0xff;
      long left = (long) bytes.length * Byte.SIZE - at;
      return left > Byte.SIZE || (left > 0 && last >> (Byte.SIZE - left) != 0);
    }
  }
}
