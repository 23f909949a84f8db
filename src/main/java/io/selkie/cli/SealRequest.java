package io.selkie.cli;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.storage.PieceLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code selkie seal} was asked for, checked before anything is sent.
 *
 * @param sources the files, in order
 */
record SealRequest(List<Source> sources, SectorSize size) {

  /**
   * A file to seal, as it was when the command began.
   *
   * @param file its real path
   * @param length in bytes
   */
  record Source(Path file, long length, FileTime changed) {
    static Source of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Source(file.toRealPath(), attributes.size(), attributes.lastModifiedTime());
    }

    /** The name without its directory. */
    String name() {
      return String.valueOf(file.getFileName());
    }
  }

  /**
   * Checks the files.
   *
   * @throws IOException if one cannot be sealed; one line
   */
  static SealRequest of(List<Path> files, SectorSize size) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Path file : files) {
      sources.add(source(file));
    }
    try {
      PieceLayout.fill(size, sources.stream().map(Source::length).toList());
    } catch (IllegalArgumentException e) {
      String which = files.size() == 1 ? files.get(0) + ": " : "";
      throw new IOException(which + e.getMessage(), e);
    }
    return new SealRequest(List.copyOf(sources), size);
  }

  private static Source source(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + ": no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": not a regular file");
    }
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": permission denied");
    }
    Source source = Source.of(file);
    if (source.length() == 0) {
      throw new IOException(file + ": the file is empty, there is nothing to seal");
    }
    return source;
  }

  /**
   * Does nothing if every file is still as it was when the command began.
   *
   * @throws IOException naming the first that is not; one line
   */
  void requireUnchanged() throws IOException {
    for (Source source : sources) {
      if (!Source.of(source.file()).equals(source)) {
        throw new IOException(source.file() + " changed while it was read");
      }
    }
  }

  /** One line for each file, which is another one once the file changed. */
  List<String> describe() {
    return sources.stream()
        .map(source -> source.length() + " " + source.changed() + " " + source.file())
        .toList();
  }

  SealProofType proofType() {
    return SealProofType.forSectorSize(size);
  }

  /** Of all files together. */
  long bytes() {
    return sources.stream().mapToLong(Source::length).sum();
  }
}
