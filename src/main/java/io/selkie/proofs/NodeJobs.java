package io.selkie.proofs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of a node: one directory each, named by the caller, and a prover process that outlives
 * the node. What the node's next life finds is taken up where it stands, never begun twice.
 *
 * <p>A name stands for one attempt of one task, such as {@code s-t01000-1.g1.t2.PreCommit1.a1}. Its
 * life: {@link #run} until there is an answer, which stays until {@link #remove}. Whoever gives an
 * attempt up says {@link #stop} first, and may begin another one when that returns.
 */
public final class NodeJobs implements AutoCloseable {
  /** A directory name; 16 hex digits are those of one-shot commands. */
  private static final Pattern NAME =
      Pattern.compile("(?![0-9a-f]{16}$)[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

  private static final Pattern UNFINISHED = Pattern.compile("\\.(.+)\\.new");

  /** What a directory may hold whose removal was interrupted after {@code job.json} was gone. */
  private static final Set<String> LEFT_OVER =
      Set.of(
          JobFiles.JOB,
          JobFiles.PROVER,
          JobFiles.PROVER + ".tmp",
          JobFiles.RESULT,
          JobFiles.RESULT + ".tmp",
          JobFiles.LOG,
          JobFiles.LOG_SEEN,
          JobFiles.PROGRESS,
          "lock");

  /** A killed process that is not gone by then waits in the kernel for a device. */
  private static final Duration DEATH = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(NodeJobs.class);

  private final ProverSettings settings;
  private final Duration patience;
  private final IdleProvers idle;
  private final ConcurrentMap<String, ProverCall> calls = new ConcurrentHashMap<>();

  /**
   * Jobs in the directory of these settings, each in a prover that is started for it.
   *
   * @throws IllegalArgumentException if the provers are to end with this process
   */
  public NodeJobs(ProverSettings settings) {
    this(settings, 0);
  }

  /**
   * Jobs in the directory of these settings.
   *
   * @param idle how many provers wait for jobs at once, 0 or more
   * @throws IllegalArgumentException if the provers are to end with this process
   */
  public NodeJobs(ProverSettings settings, int idle) {
    this(settings, DEATH, idle);
  }

  NodeJobs(ProverSettings settings, Duration patience) {
    this(settings, patience, 0);
  }

  private NodeJobs(ProverSettings settings, Duration patience, int idle) {
    if (settings.boundToParent()) {
      throw new IllegalArgumentException("the provers of a node are not bound to it");
    }
    this.settings = settings;
    this.patience = patience;
    this.idle = new IdleProvers(settings, idle);
  }

  /** Starts the provers that wait for jobs. Blocks for some milliseconds each. */
  public void startIdle() {
    idle.refill();
  }

  /** Ends the provers that wait for jobs; those at work go on. */
  @Override
  public void close() {
    idle.close();
  }

  /** A prover that waits for a job, if there is one. */
  Optional<IdleProvers.Idle> takeIdle() {
    return idle.take();
  }

  /**
   * The file in which provers note, for good, that they began a job and that they completed it: one
   * line each, {@code <time> <process id> <job> started|completed}.
   */
  public Path history() {
    return settings.jobs().toAbsolutePath().resolveSibling("provers.log");
  }

  /**
   * The names of the jobs that are there, whatever their state; those too that are just being
   * ended, since somebody may still work on them. What an interrupted creation or removal left is
   * cleared away; other things in the directory are left alone.
   */
  public Set<String> present() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path entry : entries()) {
      String name = String.valueOf(entry.getFileName());
      try {
        if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        Matcher unfinished = UNFINISHED.matcher(name);
        if (idle.owns(entry)) {
          continue;
        }
        if (unfinished.matches()) {
          clear(entry, unfinished.group(1));
        } else if (NAME.matcher(name).matches() && isJob(entry, name)) {
          names.add(name);
        }
      } catch (IOException e) {
        LOG.warn("cannot tell what {} is: {}", entry, Causes.describe(e));
      }
    }
    return names;
  }

  private Iterable<Path> entries() throws IOException {
    try {
      return JobFiles.entries(settings.jobs().toAbsolutePath());
    } catch (NoSuchFileException e) {
      return Set.of();
    }
  }

  private boolean isJob(Path directory, String name) throws IOException {
    Optional<JsonNode> job = JobFiles.json(directory.resolve(JobFiles.JOB));
    if (job.isPresent()) {
      return ProverJob.isOfNode(job.get());
    }
    if (!isLeftOver(directory)) {
      return false;
    }
    try {
      clear(directory, name);
    } catch (IOException e) {
      LOG.warn("cannot clear {} away, it stays a job: {}", directory, Causes.describe(e));
    }
    return Files.exists(directory);
  }

  private static boolean isLeftOver(Path directory) throws IOException {
    return JobFiles.entries(directory).stream()
        .allMatch(file -> LEFT_OVER.contains(String.valueOf(file.getFileName())));
  }

  private void clear(Path directory, String name) throws IOException {
    if (NAME.matcher(name).matches() && !calls.containsKey(name)) {
      LOG.info("{} is what an interrupted job left: removed", directory);
      end(directory);
    }
  }

  /** When the job was made; empty if there is none. */
  public Optional<Instant> madeAt(String name) throws IOException {
    return writtenAt(name, JobFiles.JOB);
  }

  /** When the answer of the job was written; empty if there is none. */
  public Optional<Instant> answeredAt(String name) throws IOException {
    return writtenAt(name, JobFiles.RESULT);
  }

  private Optional<Instant> writtenAt(String name, String file) throws IOException {
    checkName(name);
    try {
      Path path = ProverJob.directory(settings, name).resolve(file);
      return Optional.of(Files.getLastModifiedTime(path).toInstant());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * The proofs as one job. Good for one call, which blocks until there is an answer; its result
   * stays until {@link #remove}. An interrupt ends the waiting, not the prover.
   *
   * <p>The call throws with {@link ProofsFailure.Kind#BAD_REQUEST} if a job of this name does
   * something else, with {@link ProofsFailure.Kind#BUSY} if somebody else waits for it or ends it,
   * and with {@link ProofsFailure.Kind#DIED} if its prover ended without an answer, now or earlier,
   * or it was called off.
   *
   * @param onDurable told, on the caller's thread, once the job cannot be lost any more
   * @param listener told about the progress
   */
  public Proofs run(String name, Runnable onDurable, ProofsProgress.Listener listener) {
    return run(name, Map.of(), onDurable, listener);
  }

  /**
   * The same with variables for the prover of this job, should it not be at work already.
   *
   * @param environment on top of what all provers have
   */
  public Proofs run(
      String name,
      Map<String, String> environment,
      Runnable onDurable,
      ProofsProgress.Listener listener) {
    checkName(name);
    ProverSettings own = settings;
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      own = own.with(variable.getKey(), variable.getValue());
    }
    return new NodeJob(this, own, name, onDurable, listener);
  }

  /** What the prover of the job has said so far; empty if there is none. */
  public String log(String name) throws IOException {
    checkName(name);
    try {
      return Files.readString(
          ProverJob.directory(settings, name).resolve(JobFiles.LOG), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /**
   * Removes a job that has its answer. Nothing happens if there is none.
   *
   * @throws ProofsException with kind BUSY if somebody waits for it; with kind ERROR if it cannot
   *     be removed
   */
  public void remove(String name) throws ProofsException {
    ProverCall call = enter(name);
    try {
      end(name);
    } finally {
      leave(name, call);
    }
  }

  /**
   * Calls a job off: when this returns no prover works on it, and its directory is gone. Whoever
   * waits for it gets an exception. Nothing happens if there is none.
   *
   * @throws ProofsException with kind ERROR if a prover does not die, or the job cannot be removed;
   *     it may be said again
   */
  public void stop(String name) throws ProofsException {
    checkName(name);
    ProverCall mine = new ProverCall(name);
    ProverCall current = calls.putIfAbsent(name, mine);
    if (current == null) {
      try {
        end(name);
      } finally {
        leave(name, mine);
      }
    } else {
      current.callOff();
      end(name);
      awaitEnd(name, current);
    }
  }

  private void awaitEnd(String name, ProverCall call) throws ProofsException {
    try {
      if (!call.awaitEnd(patience)) {
        throw error("the call that waits for the job " + name + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error("interrupted while the job " + name + " was ended");
    }
  }

  /** Removes the job and whoever works on it; in this order, since nobody begins without a job. */
  private void end(String name) throws ProofsException {
    try {
      end(ProverJob.directory(settings, name));
    } catch (IOException e) {
      throw error("cannot remove the job " + name + ": " + Causes.describe(e));
    }
  }

  void end(Path directory) throws IOException {
    Optional<Path> socket = JobFiles.socket(directory);
    Files.deleteIfExists(directory.resolve(JobFiles.JOB));
    ProverProcesses.end(directory, patience);
    JobFiles.deleteTree(directory);
    if (socket.isPresent()) {
      JobFiles.deleteSocket(directory, socket.get());
    }
  }

  /** Makes the caller the only one at this job. */
  ProverCall enter(String name) throws ProofsException {
    checkName(name);
    ProverCall call = new ProverCall(name);
    if (calls.putIfAbsent(name, call) != null) {
      throw new ProofsException(
          ProofsFailure.of(
              ProofsFailure.Kind.BUSY,
              "the job " + name + " is waited for, or ended, by somebody else"));
    }
    return call;
  }

  void leave(String name, ProverCall call) {
    calls.remove(name, call);
    call.leave();
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is no name of a job");
    }
  }

  private static ProofsException error(String message) {
    return new ProofsException(ProofsFailure.of(ProofsFailure.Kind.ERROR, message));
  }
}
