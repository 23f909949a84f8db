package io.selkie.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** When somebody last wrote to a file, or to anything in a directory. */
final class LastTouched {
  private LastTouched() {}

  /** Far in the future if files come and go just now; links are not followed. */
  static Instant of(Path tree) throws IOException {
    Instant[] latest = {Instant.EPOCH};
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            return visitFile(directory, attributes);
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            see(attributes.lastModifiedTime().toInstant());
            // A copy may have been given the time of its original; the change of the inode not.
            Object changed = Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
            see(((FileTime) changed).toInstant());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            see(Instant.MAX);
            return FileVisitResult.CONTINUE;
          }

          private void see(Instant instant) {
            latest[0] = instant.isAfter(latest[0]) ? instant : latest[0];
          }
        });
    return latest[0];
  }
}
