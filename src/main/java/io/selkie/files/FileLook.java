package io.selkie.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at files where it matters that they are not there. {@link Files#exists} takes a disk that
 * does not answer (EIO, ESTALE) for one that has nothing.
 */
public final class FileLook {
  private FileLook() {}

  /**
   * What has this name; of a link its own attributes.
   *
   * @return empty if there is nothing
   * @throws IOException if that cannot be told
   */
  public static Optional<BasicFileAttributes> at(Path file) throws IOException {
    return at(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static Optional<BasicFileAttributes> at(Path file, LinkOption... links)
      throws IOException {
    try {
      return Optional.of(Files.readAttributes(file, BasicFileAttributes.class, links));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileSystemException e) {
      if (isBelowAFile(file)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The system's word for it (ENOTDIR) is in the language of the operator. */
  private static boolean isBelowAFile(Path file) {
    for (@Nullable Path above = file.getParent(); above != null; above = above.getParent()) {
      try {
        return !Files.readAttributes(above, BasicFileAttributes.class).isDirectory();
      } catch (IOException e) {
        // It cannot be told of this one: the one above it may.
      }
    }
    return false;
  }

  /**
   * Whether there is something of this name, be it a link.
   *
   * @throws IOException if that cannot be told
   */
  public static boolean exists(Path file) throws IOException {
    return at(file).isPresent();
  }

  /**
   * Whether a directory is there; links are followed.
   *
   * @throws IOException if that cannot be told
   */
  public static boolean isDirectory(Path directory) throws IOException {
    return at(directory, new LinkOption[0]).filter(BasicFileAttributes::isDirectory).isPresent();
  }

  /**
   * Whether a plain file of this length is there.
   *
   * @throws IOException if that cannot be told
   */
  public static boolean isFile(Path file, long bytes) throws IOException {
    return at(file).filter(found -> found.isRegularFile() && found.size() == bytes).isPresent();
  }
}
