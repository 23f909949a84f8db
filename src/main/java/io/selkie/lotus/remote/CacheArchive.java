package io.selkie.lotus.remote;

import io.selkie.files.Durable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/** A cache directory that came as an archive. */
final class CacheArchive {
  private static final int CHUNK = 1 << 20;

  private CacheArchive() {}

  /**
   * Unpacks an archive; what was unpacked is on disk when this returns. What an archive that is
   * refused brought before stays in the directory.
   *
   * @param directory empty, and nobody else's
   * @param most bytes of all files together
   * @param written is told how many bytes of files were written so far
   * @return bytes of all files
   * @throws IOException if the archive has anything but files that a cache may have, or none; one
   *     line
   */
  static long unpack(InputStream archive, Path directory, long most, LongConsumer written)
      throws IOException {
    TarReader tar = new TarReader(archive);
    Set<String> names = new HashSet<>();
    byte[] buffer = new byte[CHUNK];
    long bytes = 0;
    for (Optional<TarHeader> file = tar.next(); file.isPresent(); file = tar.next()) {
      requireLegal(file.get());
      if (!names.add(file.get().name())) {
        throw new IOException("the archive has " + file.get().name() + " twice");
      }
      if (file.get().size() > most - bytes) {
        throw new IOException("the archive has more than the %d bytes it may have".formatted(most));
      }
      bytes += write(tar, directory.resolve(file.get().name()), buffer, bytes, written);
    }
    if (names.isEmpty()) {
      throw new IOException("the archive has no files");
    }
    Durable.syncDirectory(directory);
    return bytes;
  }

  private static void requireLegal(TarHeader file) throws IOException {
    Optional<Long> most = CacheNames.most(file.name());
    if (most.isEmpty()) {
      throw new IOException(
          "the archive has " + Words.quoted(file.name()) + ", which is no file of a cache");
    }
    if (file.size() > most.get()) {
      throw new IOException(
          "%s has %d bytes, and may have %d".formatted(file.name(), file.size(), most.get()));
    }
  }

  private static long write(
      TarReader tar, Path file, byte[] buffer, long before, LongConsumer written)
      throws IOException {
    long bytes = 0;
    try (FileChannel channel = create(file)) {
      for (int read = tar.read(buffer); read >= 0; read = tar.read(buffer)) {
        Disk.write(channel, ByteBuffer.wrap(buffer, 0, read), file);
        bytes += read;
        written.accept(before + bytes);
      }
      Disk.force(channel, file);
    }
    return bytes;
  }

  private static FileChannel create(Path file) throws IOException {
    return Disk.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
  }
}
