package io.selkie.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/** In the clear: the kernel sends files out of its page cache. */
record PlainChannel(SocketChannel socket) implements DataChannel {
  @Override
  public int read(ByteBuffer into) throws IOException {
    return socket.read(into);
  }

  @Override
  public void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      socket.write(from);
    }
  }

  @Override
  public long send(FileChannel file, long at, long most) throws IOException {
    return file.transferTo(at, most, socket);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
