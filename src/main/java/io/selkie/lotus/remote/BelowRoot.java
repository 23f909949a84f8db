package io.selkie.lotus.remote;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Files below the root of a storage path, reached step by step from it (openat): a link fails,
 * wherever on the way it is, and whenever it was put there.
 */
final class BelowRoot {
  private BelowRoot() {}

  /**
   * A plain file.
   *
   * @param modified seconds since 1970
   */
  record PlainFile(String name, long size, long modified) {}

  @FunctionalInterface
  private interface Use<T> {
    T of(SecureDirectoryStream<Path> directory) throws IOException;
  }

  /**
   * Looks at a plain file.
   *
   * @param directories below the root, one below the other
   * @throws IOException if it is not there, or something else is
   */
  static PlainFile look(Path root, List<String> directories, String name) throws IOException {
    return in(root, directories, directory -> look(directory, Path.of(name)));
  }

  /** The plain files of a directory by name; anything else in it is an error. */
  static List<PlainFile> list(Path root, List<String> directories) throws IOException {
    return in(
        root,
        directories,
        directory -> {
          List<PlainFile> files = new ArrayList<>();
          for (Path file : directory) {
            files.add(look(directory, Path.of(String.valueOf(file.getFileName()))));
          }
          files.sort((one, other) -> one.name().compareTo(other.name()));
          return List.copyOf(files);
        });
  }

  /**
   * Opens a plain file to read it.
   *
   * @throws IOException if it is not as it was when it was looked at
   */
  static SeekableByteChannel open(Path root, List<String> directories, PlainFile file)
      throws IOException {
    return in(root, directories, directory -> open(directory, file));
  }

  private static SeekableByteChannel open(SecureDirectoryStream<Path> directory, PlainFile file)
      throws IOException {
    Path name = Path.of(file.name());
    if (!look(directory, name).equals(file)) {
      throw new IOException(file.name() + " has changed since it was looked at");
    }
    return directory.newByteChannel(
        name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  private static PlainFile look(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    BasicFileAttributes found =
        directory
            .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    if (!found.isRegularFile()) {
      throw new IOException(name + " is no plain file");
    }
    return new PlainFile(
        name.toString(), found.size(), Math.floorDiv(found.lastModifiedTime().toMillis(), 1000));
  }

  private static <T> T in(Path root, List<String> directories, Use<T> use) throws IOException {
    try (DirectoryStream<Path> top = Files.newDirectoryStream(root)) {
      if (top instanceof SecureDirectoryStream<Path> secure) {
        return descend(secure, directories, use);
      }
      throw new IOException("the system cannot open files step by step below " + root);
    }
  }

  private static <T> T descend(SecureDirectoryStream<Path> at, List<String> directories, Use<T> use)
      throws IOException {
    if (directories.isEmpty()) {
      return use.of(at);
    }
    try (SecureDirectoryStream<Path> below =
        at.newDirectoryStream(Path.of(directories.get(0)), LinkOption.NOFOLLOW_LINKS)) {
      return descend(below, directories.subList(1, directories.size()), use);
    }
  }
}
