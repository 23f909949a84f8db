package io.selkie.lotus.remote;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The header of an entry in a tar archive (POSIX.1-2001, pax), as Go's archive/tar writes and reads
 * it: ustar, with an extended header before it where the size has more than 11 octal digits.
 *
 * @param name as it is in the archive, whatever it is; a prefix of ustar is a part of it
 * @param type the type flag, {@code '0'} for a regular file
 * @param size bytes of the data that follow
 */
record TarHeader(String name, char type, long size) {
  /** Bytes of a block, of which everything in an archive has whole ones. */
  static final int BLOCK = 512;

  static final char REGULAR = '0';
  static final char EXTENDED = 'x';

  /** What 11 octal digits can say. */
  private static final long MOST_OCTAL = 0_77777777777L;

  private static final Pattern SENDABLE = Pattern.compile("[A-Za-z0-9._-]{1,80}");
  private static final String MODE = "0000644";
  private static final String NOBODY = "0000000";
  private static final int NAME_BYTES = 100;
  private static final int UID_AT = 108;
  private static final int GID_AT = 116;
  private static final int SIZE_AT = 124;
  private static final int NUMBER_BYTES = 12;
  private static final int MODIFIED_AT = 136;
  private static final int SUM_AT = 148;
  private static final int SUM_BYTES = 8;
  private static final int TYPE_AT = 156;
  private static final int MAGIC_AT = 257;
  private static final int MAJOR_AT = 329;
  private static final int MINOR_AT = 337;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX_BYTES = 155;
  private static final String USTAR = "ustar\00000";
  private static final String GNU = "ustar  \0";
  private static final int BASE_256 = 0x80;
  private static final int BYTE = 0xff;

  /**
   * The blocks before the data of a regular file.
   *
   * @param modified seconds since 1970
   * @throws IOException if it cannot have this name
   */
  static byte[] encode(String name, long size, long modified) throws IOException {
    if (!SENDABLE.matcher(name).matches()) {
      throw new IOException("a file of a name that cannot be sent: " + Words.quoted(name));
    }
    if (size <= MOST_OCTAL) {
      return block(name, REGULAR, size, modified);
    }
    byte[] record = record("size", Long.toString(size));
    byte[] blocks =
        Arrays.copyOf(block("PaxHeaders.0/" + name, EXTENDED, record.length, 0), 3 * BLOCK);
    System.arraycopy(record, 0, blocks, BLOCK, record.length);
    System.arraycopy(block(name, REGULAR, 0, modified), 0, blocks, 2 * BLOCK, BLOCK);
    return blocks;
  }

  /** {@code 20 size=8589934592\n}: the number is the length of all of it. */
  private static byte[] record(String key, String value) {
    String rest = " " + key + "=" + value + "\n";
    int length = rest.length() + 1;
    while (Integer.toString(length).length() + rest.length() != length) {
      length++;
    }
    return (length + rest).getBytes(US_ASCII);
  }

  private static byte[] block(String name, char type, long size, long modified) {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    put(block, NAME_BYTES, MODE);
    put(block, UID_AT, NOBODY);
    put(block, GID_AT, NOBODY);
    put(block, SIZE_AT, octal(size));
    put(block, MODIFIED_AT, octal(Math.max(0, Math.min(MOST_OCTAL, modified))));
    block[TYPE_AT] = (byte) type;
    put(block, MAGIC_AT, USTAR);
    put(block, MAJOR_AT, NOBODY);
    put(block, MINOR_AT, NOBODY);
    put(block, SUM_AT, "%06o\0 ".formatted(sum(block)));
    return block;
  }

  private static String octal(long number) {
    return "%011o".formatted(number);
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  /** Of all bytes, those of the sum itself taken for blanks. */
  private static int sum(byte[] block) {
    int sum = 0;
    for (int at = 0; at < BLOCK; at++) {
      boolean own = at >= SUM_AT && at < SUM_AT + SUM_BYTES;
      sum += own ? ' ' : block[at] & BYTE;
    }
    return sum;
  }

  /** Zeros that fill the last block of so many bytes. */
  static int padding(long size) {
    return (int) (-size & (BLOCK - 1));
  }

  /**
   * Reads a block.
   *
   * @throws IOException if it is no header; one line
   */
  static TarHeader decode(byte[] block) throws IOException {
    String magic = new String(block, MAGIC_AT, USTAR.length(), ISO_8859_1);
    if (!magic.equals(USTAR) && !magic.equals(GNU)) {
      throw new IOException("it is no tar archive, or damaged");
    }
    if (number(block, SUM_AT, SUM_BYTES) != sum(block)) {
      throw new IOException("a header of the archive is damaged: its checksum is wrong");
    }
    String name = text(block, 0, NAME_BYTES);
    String prefix = magic.equals(USTAR) ? text(block, PREFIX_AT, PREFIX_BYTES) : "";
    char type = block[TYPE_AT] == 0 ? REGULAR : (char) (block[TYPE_AT] & BYTE);
    long size = number(block, SIZE_AT, NUMBER_BYTES);
    return new TarHeader(prefix.isEmpty() ? name : prefix + "/" + name, type, size);
  }

  private static String text(byte[] block, int at, int most) {
    int end = at;
    while (end < at + most && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, ISO_8859_1);
  }

  private static long number(byte[] block, int at, int length) throws IOException {
    return (block[at] & BASE_256) == 0 ? octal(block, at, length) : base256(block, at, length);
  }

  private static long octal(byte[] block, int at, int length) throws IOException {
    String digits = text(block, at, length).strip();
    try {
      if (digits.isEmpty() || digits.charAt(0) == '-' || digits.charAt(0) == '+') {
        throw new NumberFormatException(digits);
      }
      return Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("a number in the archive cannot be read: " + Words.quoted(digits), e);
    }
  }

  /** GNU's form for large numbers: big-endian, two's complement, below a set top bit. */
  private static long base256(byte[] block, int at, int length) throws IOException {
    boolean negative = (block[at] & 0x40) != 0;
    long value = block[at] & 0x3f;
    for (int next = at + 1; next < at + length; next++) {
      if (negative || value > Long.MAX_VALUE >> 8) {
        throw new IOException("a number in the archive is negative, or larger than any file");
      }
      value = (value << 8) | (block[next] & BYTE);
    }
    return value;
  }
}
