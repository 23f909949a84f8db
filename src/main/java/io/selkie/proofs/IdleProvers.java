package io.selkie.proofs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provers that were started ahead of their jobs, which then need not wait for a process. Each waits
 * in a directory that becomes its job's, serves one job, and ends with this process as long as it
 * has none.
 */
final class IdleProvers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IdleProvers.class);
  private static final int BEGIN = '\n';

  private final ProverSettings settings;
  private final int wanted;
  private final Deque<Idle> ready = new ArrayDeque<>();

  /** Names are never used again: what was ours stays ours. */
  private final Set<Path> ours = ConcurrentHashMap.newKeySet();

  /** Held while provers are started, so that whoever has it knows of each. */
  private final Object starting = new Object();

  private boolean closed;

  /**
   * None yet.
   *
   * @param wanted how many wait at once, 0 or more
   */
  IdleProvers(ProverSettings settings, int wanted) {
    this.settings = settings;
    this.wanted = wanted;
  }

  /**
   * A prover that waits.
   *
   * @param directory without a job
   */
  record Idle(Path directory, Process process) {
    /**
     * Has it do the job of its directory, which has the job's name by now.
     *
     * @param environment on top of the variables with which it was started: those of its job's
     *     device were not known then
     */
    void begin(Map<String, String> environment) throws IOException {
      byte[] line = JsonProofs.JSON.writeValueAsBytes(environment);
      try (OutputStream input = process.getOutputStream()) {
        input.write(line);
        input.write(BEGIN);
      }
    }

    /** Ends it, with its directory. */
    void end() {
      process.destroyForcibly();
      try {
        JobFiles.deleteTree(directory);
      } catch (IOException e) {
        LOG.warn("cannot remove {}: {}", directory, Causes.describe(e));
      }
    }
  }

  /** One that waits, if there is one; from now on it is the caller's. */
  Optional<Idle> take() {
    Optional<Idle> taken = Optional.ofNullable(poll());
    if (wanted > 0) {
      var unused = CompletableFuture.runAsync(this::refill);
    }
    return taken.filter(
        idle -> {
          boolean alive = idle.process().isAlive() && Files.isDirectory(idle.directory());
          if (!alive) {
            idle.end();
          }
          return alive;
        });
  }

  private synchronized @Nullable Idle poll() {
    return ready.poll();
  }

  /** Starts what is missing. That none can be started ahead is told, and delays no job for good. */
  void refill() {
    synchronized (starting) {
      while (missing()) {
        try {
          add(start());
        } catch (IOException e) {
          LOG.warn("cannot start a prover ahead: {}", Causes.describe(e));
          return;
        }
      }
    }
  }

  private synchronized boolean missing() {
    return !closed && ready.size() < wanted;
  }

  private synchronized void add(Idle idle) {
    ready.add(idle);
  }

  private Idle start() throws IOException {
    Path jobs = settings.jobs().toAbsolutePath();
    ProverJob.createDurably(jobs);
    // A name that no job has, and that the next life of the node clears away.
    Path directory = jobs.resolve(ProverJob.unfinished("idle-" + UUID.randomUUID()));
    ours.add(directory);
    return new Idle(ProverJob.createDirectory(directory), ProverJob.startIdle(settings, directory));
  }

  /** Whether a prover of ours waits there, or did. */
  boolean owns(Path directory) {
    return ours.contains(directory);
  }

  /** Ends those that wait, and the one that is just being started. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    Deque<Idle> left = new ArrayDeque<>();
    synchronized (starting) {
      for (Idle idle = poll(); idle != null; idle = poll()) {
        left.add(idle);
      }
    }
    left.forEach(Idle::end);
  }
}
