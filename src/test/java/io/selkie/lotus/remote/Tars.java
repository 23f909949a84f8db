package io.selkie.lotus.remote;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** Archives by the byte, those included that no writer makes. */
final class Tars {
  private Tars() {}

  /** A header whose fields can be bent; its sum is right unless a test breaks it afterwards. */
  static final class Header {
    private final byte[] block;

    Header(String name, char type, long size) {
      block = new byte[TarHeader.BLOCK];
      text(0, name)
          .text(100, "0000644")
          .text(124, "%011o".formatted(size))
          .text(257, "ustar\00000");
      block[156] = (byte) type;
      sum();
    }

    Header text(int at, String text) {
      byte[] bytes = text.getBytes(ISO_8859_1);
      System.arraycopy(bytes, 0, block, at, bytes.length);
      return sum();
    }

    Header fill(int at, int length, int value) {
      Arrays.fill(block, at, at + length, (byte) value);
      return sum();
    }

    private Header sum() {
      Arrays.fill(block, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte one : block) {
        sum += one & 0xff;
      }
      byte[] digits = "%06o\0 ".formatted(sum).getBytes(US_ASCII);
      System.arraycopy(digits, 0, block, 148, digits.length);
      return this;
    }

    byte[] bytes() {
      return block.clone();
    }
  }

  static byte[] header(String name, char type, long size) {
    return new Header(name, type, size).bytes();
  }

  static byte[] file(String name, int size) {
    return join(header(name, '0', size), data(size), zeros(TarHeader.padding(size)));
  }

  /** A regular file behind an extended header. */
  static byte[] extended(String records, byte[] file) {
    byte[] bytes = records.getBytes(ISO_8859_1);
    return join(
        header("PaxHeaders.0/it", 'x', bytes.length),
        bytes,
        zeros(TarHeader.padding(bytes.length)),
        file);
  }

  static byte[] data(int size) {
    byte[] data = new byte[size];
    for (int at = 0; at < size; at++) {
      data[at] = (byte) (at * 31 + size);
    }
    return data;
  }

  static byte[] zeros(int count) {
    return new byte[count];
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** Something and then zeros for ever. */
  static InputStream endless(byte[] head) {
    return new InputStream() {
      private final InputStream in = new ByteArrayInputStream(head);

      @Override
      public int read() throws IOException {
        return Math.max(0, in.read());
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int read = in.read(into, offset, length);
        if (read > 0) {
          return read;
        }
        Arrays.fill(into, offset, offset + length, (byte) 0);
        return length;
      }
    };
  }
}
