package io.selkie.selftest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between a sender and a receiver, and does to connections what networks do. */
final class MeddlingProxy implements AutoCloseable {
  private static final int BUFFER = 64;

  private final ServerSocket control;
  private final ServerSocket data;
  private final Queue<Meddling> wanted = new ConcurrentLinkedQueue<>();
  private final AtomicLong done = new AtomicLong();
  private volatile int controlTarget;
  private volatile int dataTarget;

  /** What happens to the next connection that carries so many bytes. */
  private record Meddling(boolean cut, long after) {}

  MeddlingProxy() throws IOException {
    control = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    data = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    daemon(() -> accept(control, false));
    daemon(() -> accept(data, true));
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  /** The address to send to; it stays the same whatever happens to the receiver. */
  String url() {
    return "http://127.0.0.1:" + control.getLocalPort();
  }

  String dataAddress() {
    return "127.0.0.1:" + data.getLocalPort();
  }

  /** Where the receiver is now. */
  void to(int controlPort, int dataPort) {
    controlTarget = controlPort;
    dataTarget = dataPort;
  }

  /** Cuts the next data connection that sends so many bytes. */
  void cutAfter(long bytes) {
    wanted.add(new Meddling(true, bytes));
  }

  /** Flips a bit of the byte at this place of the next data connection that sends so many. */
  void flipAt(long bytes) {
    wanted.add(new Meddling(false, bytes));
  }

  /** How many of them have happened. */
  long happened() {
    return done.get();
  }

  private void accept(ServerSocket socket, boolean meddle) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        daemon(() -> serve(client, meddle));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client, boolean meddle) {
    Socket server = new Socket();
    try {
      server.connect(
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(), meddle ? dataTarget : controlTarget));
      daemon(() -> pump(server, client, false));
      pump(client, server, meddle);
    } catch (IOException e) {
      close(client);
      close(server);
    }
  }

  private void pump(Socket from, Socket to, boolean meddle) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      long sent = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        Meddling next = meddle ? wanted.peek() : null;
        if (next != null && sent + read > next.after() && wanted.remove(next)) {
          done.incrementAndGet();
          if (next.cut()) {
            return;
          }
          buffer[(int) Math.max(0, next.after() - sent)] ^= 4;
        }
        out.write(buffer, 0, read);
        out.flush();
        sent += read;
      }
    } catch (IOException e) {
      return; // as a cable: it tells nobody
    } finally {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    control.close();
    data.close();
  }
}
