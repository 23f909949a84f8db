package io.selkie.transfer;

import io.selkie.auth.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/** With TLS, where both ends show certificates of the farm. */
final class TlsChannel implements DataChannel {
  private static final int PIECE = 256 << 10;

  private final SocketChannel below;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] piece = new byte[PIECE];

  private TlsChannel(SocketChannel below, SSLSocket socket) throws IOException {
    this.below = below;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  /**
   * The end that was called.
   *
   * @param patience with the other's handshake
   */
  static TlsChannel server(SocketChannel open, TlsIdentity identity, Duration patience)
      throws IOException {
    return greeted(open, identity.server(open.socket()), patience);
  }

  /**
   * The end that calls.
   *
   * @param host as which the other end is known
   * @param patience with its handshake
   */
  static TlsChannel client(SocketChannel open, TlsIdentity identity, String host, Duration patience)
      throws IOException {
    return greeted(open, identity.client(open.socket(), host), patience);
  }

  private static TlsChannel greeted(SocketChannel open, SSLSocket socket, Duration patience)
      throws IOException {
    open.socket().setSoTimeout(Math.toIntExact(patience.toMillis()));
    try {
      socket.startHandshake();
    } catch (SocketTimeoutException e) {
      throw new IOException("no handshake of TLS within " + patience, e);
    }
    open.socket().setSoTimeout(0);
    return new TlsChannel(open, socket);
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int read = in.read(piece, 0, Math.min(piece.length, into.remaining()));
    if (read > 0) {
      into.put(piece, 0, read);
    }
    return read;
  }

  @Override
  public void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      int length = Math.min(piece.length, from.remaining());
      from.get(piece, 0, length);
      out.write(piece, 0, length);
    }
  }

  @Override
  public long send(FileChannel file, long at, long most) throws IOException {
    int read = file.read(ByteBuffer.wrap(piece, 0, (int) Math.min(piece.length, most)), at);
    if (read > 0) {
      out.write(piece, 0, read);
    }
    return read;
  }

  /** Bodies have a length: who reads knows without a farewell whether all came. */
  @Override
  public void close() throws IOException {
    below.close();
  }
}
