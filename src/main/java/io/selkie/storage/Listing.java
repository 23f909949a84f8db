package io.selkie.storage;

import io.selkie.files.FileLook;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** What is in a directory. */
final class Listing {
  private Listing() {}

  /** Sorted by name; nothing where there is no directory, or a link instead of one. */
  static List<Path> of(Path directory) throws IOException {
    if (FileLook.at(directory).filter(BasicFileAttributes::isDirectory).isEmpty()) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    files.sort(null);
    return files;
  }
}
