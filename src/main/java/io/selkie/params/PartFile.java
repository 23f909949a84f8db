package io.selkie.params;

import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongConsumer;

/** What has arrived of a file, {@code <name>.part} beside it; it survives the process. */
final class PartFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private boolean inherited;

  private PartFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static Path pathOf(ParameterDirectory directory, ParameterFile file) {
    return directory.file(file.name() + ".part");
  }

  /** Opens the part of an earlier run, or an empty one. */
  static PartFile open(ParameterDirectory directory, ParameterFile file) throws IOException {
    Path path = pathOf(directory, file);
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    return new PartFile(path, channel);
  }

  /** From now on another gateway sends; what is here is not from it. */
  void nextSender() throws IOException {
    inherited = length() > 0;
  }

  /** Whether the first bytes are from an earlier run or another gateway. */
  boolean isInherited() {
    return inherited;
  }

  long length() throws IOException {
    return channel.size();
  }

  void clear() throws IOException {
    channel.truncate(0);
    inherited = false;
  }

  /** Appends the buffers. */
  void append(List<ByteBuffer> buffers) throws IOException {
    try {
      channel.position(channel.size());
      for (ByteBuffer buffer : buffers) {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    } catch (IOException e) {
      throw new ParameterException("cannot write " + path + ": " + e.getMessage(), e);
    }
  }

  ParameterDigest digest(LongConsumer bytesRead) throws IOException {
    return ParameterDigest.ofFile(path, bytesRead);
  }

  /** Makes the content durable, then the name. */
  void renameTo(Path target) throws IOException {
    channel.force(true);
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    Durable.syncDirectory(target.resolveSibling(""));
  }

  /** Keeps what has arrived, unless that is nothing. */
  @Override
  public void close() throws IOException {
    boolean empty = channel.size() == 0;
    channel.close();
    if (empty) {
      Files.deleteIfExists(path);
    }
  }
}
