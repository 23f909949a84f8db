package io.selkie.transfer;

import io.selkie.auth.TlsIdentity;
import io.selkie.auth.TlsTrouble;
import io.selkie.failpoints.FailPoints;
import io.selkie.transfer.PeerConnection.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;

/**
 * Sends chunks over some connections at once. Of each the sum is taken first; then the kernel sends
 * it out of its page cache.
 */
final class ChunkSender {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int BUFFER = 256 << 10;
  private static final int STEP = 4 << 20;
  private static final int ANSWER = 64 << 10;
  private static final long POLL_MILLIS = 20;

  private final String place;
  private final InetSocketAddress address;
  private final PeerConnection.Token token;
  private final Optional<TlsIdentity> tls;
  private final RateLimit rate;
  private final Duration patience;

  /**
   * A sender.
   *
   * @param place as the operator knows the peer
   * @param address of its data connections
   * @param token asked for each chunk, since some count for minutes
   * @param tls who this host is to it; empty: in the clear
   * @param patience with a silent peer
   */
  ChunkSender(
      String place,
      InetSocketAddress address,
      PeerConnection.Token token,
      Optional<TlsIdentity> tls,
      RateLimit rate,
      Duration patience) {
    this.place = place;
    this.address = address;
    this.token = token;
    this.tls = tls;
    this.rate = rate;
    this.patience = patience;
  }

  /** A chunk that is to be sent. */
  private record Task(int file, int chunk) {}

  /** What is missing is sent once; the first trouble ends all. */
  void send(
      Offer offer,
      List<Path> sources,
      List<List<ChunkMap.Range>> missing,
      int connections,
      Control control)
      throws IOException, TransferTrouble, Control.Held {
    Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    for (int file = 0; file < missing.size(); file++) {
      for (ChunkMap.Range range : missing.get(file)) {
        for (int chunk = range.from(); chunk <= range.to(); chunk++) {
          tasks.add(new Task(file, chunk));
        }
      }
    }
    int wanted = Math.min(connections, tasks.size());
    List<FileChannel> files = new ArrayList<>();
    List<Lane> lanes = new ArrayList<>();
    AtomicReference<Throwable> trouble = new AtomicReference<>();
    try {
      for (Path source : sources) {
        files.add(FileChannel.open(source, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
      }
      for (int i = 0; i < wanted; i++) {
        Lane lane = new Lane(offer, files, tasks, trouble, control);
        lanes.add(lane);
        lane.thread.start();
      }
      watch(lanes, trouble, control);
    } finally {
      for (Lane lane : lanes) {
        lane.close();
      }
      join(lanes);
      for (FileChannel file : files) {
        file.close();
      }
    }
    rethrow(trouble.get());
  }

  /** Until all have ended, one has trouble, or the transfer is to hold. */
  private void watch(List<Lane> lanes, AtomicReference<Throwable> trouble, Control control)
      throws TransferTrouble, Control.Held {
    while (trouble.get() == null) {
      control.check();
      boolean alive = false;
      for (Lane lane : lanes) {
        alive |= lane.thread.isAlive();
        if (lane.isSilent(patience)) {
          throw TransferTrouble.passing("unreachable", place + " does not take any more");
        }
      }
      if (!alive) {
        return;
      }
      try {
        for (Lane lane : lanes) {
          lane.thread.join(POLL_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Control.Held();
      }
    }
  }

  private static void join(List<Lane> lanes) {
    boolean interrupted = false;
    for (Lane lane : lanes) {
      while (lane.thread.isAlive()) {
        try {
          lane.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void rethrow(@org.jspecify.annotations.Nullable Throwable trouble)
      throws TransferTrouble, Control.Held {
    if (trouble instanceof TransferTrouble known) {
      throw known;
    }
    if (trouble instanceof Control.Held held) {
      throw held;
    }
    if (trouble != null) {
      throw TransferTrouble.passing(
          "unreachable",
          TlsTrouble.line(place, trouble).orElse(place + " cannot be reached: " + trouble));
    }
  }

  /** A connection and its thread. */
  private final class Lane {
    private final Offer offer;
    private final List<FileChannel> files;
    private final Queue<Task> tasks;
    private final AtomicReference<Throwable> trouble;
    private final Control control;
    private final Thread thread;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer answers = ByteBuffer.allocate(ANSWER).flip();
    private volatile Optional<SocketChannel> socket = Optional.empty();
    private Optional<DataChannel> channel = Optional.empty();
    private volatile boolean closed;
    private volatile boolean talking;
    private volatile long lastByte;

    Lane(
        Offer offer,
        List<FileChannel> files,
        Queue<Task> tasks,
        AtomicReference<Throwable> trouble,
        Control control) {
      this.offer = offer;
      this.files = files;
      this.tasks = tasks;
      this.trouble = trouble;
      this.control = control;
      this.thread = new Thread(this::run, "selkie-transfer-send");
      this.thread.setDaemon(true);
    }

    boolean isSilent(Duration patience) {
      return talking && System.nanoTime() - lastByte > patience.toNanos();
    }

    /** Ends what the thread does on the network. */
    void close() {
      closed = true;
      socket.ifPresent(
          open -> {
            try {
              open.close();
            } catch (IOException e) {
              trouble.compareAndSet(null, e);
            }
          });
    }

    private void run() {
      try {
        for (Task task = tasks.poll();
            task != null && trouble.get() == null && !closed;
            task = tasks.poll()) {
          rate.await(offer.length(task.file(), task.chunk()), control);
          control.check();
          send(task, files.get(task.file()));
          control.add(offer.length(task.file(), task.chunk()));
          FailPoints.hit("Transfer.after-chunk", offer.sector());
        }
      } catch (IOException | TransferTrouble | Control.Held | RuntimeException e) {
        trouble.compareAndSet(null, e);
      }
    }

    private void send(Task task, FileChannel file) throws IOException, TransferTrouble {
      long at = offer.offset(task.chunk());
      int length = offer.length(task.file(), task.chunk());
      int sum = sum(file, at, length, task);
      DataChannel open = open();
      talking = true;
      lastByte = System.nanoTime();
      DataHead.write(
          open,
          "PUT "
              + TransferServer.BASE
              + "/sectors/"
              + offer.sector()
              + "/"
              + offer.id()
              + "/"
              + task.file()
              + "/"
              + task.chunk()
              + " HTTP/1.1\r\nAuthorization: Bearer "
              + token.text()
              + "\r\n"
              + TransferServer.SUM
              + ": "
              + ChunkMap.hex(sum)
              + "\r\nContent-Length: "
              + length
              + "\r\n\r\n");
      for (long sent = 0; sent < length; ) {
        long step = open.send(file, at + sent, Math.min(STEP, length - sent));
        if (step <= 0) {
          throw shorter(task);
        }
        sent += step;
        lastByte = System.nanoTime();
      }
      Answer answer = answer(open);
      talking = false;
      if (!answer.isGood()) {
        throw answer.chunkTrouble(place);
      }
    }

    private int sum(FileChannel file, long at, int length, Task task)
        throws IOException, TransferTrouble {
      CRC32C sum = new CRC32C();
      for (int done = 0; done < length; ) {
        buffer.clear().limit(Math.min(BUFFER, length - done));
        int read = file.read(buffer, at + done);
        if (read < 0) {
          throw shorter(task);
        }
        sum.update(buffer.flip());
        done += read;
      }
      return (int) sum.getValue();
    }

    private TransferTrouble shorter(Task task) {
      return TransferTrouble.lasting(
          "damaged", offer.files().get(task.file()).name() + " is shorter than it was");
    }

    private DataChannel open() throws IOException {
      if (channel.isPresent()) {
        return channel.get();
      }
      SocketChannel fresh = SocketChannel.open();
      socket = Optional.of(fresh);
      if (closed) {
        fresh.close();
      }
      try {
        fresh.socket().connect(address, (int) CONNECT.toMillis());
      } catch (SocketTimeoutException e) {
        throw new IOException("no connection to " + address + " within " + CONNECT, e);
      }
      fresh.setOption(StandardSocketOptions.TCP_NODELAY, true);
      DataChannel made =
          tls.isPresent()
              ? TlsChannel.client(fresh, tls.get(), address.getHostString(), CONNECT)
              : new PlainChannel(fresh);
      channel = Optional.of(made);
      return made;
    }

    private Answer answer(DataChannel open) throws IOException {
      DataHead head =
          DataHead.read(open, answers).orElseThrow(() -> new IOException("the connection ended"));
      String[] status = head.first().split(" ", 3);
      long length = head.length();
      if (status.length < 2 || !status[1].matches("[0-9]{3}") || length > ANSWER / 2) {
        throw new IOException("the peer does not speak this protocol");
      }
      while (answers.remaining() < length) {
        answers.compact();
        int read = open.read(answers);
        answers.flip();
        if (read < 0) {
          throw new IOException("the connection was cut");
        }
      }
      byte[] body = new byte[(int) length];
      answers.get(body);
      return new Answer(Integer.parseInt(status[1]), new String(body, StandardCharsets.UTF_8));
    }
  }
}
