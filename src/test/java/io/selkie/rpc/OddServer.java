package io.selkie.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** Opens WebSockets as it should, and then answers what it likes, or nothing. */
final class OddServer implements AutoCloseable {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int PING = 0x89;

  private final ServerSocket entry;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final UnaryOperator<String> answers;

  /** Completes when a client has sent a ping. */
  final CompletableFuture<String> pinged = new CompletableFuture<>();

  /**
   * A server.
   *
   * @param answers what it sends after the opening; empty: nothing
   */
  OddServer(UnaryOperator<String> answers) throws IOException {
    this.answers = answers;
    this.entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  URI address() {
    return URI.create("ws://127.0.0.1:" + entry.getLocalPort() + "/rpc/v0");
  }

  private void accept() {
    try {
      while (!entry.isClosed()) {
        Socket client = entry.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      threads.shutdown();
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        head.append((char) next);
      }
      String key = head.toString().replaceAll("(?is).*sec-websocket-key: *(\\S+).*", "$1");
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
      String opening =
          String.join(
              "\r\n",
              "HTTP/1.1 101 Switching Protocols",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest),
              "",
              "");
      send(client, opening.getBytes(StandardCharsets.US_ASCII));
      int first = in.read();
      while (first >= 0) {
        if (first == PING) {
          pinged.complete("ping");
        }
        in.readNBytes((in.read() & 0x7f) + 4);
        byte[] text = answers.apply("").getBytes(StandardCharsets.UTF_8);
        if (text.length > 0) {
          send(client, new byte[] {(byte) 0x81, (byte) text.length});
          send(client, text);
        }
        first = in.read();
      }
    } catch (IOException | NoSuchAlgorithmException e) {
      pinged.completeExceptionally(e);
    }
  }

  private static void send(Socket client, byte[] bytes) throws IOException {
    client.getOutputStream().write(bytes);
    client.getOutputStream().flush();
  }

  @Override
  public void close() throws IOException {
    entry.close();
    threads.shutdownNow();
  }
}
