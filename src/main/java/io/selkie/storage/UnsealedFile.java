package io.selkie.storage;

import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The unsealed file of a sector as Lotus has it, of which a part may be there: {@link
 * AllocatedRanges} is behind the data. One writer at a time. A kill leaves either the old ranges or
 * the new ones, or a note by which the next look finishes the new ones.
 *
 * @param file its place, whether it is there or not
 * @param fresh on the same file system, where a new file grows; beside it lies the note
 * @param sectorBytes padded
 */
public record UnsealedFile(Path file, Path fresh, long sectorBytes) {
  /**
   * Whether all of a range is there.
   *
   * @param start first byte, padded
   * @param length padded bytes
   * @throws IOException also if the file is none; one line
   */
  public boolean has(long start, long length) throws IOException {
    finish();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return AllocatedRanges.of(channel, sectorBytes).contain(start, length);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Puts data to its place; durable when this returns. May be done again.
   *
   * @param data padded, all that the file has
   * @param start where its first byte belongs, padded
   */
  public void put(Path data, long start) throws IOException {
    finish();
    long length = Files.size(data);
    AllocatedRanges.Range range = new AllocatedRanges.Range(start, length);
    if (length < 1 || start < 0 || start + length > sectorBytes) {
      throw new IOException(data + " of " + length + " bytes has no place at " + start);
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      add(data, range);
    } else {
      create(data, range);
    }
  }

  /** The file gets its name when it is whole. */
  private void create(Path data, AllocatedRanges.Range range) throws IOException {
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copy(data, channel, range);
      end(channel, AllocatedRanges.none().with(range).trailer());
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    Durable.syncDirectory(file.toAbsolutePath().resolveSibling(""));
  }

  /** First the data, which counts for nothing yet; then what counts, by way of the note. */
  private void add(Path data, AllocatedRanges.Range range) throws IOException {
    byte[] trailer;
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      trailer = AllocatedRanges.of(channel, sectorBytes).with(range).trailer();
      copy(data, channel, range);
      channel.force(true);
    }
    Durable.replace(note(), trailer);
    finish();
  }

  private Path note() {
    return fresh.resolveSibling(fresh.getFileName() + ".ranges");
  }

  /** Of a file that is gone the note says nothing any more. */
  private void finish() throws IOException {
    byte[] trailer;
    try {
      trailer = Files.readAllBytes(note());
    } catch (NoSuchFileException e) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      end(channel, trailer);
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(note());
      return;
    }
    Files.deleteIfExists(note());
    Durable.syncDirectory(note().toAbsolutePath().resolveSibling(""));
  }

  private void end(FileChannel channel, byte[] trailer) throws IOException {
    write(channel, ByteBuffer.wrap(trailer), sectorBytes);
    channel.truncate(sectorBytes + trailer.length);
    channel.force(true);
  }

  private static void copy(Path data, FileChannel to, AllocatedRanges.Range range)
      throws IOException {
    try (FileChannel from = FileChannel.open(data, StandardOpenOption.READ)) {
      to.position(range.start());
      long at = 0;
      while (at < range.length()) {
        long moved = from.transferTo(at, range.length() - at, to);
        if (moved <= 0) {
          throw new IOException(data + " became shorter while it was read");
        }
        at += moved;
      }
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes, at + bytes.position());
    }
  }
}
