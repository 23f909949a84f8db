package io.selkie.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of a request or an answer on a data connection: the little of HTTP/1.1 that it takes to
 * send chunks one after the other. Bodies have a Content-Length; nothing else is spoken.
 *
 * @param first the request line or the status line
 * @param fields by their names in lower case; one that comes twice is an error
 */
record DataHead(String first, Map<String, String> fields) {
  /** A head that is longer is refused. */
  static final int MOST = 16 << 10;

  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  /** The fields are copied. */
  DataHead {
    fields = Map.copyOf(fields);
  }

  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)));
  }

  /** How long the body is; 0 where nothing is said. */
  long length() throws IOException {
    String text = field("Content-Length").orElse("0");
    if (!text.matches("0|[1-9][0-9]{0,11}")) {
      throw new IOException("the peer speaks of a body of no length");
    }
    return Long.parseLong(text);
  }

  /**
   * Reads the next head.
   *
   * @param buffer what was read and not used yet, to be read from; afterwards the body's beginning
   * @return empty if the connection ended before it began
   */
  static Optional<DataHead> read(DataChannel socket, ByteBuffer buffer) throws IOException {
    int searched = 0;
    while (true) {
      int end = find(buffer, searched);
      if (end >= 0) {
        byte[] text = new byte[end];
        buffer.get(text);
        buffer.position(buffer.position() + END.length);
        return Optional.of(parse(new String(text, StandardCharsets.US_ASCII)));
      }
      if (buffer.remaining() > MOST) {
        throw new IOException("the peer does not speak this protocol");
      }
      searched = Math.max(0, buffer.remaining() - END.length + 1);
      buffer.compact();
      int read = socket.read(buffer);
      buffer.flip();
      if (read < 0) {
        if (buffer.hasRemaining()) {
          throw new IOException("the connection was cut");
        }
        return Optional.empty();
      }
    }
  }

  /** How many bytes are before the end of the head. */
  private static int find(ByteBuffer buffer, int from) {
    int most = Math.min(buffer.remaining(), MOST) - END.length;
    for (int at = from; at <= most; at++) {
      boolean found = true;
      for (int i = 0; i < END.length && found; i++) {
        found = buffer.get(buffer.position() + at + i) == END[i];
      }
      if (found) {
        return at;
      }
    }
    return -1;
  }

  private static DataHead parse(String text) throws IOException {
    String[] lines = text.split("\r\n", -1);
    Map<String, String> fields = new HashMap<>();
    for (int line = 1; line < lines.length; line++) {
      int colon = lines[line].indexOf(':');
      if (colon < 1
          || fields.put(
                  lines[line].substring(0, colon).toLowerCase(Locale.ROOT),
                  lines[line].substring(colon + 1).strip())
              != null) {
        throw new IOException("the peer does not speak this protocol");
      }
    }
    return new DataHead(lines[0], fields);
  }

  /** Writes all of it. */
  static void write(DataChannel socket, String text) throws IOException {
    socket.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
