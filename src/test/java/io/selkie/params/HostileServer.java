package io.selkie.params;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server that answers each GET with the next of its behaviours, the last one for ever, and
 * then closes the connection. HEAD is refused, unless a behaviour for it is set.
 */
final class HostileServer implements AutoCloseable {
  /** Answers one request, in any way it likes. */
  @FunctionalInterface
  interface Behaviour {
    void answer(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  /** What was asked; the offset is 0 if there was no range. */
  record Request(String method, String path, long offset) {}

  final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Deque<Behaviour> behaviours = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private Behaviour head = status(405);

  HostileServer(Behaviour... behaviours) throws IOException {
    this.behaviours.addAll(Arrays.asList(behaviours));
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  HostileServer onHead(Behaviour behaviour) {
    head = behaviour;
    return this;
  }

  Gateway gateway() {
    return new Gateway(
        "http://"
            + socket.getInetAddress().getHostAddress()
            + ":"
            + socket.getLocalPort()
            + "/ipfs/");
  }

  /** The offsets of the GET requests so far. */
  List<Long> offsets() {
    return requests.stream()
        .filter(request -> request.method().equals("GET"))
        .map(Request::offset)
        .toList();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    socket.close();
    threads.shutdownNow();
  }

  /** Serves the content as it should, ranges too. */
  static Behaviour good(byte[] content) {
    return (request, out) -> {
      int offset = (int) request.offset();
      if (offset > 0 && offset >= content.length) {
        headers(out, "416 Range Not Satisfiable", "Content-Range: bytes */" + content.length);
      } else if (offset > 0) {
        headers(
            out,
            "206 Partial Content",
            "Content-Length: " + (content.length - offset),
            "Content-Range: " + range(offset, content.length - 1, content.length));
        out.write(content, offset, content.length - offset);
      } else {
        headers(out, "200 OK", "Content-Length: " + content.length);
        out.write(content);
      }
    };
  }

  /** Serves ranges of at most so many bytes. */
  static Behaviour atMost(byte[] content, int bytes) {
    return (request, out) -> {
      int offset = (int) request.offset();
      int end = Math.min(content.length, offset + bytes);
      headers(
          out,
          "206 Partial Content",
          "Content-Length: " + (end - offset),
          "Content-Range: " + range(offset, end - 1, content.length));
      out.write(content, offset, end - offset);
    };
  }

  /** Serves the content from its beginning, whatever was asked for. */
  static Behaviour withoutRanges(byte[] content) {
    return (request, out) -> {
      headers(out, "200 OK", "Content-Length: " + content.length);
      out.write(content);
    };
  }

  /** Serves the content without saying how long it is. */
  static Behaviour chunked(byte[] content) {
    return (request, out) -> {
      headers(out, "200 OK", "Transfer-Encoding: chunked");
      chunk(out, content);
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    };
  }

  /** Promises the rest of the content, sends so many bytes of it, and hangs up. */
  static Behaviour dropAfter(byte[] content, int bytes) {
    return (request, out) -> good(content).answer(request, new LimitedStream(out, bytes));
  }

  /** Sends the start of the content, then nothing more. */
  Behaviour stallAfter(byte[] content, int bytes) {
    return (request, out) -> {
      try {
        good(content).answer(request, new LimitedStream(out, bytes));
      } catch (IOException e) {
        out.flush();
      }
      closed.await();
    };
  }

  /** Takes the request and says nothing. */
  Behaviour silent() {
    return (request, out) -> closed.await();
  }

  /** Answers a range request with that header and the right bytes. */
  static Behaviour contentRange(byte[] content, String header) {
    return (request, out) -> {
      int offset = (int) request.offset();
      if (offset == 0) {
        good(content).answer(request, out);
      } else {
        headers(
            out,
            "206 Partial Content",
            "Content-Length: " + (content.length - offset),
            "Content-Range: " + header);
        out.write(content, offset, content.length - offset);
      }
    };
  }

  /** Sends bytes for ever. */
  static Behaviour endless() {
    return (request, out) -> {
      headers(out, "200 OK", "Transfer-Encoding: chunked");
      while (true) {
        chunk(out, new byte[10_000]);
      }
    };
  }

  static Behaviour status(int code, String... headers) {
    return (request, out) -> {
      List<String> all = new ArrayList<>(List.of(headers));
      all.add("Content-Length: 0");
      headers(out, code + " Status", all.toArray(String[]::new));
    };
  }

  static String range(long first, long last, long total) {
    return "bytes " + first + "-" + last + "/" + total;
  }

  private static void headers(OutputStream out, String status, String... headers)
      throws IOException {
    String text = "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers) + "\r\n";
    byte[] head = (text + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    if (out instanceof LimitedStream limited) {
      limited.unlimited(head);
    } else {
      out.write(head);
    }
  }

  private static void chunk(OutputStream out, byte[] content) throws IOException {
    String length = Integer.toHexString(content.length) + "\r\n";
    out.write(length.getBytes(StandardCharsets.US_ASCII));
    out.write(content);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        threads.execute(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      Request request = read(connection);
      requests.add(request);
      OutputStream out = connection.getOutputStream();
      behaviour(request).answer(request, out);
      out.flush();
    } catch (IOException e) {
      requests.add(new Request("BROKEN", String.valueOf(e.getMessage()), 0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Behaviour behaviour(Request request) {
    if (request.method().equals("HEAD")) {
      return head;
    }
    return behaviours.size() > 1 ? behaviours.removeFirst() : behaviours.getFirst();
  }

  private static Request read(Socket connection) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
    String first = reader.readLine();
    if (first == null) {
      throw new IOException("no request");
    }
    long offset = 0;
    for (String line = reader.readLine();
        line != null && !line.isEmpty();
        line = reader.readLine()) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("range: bytes=")) {
        offset = Long.parseLong(header.substring("range: bytes=".length()).replace("-", ""));
      }
    }
    String[] words = first.split(" ", 3);
    return new Request(words[0], words[1], offset);
  }

  /** Passes on so many bytes, then breaks. */
  private static final class LimitedStream extends OutputStream {
    private final OutputStream out;
    private int left;

    LimitedStream(OutputStream out, int left) {
      this.out = out;
      this.left = left;
    }

    void unlimited(byte[] bytes) throws IOException {
      out.write(bytes);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int now = Math.min(left, length);
      out.write(bytes, offset, now);
      out.flush();
      left -= now;
      if (now < length) {
        throw new IOException("dropped on purpose");
      }
    }
  }
}
