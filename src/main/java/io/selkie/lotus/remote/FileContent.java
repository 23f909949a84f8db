package io.selkie.lotus.remote;

import akka.NotUsed;
import akka.stream.ActorAttributes;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Bytes of files as streams: one chunk at a time, when the other side asks for it. A thread is only
 * taken while a chunk is read, and a file is only open while somebody reads the stream.
 */
final class FileContent {
  /** Smaller ones cost twice the processor time (AKKA.md, measured). */
  private static final int CHUNK = 1 << 20;

  private FileContent() {}

  /** Opens what is to be read. */
  @FunctionalInterface
  interface Opening {
    SeekableByteChannel open() throws IOException;
  }

  /**
   * A part of a file. The stream fails if the file turns out to be shorter.
   *
   * @param dispatcher for what blocks
   */
  static Source<ByteString, NotUsed> part(
      Opening file, long offset, long length, String dispatcher) {
    return Source.unfoldResource(
            () -> new Part(file.open(), offset, length), Part::next, Part::close)
        .withAttributes(ActorAttributes.dispatcher(dispatcher));
  }

  /**
   * A directory as a whole archive; Go's readers do not mind its proper end. The stream fails if a
   * file has changed since it was listed.
   *
   * @param directories where the files lie below the root
   */
  static Source<ByteString, NotUsed> archive(
      Path root, List<String> directories, List<BelowRoot.PlainFile> files, String dispatcher) {
    return Source.unfoldResource(
            () -> new Archive(root, directories, files), Archive::next, Archive::close)
        .withAttributes(ActorAttributes.dispatcher(dispatcher));
  }

  private static final class Part implements Closeable {
    private final SeekableByteChannel channel;
    private long left;

    Part(SeekableByteChannel channel, long offset, long length) throws IOException {
      this.channel = channel;
      this.left = length;
      boolean placed = false;
      try {
        channel.position(offset);
        placed = true;
      } finally {
        if (!placed) {
          channel.close();
        }
      }
    }

    Optional<ByteString> next() throws IOException {
      if (left == 0) {
        return Optional.empty();
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK, left));
      int read = channel.read(buffer);
      if (read <= 0) {
        throw new IOException("the file is shorter than it was: " + left + " bytes are missing");
      }
      left -= read;
      return Optional.of(ByteString.fromArrayUnsafe(buffer.array(), 0, read));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class Archive implements Closeable {
    private static final int END = 2 * TarHeader.BLOCK;

    private final Path root;
    private final List<String> directories;
    private final List<BelowRoot.PlainFile> files;
    private int at;
    private boolean ended;
    private Optional<Part> part = Optional.empty();

    Archive(Path root, List<String> directories, List<BelowRoot.PlainFile> files) {
      this.root = root;
      this.directories = directories;
      this.files = files;
    }

    Optional<ByteString> next() throws IOException {
      if (part.isPresent()) {
        Optional<ByteString> content = part.get().next();
        return content.isPresent() ? content : endOfFile();
      }
      if (at < files.size()) {
        BelowRoot.PlainFile file = files.get(at);
        part = Optional.of(new Part(BelowRoot.open(root, directories, file), 0, file.size()));
        return Optional.of(
            ByteString.fromArrayUnsafe(
                TarHeader.encode(file.name(), file.size(), file.modified())));
      }
      if (ended) {
        return Optional.empty();
      }
      ended = true;
      return Optional.of(ByteString.fromArrayUnsafe(new byte[END]));
    }

    private Optional<ByteString> endOfFile() throws IOException {
      close();
      int padding = TarHeader.padding(files.get(at).size());
      at++;
      return padding > 0 ? Optional.of(ByteString.fromArrayUnsafe(new byte[padding])) : next();
    }

    @Override
    public void close() throws IOException {
      Optional<Part> open = part;
      part = Optional.empty();
      if (open.isPresent()) {
        open.get().close();
      }
    }
  }
}
