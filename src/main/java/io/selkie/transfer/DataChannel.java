package io.selkie.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A data connection, in the clear or with TLS. One thread at a time uses it; any may close it. */
interface DataChannel extends Closeable {
  /**
   * Waits for bytes.
   *
   * @return how many came; -1 if the connection ended
   */
  int read(ByteBuffer into) throws IOException;

  /** Sends all of it. */
  void write(ByteBuffer from) throws IOException;

  /**
   * Sends of a file.
   *
   * @return how many bytes went, at most so many; 0 or less at its end
   */
  long send(FileChannel file, long at, long most) throws IOException;
}
