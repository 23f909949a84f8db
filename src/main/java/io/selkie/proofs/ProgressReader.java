package io.selkie.proofs;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the progress of a running prover from its socket until it ends. */
final class ProgressReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressReader.class);
  private static final Duration POLL = Duration.ofMillis(10);

  private final long prover;
  private final BooleanSupplier alive;
  private final ProofsProgress.Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);

  private ProgressReader(long prover, BooleanSupplier alive, ProofsProgress.Listener listener) {
    this.prover = prover;
    this.alive = alive;
    this.listener = listener;
  }

  /**
   * Begins to read.
   *
   * @param socket empty: there is none, and nothing is heard
   * @param prover its process id
   * @param alive whether it may still begin to listen
   */
  static ProgressReader start(
      Optional<Path> socket, long prover, BooleanSupplier alive, ProofsProgress.Listener listener) {
    ProgressReader reader = new ProgressReader(prover, alive, listener);
    socket.ifPresent(
        path -> {
          Thread thread = new Thread(() -> reader.run(path), "progress of prover " + prover);
          thread.setDaemon(true);
          thread.start();
        });
    return reader;
  }

  private void run(Path socket) {
    try (SocketChannel channel = connected(socket)) {
      if (channel != null) {
        read(channel);
      }
    } catch (IOException e) {
      // Progress is a comfort: the answer comes by file, whatever becomes of the socket.
      LOG.debug("no progress from prover {}: {}", prover, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Null if the prover, or this reader, ended before anything listened. */
  private @Nullable SocketChannel connected(Path socket) throws IOException, InterruptedException {
    // The prover makes the socket in its first milliseconds, and listens a moment later.
    while (!closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS) && alive.getAsBoolean()) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
      } catch (IOException e) {
        // There is no such file yet, or nobody listens yet: its type differs, its meaning does not.
        channel.close();
      }
    }
    return null;
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
