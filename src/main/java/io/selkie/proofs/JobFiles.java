package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of job directories, for all who make, look for or remove such directories. */
final class JobFiles {
  static final String JOB = "job.json";
  static final String PROVER = "prover.json";
  static final String RESULT = "result.json";
  static final String LOG = "log";

  /** How many bytes of the log were handed on. */
  static final String LOG_SEEN = "log.seen";

  static final String PROGRESS = "progress";

  private static final int TRIES = 10;

  private JobFiles() {}

  /** What a directory contains, links and all; others may remove entries meanwhile. */
  static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The content of a file; empty if it is not there or no JSON. */
  static Optional<JsonNode> json(Path file) throws IOException {
    try {
      return Optional.of(JsonProofs.JSON.readTree(Files.readAllBytes(file)));
    } catch (NoSuchFileException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Writes a new file and forces it to disk. */
  static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  /** Forces the names in a directory to disk. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes a job with the directory of its socket, if that has one of its own. */
  static void delete(Path job) throws IOException {
    Optional<Path> socket = socket(job);
    // First the file that keeps a prover going, should one come to life after all.
    Files.deleteIfExists(job.resolve(JOB));
    deleteTree(job);
    if (socket.isPresent()) {
      deleteSocket(job, socket.get());
    }
  }

  /** Where the prover of a job tells its progress, as the job says. */
  static Optional<Path> socket(Path job) throws IOException {
    return json(job.resolve(JOB))
        .map(content -> content.path("socket").asText())
        .filter(path -> !path.isEmpty())
        .map(Path::of);
  }

  /** Where the path of a socket would be too long, it lies in a temporary directory of its own. */
  static void deleteSocket(Path job, Path socket) throws IOException {
    Path beside = socket.toAbsolutePath().resolveSibling("");
    String name = String.valueOf(beside.getFileName());
    if (name.startsWith("selkie-" + job.getFileName()) && Files.isDirectory(beside)) {
      deleteTree(beside);
    }
  }

  /** Deletes a directory with all that is in it; links are not followed. */
  static void deleteTree(Path root) throws IOException {
    for (int left = TRIES; ; left--) {
      try {
        deleteOnce(root);
        return;
      } catch (DirectoryNotEmptyException e) {
        // Who follows the log noted a last time how far it was.
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  private static void deleteOnce(Path root) throws IOException {
    // A core dump or a cache that a setting puts into a job must not stay.
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // Somebody else was quicker.
      return;
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e.getCause();
      }
      deleteOnce(root);
    }
  }
}
