package io.selkie.api;

import akka.http.javadsl.model.StatusCodes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that uploads come into and unsealed data leaves from. A name without a suffix is a
 * whole and durable upload; one with a suffix belongs to a call that runs, and after a crash to
 * nobody.
 *
 * <p>A crash after an upload got its final name, and before its sector was begun, leaves whole
 * files that no sector names. Which files sectors name is in the journal, and is not asked when a
 * node starts: {@code selkie storage gc} lists them.
 */
public final class Spool {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
  private static final long RESERVE = 1L << 30;
  private static final String SUFFIX = ".part";
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;

  private Spool(Path directory) {
    this.directory = directory;
  }

  /** Opens the directory, makes it if need be, and removes what calls left that a crash ended. */
  static Spool open(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, OWNER_ONLY);
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return new Spool(directory);
  }

  /**
   * Refuses what the disk has no room for. Others share the disk, so that it may still become full.
   * Blocks for the disk.
   *
   * @param bytes how much is to come; 0: not known, then only the reserve must be there
   * @throws ApiException 507 if it would take the reserve, 503 if the disk cannot be asked
   */
  void checkRoom(long bytes) {
    try {
      FileStore disk = Files.getFileStore(directory);
      if (!fits(disk.getUsableSpace(), disk.getTotalSpace(), bytes)) {
        LOG.warn("the disk of {} has no room for {} bytes more", directory, bytes);
        throw new ApiException(
            StatusCodes.INSUFFICIENT_STORAGE,
            "no_room",
            "the node's disk has no room for it: free some, or ask for less");
      }
    } catch (IOException e) {
      LOG.warn("the disk of {} cannot be asked for its room: {}", directory, e.getMessage());
      throw new ApiException(
          StatusCodes.SERVICE_UNAVAILABLE,
          "no_room",
          "the node cannot use its disk: see its log, and its disk");
    }
  }

  /** Sealing itself needs some room: 1 GiB stays, or 5 percent of a small disk. */
  static boolean fits(long usable, long total, long bytes) {
    return usable - Math.min(RESERVE, total / 20) >= bytes;
  }

  /** The name of a new file for a call that runs. */
  Path part() {
    return directory.resolve(UUID.randomUUID() + SUFFIX);
  }

  /**
   * Makes parts durable, with their final names. Blocks for the disk.
   *
   * @return their new names, in the same order
   */
  List<Path> keep(List<Path> parts) throws IOException {
    for (Path part : parts) {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
    List<Path> kept = new ArrayList<>();
    for (Path part : parts) {
      kept.add(Files.move(part, whole(part), StandardCopyOption.ATOMIC_MOVE));
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
    return kept;
  }

  /** Removes a part, whichever of its two names it has. */
  void remove(Path part) throws IOException {
    Files.deleteIfExists(part);
    Files.deleteIfExists(whole(part));
  }

  private static Path whole(Path part) {
    String name = String.valueOf(part.getFileName());
    return part.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
  }
}
