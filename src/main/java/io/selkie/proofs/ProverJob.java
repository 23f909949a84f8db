package io.selkie.proofs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job directory, as {@code native/src/prover.rs} describes it. Closing removes it, and a prover
 * whose directory is gone ends by itself.
 */
final class ProverJob implements AutoCloseable {
  /** Version of the job directory. */
  private static final int JOB_VERSION = 1;

  /** The kernel takes 107 bytes for the path of a Unix socket. */
  private static final int MAX_SOCKET_PATH = 107;

  private static final Logger LOG = LoggerFactory.getLogger(ProverJob.class);

  /** Marks lines of our crate in a prover's log. */
  private static final String OWN_TARGET = " selkie_native::";

  private static final int SIGBUS = 7;
  private static final int LOG_LINES_SHOWN = 3;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ProverSettings settings;
  private final Path directory;
  private final Path socket;

  private ProverJob(ProverSettings settings, Path directory, Path socket) {
    this.settings = settings;
    this.directory = directory;
    this.socket = socket;
  }

  /** Writes the job durably; no prover runs yet. */
  static ProverJob create(ProverSettings settings, byte[] request) throws IOException {
    byte[] id = new byte[8];
    RANDOM.nextBytes(id);
    String name = HexFormat.of().formatHex(id);
    Files.createDirectories(settings.jobs());
    Path directory =
        Files.createDirectory(
            settings.jobs().toAbsolutePath().resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    ProverJob job = new ProverJob(settings, directory, socketFor(directory, name));
    try {
      job.write("job.json", JsonProofs.JSON.writeValueAsBytes(job.describe(request)));
      return job;
    } catch (IOException e) {
      job.close();
      throw e;
    }
  }

  private ObjectNode describe(byte[] request) throws IOException {
    ObjectNode file =
        JsonProofs.JSON
            .createObjectNode()
            .put("job", JOB_VERSION)
            .put("socket", socket.toString())
            .put("nice", settings.nice());
    if (settings.boundToParent()) {
      file.put("boundToParent", ProcessHandle.current().pid());
    }
    file.set("request", JsonProofs.JSON.readTree(request));
    return file;
  }

  private static Path socketFor(Path directory, String name) throws IOException {
    Path near = directory.resolve("progress");
    if (near.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_PATH) {
      return near;
    }
    return Files.createTempDirectory("selkie-" + name).resolve("progress");
  }

  private void write(String name, byte[] content) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            directory.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      file.force(true);
    }
  }

  /** Starts the prover. Its output goes to a file: a pipe would end it with this process. */
  Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(settings.library().prover().toString(), directory.toString()))
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log().toFile());
    Map<String, String> environment = builder.environment();
    Map<String, String> wanted = settings.environmentFrom(Map.copyOf(environment));
    environment.clear();
    environment.putAll(wanted);
    return builder.start();
  }

  Path socket() {
    return socket;
  }

  private Path log() {
    return directory.resolve("log");
  }

  /** The reply, if the prover wrote one. */
  Optional<byte[]> result() throws IOException {
    try {
      return Optional.of(Files.readAllBytes(directory.resolve("result.json")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Hands the prover's log on, which goes with the job directory: our own crate's lines at info
   * (layers that were kept, replicas that were rebuilt), the library's at debug.
   */
  void forwardLog(Logger to) throws IOException {
    if (!to.isInfoEnabled() || !Files.exists(log())) {
      return;
    }
    for (String line : Files.readString(log(), StandardCharsets.ISO_8859_1).lines().toList()) {
      if (line.contains(OWN_TARGET)) {
        to.info(line);
      } else {
        to.debug(line);
      }
    }
  }

  /** What a prover that left no reply died of. */
  ProofsFailure death(int status) throws IOException {
    // Writing to a memory map of a full disk is a bus error.
    ProofsFailure.Kind kind =
        status == 128 + SIGBUS ? ProofsFailure.Kind.NO_SPACE : ProofsFailure.Kind.DIED;
    return ProofsFailure.of(kind, describeDeath(status));
  }

  /** One line on how a prover ended that left no reply, with what its log says last. */
  private String describeDeath(int status) throws IOException {
    String how =
        switch (status) {
          case 128 + 9 -> "was killed (SIGKILL): by an operator, or for lack of memory";
          case 128 + SIGBUS -> "died of SIGBUS: a disk it writes to is full or failing";
          case 128 + 15 -> "was ended (SIGTERM)";
          default ->
              status > 128 ? "died of signal " + (status - 128) : "ended with status " + status;
        };
    String last =
        Files.exists(log())
            ? String.join(
                " | ", tail(Files.readString(log(), StandardCharsets.ISO_8859_1).lines().toList()))
            : "";
    return "the prover " + how + (last.isEmpty() ? "" : "; its log ends: " + last);
  }

  private static List<String> tail(List<String> lines) {
    return lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
  }

  /** Removes the job. What cannot be removed costs nobody the answer: it is left and logged. */
  @Override
  public void close() {
    try {
      // First the file that keeps a prover going.
      Files.deleteIfExists(directory.resolve("job.json"));
      deleteTree(directory);
      Path beside = socket.getParent();
      if (beside != null && !beside.equals(directory)) {
        deleteTree(beside);
      }
    } catch (IOException e) {
      LOG.warn("cannot remove the job {}: {}", directory, Causes.describe(e));
    } catch (UncheckedIOException e) {
      LOG.warn("cannot remove the job {}: {}", directory, e.getMessage());
    }
  }

  private static void deleteTree(Path root) throws IOException {
    // A core dump or a cache that a setting puts here must not cost us the answer.
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
