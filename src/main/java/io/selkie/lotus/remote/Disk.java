package io.selkie.lotus.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
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

    Trouble(Path file, IOException cause) {
      super("cannot write " + file + ": " + Words.of(cause), cause);
    }
  }

  static FileChannel open(Path file, Set<? extends OpenOption> options) throws Trouble {
    try {
      return FileChannel.open(file, options);
    } catch (IOException e) {
      throw new Trouble(file, e);
    }
  }

  static void write(FileChannel channel, ByteBuffer bytes, Path file) throws Trouble {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new Trouble(file, e);
    }
  }

  /** Makes it as long as this, and writes on from there. */
  static void truncate(FileChannel channel, long bytes, Path file) throws Trouble {
    try {
      channel.truncate(bytes);
      channel.position(bytes);
    } catch (IOException e) {
      throw new Trouble(file, e);
    }
  }

  static void force(FileChannel channel, Path file) throws Trouble {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw new Trouble(file, e);
    }
  }
}
