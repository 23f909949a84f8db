package io.selkie.lotus.remote;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the regular files of a tar archive, one after the other; anything else in it is an error.
 *
 * <p>Lotus never closes its archives: after the last byte of the last file there is nothing,
 * neither what fills the block nor the two blocks of zeros. So an end right there is one, and an
 * end at any other place is none. Whoever reads has to know that the stream itself is whole, since
 * an archive that was cut between two files looks like one of Lotus's.
 */
final class TarReader {
  /** Bytes of an extended header; those that have a place here have a few dozen. */
  private static final int MOST_EXTENDED = 64 << 10;

  /** Zeros after the last file: writers fill up records of 20 blocks. */
  private static final int MOST_ZERO_BLOCKS = 64;

  private static final Pattern RECORD =
      Pattern.compile("([0-9]{1,5}) ([^=]+)=(.*)\n", Pattern.DOTALL);
  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,17}");

  private final InputStream in;
  private long left;
  private int padding;

  TarReader(InputStream in) {
    this.in = in;
  }

  /**
   * Goes to the next file; all of the last one has to be read before.
   *
   * @return empty at the end of the archive
   * @throws IOException if the archive is not as it must be; one line
   */
  Optional<TarHeader> next() throws IOException {
    if (left > 0) {
      throw new IllegalStateException("the last file is not read yet");
    }
    if (padding > 0 && !block(padding).isPresent()) {
      return Optional.empty();
    }
    padding = 0;
    Optional<byte[]> block = block(TarHeader.BLOCK);
    if (block.isEmpty()) {
      return Optional.empty();
    }
    if (isZero(block.get())) {
      requireEnd();
      return Optional.empty();
    }
    TarHeader header = TarHeader.decode(block.get());
    TarHeader file = header.type() == TarHeader.EXTENDED ? extended(header) : header;
    if (file.type() != TarHeader.REGULAR) {
      throw new IOException(
          "the archive has "
              + Words.quoted(file.name())
              + ", which is no plain file (type "
              + Words.quoted(String.valueOf(file.type()))
              + ")");
    }
    left = file.size();
    padding = TarHeader.padding(left);
    return Optional.of(file);
  }

  /**
   * Reads of the file.
   *
   * @return how many bytes; −1 at its end
   * @throws IOException also if the archive ends within the file
   */
  int read(byte[] buffer) throws IOException {
    if (left == 0) {
      return -1;
    }
    int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
    if (read < 0) {
      throw new IOException("the archive ends within a file: " + left + " bytes are missing");
    }
    left -= read;
    return read;
  }

  /** Empty if there is nothing more. */
  private Optional<byte[]> block(int length) throws IOException {
    byte[] block = in.readNBytes(length);
    if (block.length > 0 && block.length < length) {
      throw new IOException("the archive ends within a block");
    }
    return block.length == 0 ? Optional.empty() : Optional.of(block);
  }

  private static boolean isZero(byte[] block) {
    for (byte one : block) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  private void requireEnd() throws IOException {
    for (int blocks = 0; blocks < MOST_ZERO_BLOCKS; blocks++) {
      Optional<byte[]> block = block(TarHeader.BLOCK);
      if (block.isEmpty()) {
        return;
      }
      if (!isZero(block.get())) {
        throw new IOException("something follows the end of the archive");
      }
    }
    throw new IOException("the archive has no end");
  }

  /** A file whose size is in an extended header; nothing else there changes what is read. */
  private TarHeader extended(TarHeader header) throws IOException {
    if (header.size() > MOST_EXTENDED) {
      throw new IOException("an extended header of the archive is too large");
    }
    byte[] records = in.readNBytes((int) header.size());
    int fill = TarHeader.padding(header.size());
    if (records.length < header.size() || in.readNBytes(fill).length < fill) {
      throw new IOException("the archive ends within an extended header");
    }
    Optional<Long> size = size(new String(records, ISO_8859_1));
    byte[] block =
        block(TarHeader.BLOCK)
            .orElseThrow(() -> new IOException("the archive ends after an extended header"));
    TarHeader file = TarHeader.decode(block);
    if (file.type() == TarHeader.EXTENDED) {
      throw new IOException("the archive has two extended headers for one file");
    }
    return new TarHeader(file.name(), file.type(), size.orElse(file.size()));
  }

  private static Optional<Long> size(String records) throws IOException {
    Optional<Long> size = Optional.empty();
    String rest = records;
    while (!rest.isEmpty()) {
      int blank = Math.max(0, rest.indexOf(' '));
      String digits = rest.substring(0, blank);
      int length = digits.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(digits) : 0;
      Matcher record = RECORD.matcher(rest.substring(0, Math.min(rest.length(), length)));
      if (length == 0 || length > rest.length() || !record.matches()) {
        throw new IOException("an extended header of the archive is damaged");
      }
      String key = record.group(2);
      if (key.equals("size")) {
        if (size.isPresent() || !SIZE.matcher(record.group(3)).matches()) {
          throw new IOException(
              "a size in the archive cannot be read: " + Words.quoted(record.group(3)));
        }
        size = Optional.of(Long.parseLong(record.group(3)));
      } else if (key.equals("path") || key.equals("linkpath") || key.startsWith("GNU.")) {
        throw new IOException(
            "the archive has a file of another name or form: " + Words.quoted(key));
      }
      rest = rest.substring(length);
    }
    return size;
  }
}
