package io.selkie.proofs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job directory, as {@code native/src/prover.rs} describes it. A prover whose directory is gone
 * ends by itself.
 */
final class ProverJob {
  /** Exit status of a prover that found another one at work, or the answer there already. */
  static final int TAKEN = 3;

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
  private final Optional<Path> socket;
  private Optional<IdleProvers.Idle> idle;

  private ProverJob(
      ProverSettings settings,
      Path directory,
      Optional<Path> socket,
      Optional<IdleProvers.Idle> idle) {
    this.settings = settings;
    this.directory = directory;
    this.socket = socket;
    this.idle = idle;
  }

  /** Writes a job under a name of its own; no prover runs yet. */
  static ProverJob create(ProverSettings settings, byte[] request) throws IOException {
    byte[] id = new byte[8];
    RANDOM.nextBytes(id);
    return create(
        settings, HexFormat.of().formatHex(id), request, Optional.empty(), Optional.empty());
  }

  /**
   * Writes a job durably; no prover works on it yet. A directory of this name is a whole job at any
   * moment, but for a power cut while it is made.
   *
   * @param history where provers note for good that they began and completed the job
   * @param idle a prover that waits for this job; its directory becomes the job's
   */
  static ProverJob create(
      ProverSettings settings,
      String name,
      byte[] request,
      Optional<Path> history,
      Optional<IdleProvers.Idle> idle)
      throws IOException {
    Path directory = directory(settings, name);
    createDurably(directory.resolveSibling(""));
    Path fresh =
        idle.isPresent()
            ? idle.get().directory()
            : createDirectory(directory.resolveSibling(unfinished(name)));
    ProverJob job = new ProverJob(settings, directory, socketFor(directory, name), idle);
    boolean done = false;
    try {
      byte[] description = JsonProofs.JSON.writeValueAsBytes(job.describe(request, history));
      // Its name in the directory is not forced to disk: a power cut may leave a directory without
      // it, which is cleared like one whose removal was interrupted, and the job is made again.
      JobFiles.write(fresh.resolve(JobFiles.JOB), description);
      Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
      done = true;
    } finally {
      if (!done) {
        idle.ifPresent(IdleProvers.Idle::end);
        job.discard(fresh);
      }
    }
    JobFiles.sync(directory.resolveSibling(""));
    return job;
  }

  /** The job that is there under a name, durable from now on should it not have been. */
  static ProverJob open(ProverSettings settings, String name) throws IOException {
    Path directory = directory(settings, name);
    JobFiles.sync(directory);
    JobFiles.sync(directory.resolveSibling(""));
    return new ProverJob(settings, directory, JobFiles.socket(directory), Optional.empty());
  }

  static Path directory(ProverSettings settings, String name) {
    return settings.jobs().toAbsolutePath().resolve(name);
  }

  /** The name of a directory that is to become the one of this name. */
  static String unfinished(String name) {
    return "." + name + ".new";
  }

  /** An empty directory for a job, in place of what an interrupted creation left. */
  static Path createDirectory(Path fresh) throws IOException {
    JobFiles.deleteTree(fresh);
    return Files.createDirectory(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  static void createDurably(Path jobs) throws IOException {
    if (!Files.isDirectory(jobs)) {
      Files.createDirectories(jobs);
      JobFiles.sync(jobs.resolveSibling(""));
    }
  }

  private ObjectNode describe(byte[] request, Optional<Path> history) throws IOException {
    ObjectNode file = JsonProofs.JSON.createObjectNode().put("job", JOB_VERSION);
    socket.ifPresent(path -> file.put("socket", path.toString()));
    JsonNode asked = JsonProofs.JSON.readTree(request);
    ProverPriorities.Priority priority =
        settings.priorities().of(asked.path("call").path("op").asText());
    file.put("nice", priority.nice());
    if (!priority.cpus().isEmpty()) {
      priority.cpus().forEach(file.putArray("cpus")::add);
    }
    history.ifPresent(path -> file.put("history", path.toString()));
    if (settings.boundToParent()) {
      file.put("boundToParent", ProcessHandle.current().pid());
    }
    file.set("request", asked);
    return file;
  }

  /** Empty where every path that we know of is too long: there is no progress then. */
  private static Optional<Path> socketFor(Path directory, String name) throws IOException {
    Path near = directory.resolve(JobFiles.PROGRESS);
    if (fits(near)) {
      return Optional.of(near);
    }
    Path beside = Files.createTempDirectory("selkie-" + name);
    if (fits(beside.resolve(JobFiles.PROGRESS))) {
      return Optional.of(beside.resolve(JobFiles.PROGRESS));
    }
    Files.delete(beside);
    return Optional.empty();
  }

  private static boolean fits(Path socket) {
    return socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_PATH;
  }

  /** True if a {@code job.json} is a job of a node, not of a one-shot command. */
  static boolean isOfNode(JsonNode job) {
    return job.path("request").isObject() && !job.path("boundToParent").isIntegralNumber();
  }

  /** True if the job is to do what is asked for now. */
  boolean asks(byte[] request) throws IOException {
    return JobFiles.json(directory.resolve(JobFiles.JOB))
        .map(job -> job.path("request"))
        .equals(Optional.of(JsonProofs.JSON.readTree(request)));
  }

  /** Starts the prover, or has the one begin that waits for this job. */
  Process start() throws IOException {
    if (idle.isPresent()) {
      IdleProvers.Idle waiting = idle.get();
      idle = Optional.empty();
      try {
        waiting.begin(settings.environment());
        return waiting.process();
      } catch (IOException e) {
        LOG.info("the prover that waited for {} is gone: another is started", directory);
      }
    }
    return start(
        settings,
        settings.command(directory, false),
        directory,
        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
  }

  /** Starts a prover that waits for a job of this directory. */
  static Process startIdle(ProverSettings settings, Path directory) throws IOException {
    return start(
        settings, settings.command(directory, true), directory, ProcessBuilder.Redirect.PIPE);
  }

  /** Its output goes to a file: a pipe would end it with this process. */
  private static Process start(
      ProverSettings settings, List<String> command, Path directory, ProcessBuilder.Redirect input)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(input)
            .redirectErrorStream(true)
            // A prover that finds the job taken must not cut off the log of the one at work.
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve(JobFiles.LOG).toFile()));
    Map<String, String> environment = builder.environment();
    Map<String, String> wanted = settings.environmentFrom(Map.copyOf(environment));
    environment.clear();
    environment.putAll(wanted);
    return builder.start();
  }

  /** Hands on what the prover tells of its progress, until closed. */
  ProgressReader progress(long pid, BooleanSupplier alive, ProofsProgress.Listener listener) {
    return ProgressReader.start(socket, pid, alive, listener);
  }

  /** Who runs the job, or did; empty if nobody began yet. */
  Optional<ProcessIdentity> prover() throws IOException {
    return ProcessIdentity.read(directory.resolve(JobFiles.PROVER));
  }

  private Path log() {
    return directory.resolve(JobFiles.LOG);
  }

  /** The reply, if the prover wrote one. */
  Optional<byte[]> result() throws IOException {
    try {
      return Optional.of(Files.readAllBytes(directory.resolve(JobFiles.RESULT)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The prover's log, from where it was handed on last. */
  LogTail log(Logger to) {
    boolean asked = settings.environmentFrom(System.getenv()).containsKey("RUST_LOG");
    return new LogTail(directory, asked, (level, line) -> to.atLevel(level).log(line));
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
    return ProofsFailure.of(kind, describeDeath(howItEnded(status)));
  }

  /** The same for a prover that ended while nobody could see its status. */
  ProofsFailure unseenDeath(ProcessIdentity prover) throws IOException {
    boolean sameBoot = prover.bootId().equals(ProcessIdentity.currentBoot(ProcessIdentity.PROC));
    return ProofsFailure.of(
        ProofsFailure.Kind.DIED,
        describeDeath(
            sameBoot
                ? "(process " + prover.pid() + ") died while no node watched it"
                : "ended with its host, which was started again since"));
  }

  private static String howItEnded(int status) {
    return switch (status) {
      case 128 + 9 -> "was killed (SIGKILL): by an operator, or for lack of memory";
      case 128 + SIGBUS -> "died of SIGBUS: a disk it writes to is full or failing";
      case 128 + 15 -> "was ended (SIGTERM)";
      default -> status > 128 ? "died of signal " + (status - 128) : "ended with status " + status;
    };
  }

  /** One line on how a prover ended that left no reply, with what its log says last. */
  private String describeDeath(String how) throws IOException {
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
  void remove() {
    discard(directory);
  }

  private void discard(Path place) {
    try {
      JobFiles.delete(place);
      if (socket.isPresent()) {
        JobFiles.deleteSocket(directory, socket.get());
      }
    } catch (IOException e) {
      LOG.warn("cannot remove the job {}: {}", place, Causes.describe(e));
    }
  }
}
