package io.selkie.lotus.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers one request for each connection, as it was told; then it closes it. */
final class Script implements AutoCloseable {
  static final String FILE =
      String.join(
          "\r\n",
          "Content-Type: application/octet-stream",
          "Last-Modified: Sat, 21 Nov 2026 08:45:32 GMT",
          "Date: Sat, 21 Nov 2026 08:45:33 GMT",
          "");
  static final String ARCHIVE = "Content-Type: application/x-tar\r\n";

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private final Thread thread;
  private final Queue<Part> parts = new ArrayDeque<>();

  @FunctionalInterface
  interface Part {
    void write(OutputStream out) throws IOException, InterruptedException;
  }

  Script(Part... parts) throws IOException {
    this.parts.addAll(List.of(parts));
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread = new Thread(this::run);
    thread.setDaemon(true);
    thread.start();
  }

  /** An answer that is there at once. */
  static Part answer(String status, String headers, byte[] body) {
    return out -> {
      String head = "HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\n\r\n";
      out.write(Tars.join(head.getBytes(StandardCharsets.US_ASCII), body));
    };
  }

  /** One chunk, with or without the last one behind it. */
  static byte[] chunks(byte[] body, boolean end) {
    return Tars.join(
        (Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII),
        body,
        "\r\n".getBytes(StandardCharsets.US_ASCII),
        (end ? "0\r\n\r\n" : "").getBytes(StandardCharsets.US_ASCII));
  }

  private void run() {
    while (true) {
      try (Socket socket = server.accept()) {
        requests.add(head(socket.getInputStream()));
        Part part = parts.poll();
        if (part != null) {
          part.write(socket.getOutputStream());
        }
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/remote");
  }

  @Override
  public void close() throws Exception {
    server.close();
    thread.interrupt();
    thread.join(10_000);
  }
}
