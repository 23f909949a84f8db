package io.selkie.lotus.remote;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/** Writes to files of this host, whose troubles are not those of the other side. */
final class Disk {
  private Disk() {}

  /** The disk of this host does not take what came: another source does not help. */
  static final class Trouble extends IOException {
    private static final long serialVersionUID = 1L;

    private Trouble(Path file, IOException cause) {
      super("cannot write " + file + ": " + Words.of(cause), cause);
    }
  }

  /** Nor is it trouble of the disk that the thread is to end. */
  static IOException trouble(Path file, IOException cause) {
    return cause instanceof ClosedByInterruptException
        ? new InterruptedIOException("interrupted")
        : new Trouble(file, cause);
  }

  static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
    try {
      return FileChannel.open(file, options);
    } catch (IOException e) {
      throw trouble(file, e);
    }
  }

  static void write(FileChannel channel, ByteBuffer bytes, Path file) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw trouble(file, e);
    }
  }

  /** Makes it as long as this, and writes on from there. */
  static void truncate(FileChannel channel, long bytes, Path file) throws IOException {
    try {
      channel.truncate(bytes);
      channel.position(bytes);
    } catch (IOException e) {
      throw trouble(file, e);
    }
  }

  static void force(FileChannel channel, Path file) throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw trouble(file, e);
    }
  }
}
