package io.selkie.storage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The room of a storage path, in bytes.
 *
 * @param capacity of its file system, or what its settings allow if that is less
 * @param available for more, by its file system and its settings
 */
public record PathSpace(long capacity, long available) {
  private static final double PERCENT = 100;

  /** Whether more than this percentage of it is in use. */
  public boolean isFuller(int percent) {
    return (double) (capacity - available) * PERCENT > (double) capacity * percent;
  }

  /** Blocks for the disk; where the settings set a bound, all names in the path are read. */
  static PathSpace of(Path root, PathSettings settings) throws IOException {
    FileStore disk = Files.getFileStore(root);
    long capacity = disk.getTotalSpace();
    long available = disk.getUsableSpace();
    long most = settings.maxStorage();
    if (most == 0) {
      return new PathSpace(capacity, available);
    }
    long left = Math.max(0, most - used(root));
    return new PathSpace(Math.min(capacity, most), Math.min(available, left));
  }

  /** What its settings alone allow; empty if they set no bound. */
  static Optional<PathSpace> allowed(Path root, PathSettings settings) throws IOException {
    long most = settings.maxStorage();
    return most == 0
        ? Optional.empty()
        : Optional.of(new PathSpace(most, Math.max(0, most - used(root))));
  }

  private static long used(Path root) throws IOException {
    long bytes = 0;
    for (FileType type : FileType.values()) {
      bytes += size(type.directory(root));
    }
    return bytes;
  }

  /** Bytes of a file, or of all files in a directory; links count nothing. */
  public static long size(Path tree) throws IOException {
    long[] bytes = new long[1];
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // sectors leave while they are counted
          }
        });
    return bytes[0];
  }
}
