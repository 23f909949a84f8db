package io.selkie.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeCallsTest {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{\"up\": true}";

  @TempDir Path state;
  private final AtomicInteger calls = new AtomicInteger();

  /** A node that resets so many connections before it answers one. */
  private ServerSocket node(int resets) throws IOException {
    ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Files.writeString(state.resolve("api"), "http://127.0.0.1:" + socket.getLocalPort());
    Thread server = new Thread(() -> serve(socket, resets), "resetting-node");
    server.setDaemon(true);
    server.start();
    return socket;
  }

  private void serve(ServerSocket socket, int resets) {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        byte[] head = new byte[16];
        if (client.getInputStream().read(head) > 0 && calls.incrementAndGet() > resets) {
          client.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
          client.getOutputStream().flush();
        } else {
          client.setSoLinger(true, 0);
        }
      } catch (IOException e) {
        return;
      }
    }
  }

  @Test
  void whatIsOnlyAskedForIsAskedAgainWhenAConnectionIsReset() throws Exception {
    try (ServerSocket node = node(2)) {
      assertEquals(true, NodeCalls.to(state).get("/x").path("up").asBoolean(), node.toString());
    }
    assertEquals(3, calls.get());
  }

  @Test
  void aNodeThatNeverAnswersIsOneLine() throws Exception {
    try (ServerSocket node = node(100)) {
      IOException trouble = assertThrows(IOException.class, () -> NodeCalls.to(state).get("/x"));
      assertEquals(
          true, trouble.getMessage().startsWith("the node does not answer /x"), node::toString);
    }
  }
}
