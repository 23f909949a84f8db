package io.selkie.lotus.streams;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A client that says what it likes, byte by byte. */
final class RawHttp implements AutoCloseable {
  private final Socket socket;

  RawHttp(URI server) throws IOException {
    socket = new Socket(server.getHost(), server.getPort());
    socket.setSoTimeout(20_000);
  }

  RawHttp send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  RawHttp head(UUID id) throws IOException {
    return send(line("HEAD", id) + "\r\n");
  }

  /** The head of a POST, and the first bytes of its body. */
  RawHttp post(UUID id, int length, String bytes) throws IOException {
    return send(line("POST", id) + "Content-Length: " + length + "\r\n\r\n" + bytes);
  }

  private static String line(String method, UUID id) {
    return method + " " + PieceStreams.BASE + id + " HTTP/1.1\r\nHost: x\r\n";
  }

  /** The head of the next answer; empty if the connection ends. */
  String answer() throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (text.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return text.toString();
  }

  /** Goes away without a word. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
