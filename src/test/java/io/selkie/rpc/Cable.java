package io.selkie.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections to a server that can be cut. */
final class Cable implements AutoCloseable {
  private final ServerSocket entry;
  private final URI server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> ends = ConcurrentHashMap.newKeySet();

  /** How many connections were made. */
  final AtomicInteger connections = new AtomicInteger();

  private volatile boolean refuses;

  Cable(URI server) throws IOException {
    this.server = server;
    this.entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  URI address() {
    return URI.create("ws://127.0.0.1:" + entry.getLocalPort() + server.getPath());
  }

  private void accept() {
    try {
      while (!entry.isClosed()) {
        Socket near = entry.accept();
        connections.incrementAndGet();
        if (refuses) {
          near.close();
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
        ends.add(near);
        ends.add(far);
        threads.execute(() -> pump(near, far));
        threads.execute(() -> pump(far, near));
      }
    } catch (IOException e) {
      threads.shutdown();
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // Cut: what the test is about.
      return;
    }
  }

  /** From now on, no connection is made. */
  void refuse(boolean refused) {
    refuses = refused;
  }

  /** Ends those that there are without a word. */
  void cut() {
    for (Socket end : Set.copyOf(ends)) {
      ends.remove(end);
      reset(end);
    }
  }

  private static void reset(Socket end) {
    try (end) {
      end.setSoLinger(true, 0);
    } catch (IOException e) {
      // It had ended before.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    entry.close();
    cut();
    threads.shutdownNow();
  }
}
