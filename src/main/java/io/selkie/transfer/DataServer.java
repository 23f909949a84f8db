package io.selkie.transfer;

import akka.http.javadsl.model.StatusCodes;
import io.selkie.auth.Tickets;
import io.selkie.auth.TlsIdentity;
import io.selkie.auth.TlsTrouble;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes chunks in. Each connection has a thread and one large buffer: what comes is summed and
 * written from it. (Through Akka HTTP the same was half as fast as nginx; see
 * docs/measurements.md.)
 */
final class DataServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataServer.class);
  private static final int BUFFER = 256 << 10;
  private static final int MOST_CHUNK = 64 << 20;
  private static final Pattern REQUEST =
      Pattern.compile(
          "PUT "
              + TransferServer.BASE
              + "/sectors/([^/ ]{1,64})/([0-9a-f]{32})/(0|[1-9][0-9]{0,3})/(0|[1-9][0-9]{0,8})"
              + " HTTP/1\\.1");
  private static final Pattern CRC32C = Pattern.compile("[0-9a-f]{8}");

  private final ServerSocketChannel listener;
  private final Receiver receiver;
  private final Gate gate;
  private final Optional<TlsIdentity> tls;
  private final Duration patience;
  private final int most;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "selkie-transfer-watch"));

  private DataServer(
      ServerSocketChannel listener,
      Receiver receiver,
      Gate gate,
      Optional<TlsIdentity> tls,
      Duration patience,
      int most) {
    this.listener = listener;
    this.receiver = receiver;
    this.gate = gate;
    this.tls = tls;
    this.patience = patience;
    this.most = most;
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Opens the port.
   *
   * @param tls who this host is to senders, which show who they are; empty: in the clear
   * @param patience after which a silent connection is closed
   * @param most how many connections there may be
   */
  static DataServer start(
      InetSocketAddress address,
      Receiver receiver,
      Gate gate,
      Optional<TlsIdentity> tls,
      Duration patience,
      int most)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(address);
    } catch (IOException e) {
      listener.close();
      throw new IOException(
          "cannot listen on "
              + address.getHostString()
              + " port "
              + address.getPort()
              + ": change selkie.transfer.host or selkie.transfer.data-port, or end who has it",
          e);
    }
    DataServer server = new DataServer(listener, receiver, gate, tls, patience, most);
    daemon(server::accept, "selkie-transfer-accept").start();
    long often = Math.max(1, patience.toMillis() / 4);
    var unused =
        server.watch.scheduleAtFixedRate(server::closeSilent, often, often, TimeUnit.MILLISECONDS);
    return server;
  }

  int port() throws IOException {
    return ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel socket = listener.accept();
        if (connections.size() >= most) {
          socket.close();
          continue;
        }
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Connection connection = new Connection(socket);
        connections.add(connection);
        daemon(connection::serve, "selkie-transfer-receive").start();
      } catch (IOException e) {
        if (listener.isOpen()) {
          LOG.warn("cannot take a transfer connection: {}", e.toString());
        }
      }
    }
  }

  private void closeSilent() {
    long now = System.nanoTime();
    connections.stream()
        .filter(connection -> now - connection.lastByte > patience.toNanos())
        .forEach(Connection::close);
  }

  @Override
  public void close() {
    watch.shutdownNow();
    try {
      listener.close();
    } catch (IOException e) {
      LOG.warn("cannot close the transfer port: {}", e.toString());
    }
    connections.forEach(Connection::close);
  }

  private final class Connection {
    private final SocketChannel socket;
    private DataChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).flip();
    private volatile long lastByte = System.nanoTime();

    Connection(SocketChannel socket) {
      this.socket = socket;
      this.channel = new PlainChannel(socket);
    }

    void serve() {
      try (socket) {
        if (tls.isPresent()) {
          channel = TlsChannel.server(socket, tls.get(), patience);
        }
        for (Optional<DataHead> head = DataHead.read(channel, buffer);
            head.isPresent() && answer(head.get());
            head = DataHead.read(channel, buffer)) {
          lastByte = System.nanoTime();
        }
      } catch (SSLException e) {
        String peer = String.valueOf(socket.socket().getRemoteSocketAddress());
        LOG.info(
            "a transfer connection was refused: {}",
            TlsTrouble.line(peer, e).orElse(peer + ": " + e.getMessage()));
      } catch (IOException e) {
        LOG.debug("a transfer connection ended: {}", e.toString());
      } finally {
        connections.remove(this);
      }
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.debug("cannot close a transfer connection", e);
      }
    }

    /** Gives whether the connection may go on. */
    private boolean answer(DataHead head) throws IOException {
      Matcher request = REQUEST.matcher(head.first());
      String sum = head.field(TransferServer.SUM).orElse("");
      long length = head.length();
      if (!request.matches() || !CRC32C.matcher(sum).matches() || length > MOST_CHUNK) {
        refuse("400 Bad Request", "invalid", "the request is no chunk");
        return false;
      }
      Gate.Answer admitted = admit(head, request.group(1));
      if (admitted instanceof Gate.Refused refusal) {
        refuse(refusal.status().toString(), refusal.code(), refusal.reason());
        return false;
      }
      long left = length;
      try {
        left = receive((Gate.Pass) admitted, request, Integer.parseUnsignedInt(sum, 16), length);
        DataHead.write(channel, "HTTP/1.1 204 No Content\r\n\r\n");
        return true;
      } catch (TransferTrouble e) {
        drain(length - taken);
        refuse(
            TransferServer.status(e.failure().code()).toString(),
            e.failure().code(),
            e.failure().message());
        return true;
      } catch (IllegalArgumentException e) {
        refuse("400 Bad Request", "invalid", String.valueOf(e.getMessage()));
        return left == 0;
      }
    }

    private Gate.Answer admit(DataHead head, String sector) {
      Gate.Answer answer = gate.admit(head.field("Authorization"));
      if (!(answer instanceof Gate.Pass pass)) {
        return answer;
      }
      try {
        Optional<String> objection = pass.objection(SectorId.parse(sector), Tickets.Use.BRING);
        objection.ifPresent(
            why -> LOG.warn("{} was refused for {}: {}", pass.caller(), sector, why));
        return objection.<Gate.Answer>map(Gate.Refused::forbidden).orElse(pass);
      } catch (IllegalArgumentException e) {
        return new Gate.Refused(StatusCodes.BAD_REQUEST, "invalid", String.valueOf(e.getMessage()));
      }
    }

    /** Bytes of the present body that were taken off the connection. */
    private long taken;

    private long receive(Gate.Pass pass, Matcher request, int sum, long length)
        throws IOException, TransferTrouble {
      taken = 0;
      Optional<Arrival.Chunk> begun =
          receiver
              .arrival(SectorId.parse(request.group(1)), request.group(2), pass.movingOnly())
              .begin(Integer.parseInt(request.group(3)), Integer.parseInt(request.group(4)), sum);
      if (begun.isEmpty()) {
        drain(length);
        return 0;
      }
      Arrival.Chunk chunk = begun.get();
      try {
        while (taken < length) {
          ByteBuffer piece = next(length - taken);
          taken += piece.remaining();
          try {
            chunk.write(piece);
          } catch (IOException e) {
            throw TransferTrouble.of(e);
          }
        }
        chunk.finish();
        return 0;
      } finally {
        chunk.close();
      }
    }

    /** The next bytes of the body, at most so many. */
    private ByteBuffer next(long most) throws IOException {
      if (!buffer.hasRemaining()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), most));
        int read = channel.read(buffer);
        buffer.flip();
        lastByte = System.nanoTime();
        if (read < 0) {
          throw new IOException("the connection was cut");
        }
      }
      int length = (int) Math.min(buffer.remaining(), most);
      ByteBuffer piece = buffer.slice(buffer.position(), length);
      buffer.position(buffer.position() + length);
      return piece;
    }

    /** The rest of a body is of no use, but the sender hears of nothing before it is sent. */
    private void drain(long left) throws IOException {
      for (long more = left; more > 0; ) {
        more -= next(more).remaining();
      }
    }

    private void refuse(String status, String code, String message) throws IOException {
      String body = TransferServer.body(code, message);
      DataHead.write(
          channel,
          "HTTP/1.1 "
              + status
              + "\r\nContent-Type: application/json\r\nContent-Length: "
              + body.getBytes(StandardCharsets.UTF_8).length
              + "\r\n\r\n"
              + body);
    }
  }
}
