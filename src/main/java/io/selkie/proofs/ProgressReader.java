package io.selkie.proofs;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the progress of a running prover from its socket until it ends. */
final class ProgressReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressReader.class);
  private static final Duration POLL = Duration.ofMillis(10);

  private final Path socket;
  private final Process process;
  private final ProofsProgress.Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);

  private ProgressReader(Path socket, Process process, ProofsProgress.Listener listener) {
    this.socket = socket;
    this.process = process;
    this.listener = listener;
  }

  static ProgressReader start(Path socket, Process process, ProofsProgress.Listener listener) {
    ProgressReader reader = new ProgressReader(socket, process, listener);
    Thread thread = new Thread(reader::run, "progress of prover " + process.pid());
    thread.setDaemon(true);
    thread.start();
    return reader;
  }

  private void run() {
    // The prover makes the socket in its first milliseconds, and listens a moment later.
    try {
      while (!closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS) && process.isAlive()) {
        if (Files.exists(socket) && isRead()) {
          return;
        }
      }
    } catch (IOException e) {
      // Progress is a comfort: the answer comes by file, whatever becomes of the socket.
      LOG.debug("no progress from prover {}: {}", process.pid(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** False if nobody listens yet. */
  private boolean isRead() throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      read(channel);
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  private void read(SocketChannel channel) throws IOException {
    BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (closed.getCount() == 0) {
        return;
      }
      listener.onProgress(JsonProofs.JSON.readValue(line, ProofsProgress.class));
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
