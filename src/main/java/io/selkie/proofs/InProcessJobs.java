package io.selkie.proofs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;

/**
 * Jobs without a process of their own: each phase runs in this one, on its caller's thread. For
 * small demos and unit tests. What {@link NodeJobs} promise does not hold here: nothing outlives
 * the node, so a phase that its end interrupts is begun anew; a phase cannot be killed, so calling
 * it off waits for its end; niceness, processors and GPUs are those of the node; a full disk or the
 * out-of-memory killer takes the node; and after a panic of the proofs the node has to be started
 * anew.
 */
public final class InProcessJobs {
  private final JsonProofs library;
  private final InstantSource clock;
  private final ConcurrentMap<String, Job> jobs = new ConcurrentHashMap<>();
  private volatile Optional<String> problem = Optional.empty();

  /** A phase that runs, or has run. */
  private static final class Job {
    private final byte[] request;
    private final Instant madeAt;
    private final ProofsProgress.Listener listener;
    private final CompletableFuture<Optional<byte[]>> end = new CompletableFuture<>();
    private volatile Optional<Instant> answeredAt = Optional.empty();

    private Job(byte[] request, Instant madeAt, ProofsProgress.Listener listener) {
      this.request = request;
      this.madeAt = madeAt;
      this.listener = listener;
    }
  }

  /** Jobs of this library, which tells all its progress to them from now on. */
  public InProcessJobs(NativeProofs library, InstantSource clock) {
    this((JsonProofs) library, clock);
    library.listen(this::onProgress);
  }

  InProcessJobs(JsonProofs library, InstantSource clock) {
    this.library = library;
    this.clock = clock;
  }

  /** Why no phase can run any more, on one line; empty: they can. */
  public Optional<String> problem() {
    return problem;
  }

  /** The names of the jobs that run, and of those whose answers nobody has removed. */
  public Set<String> present() {
    return Set.copyOf(jobs.keySet());
  }

  /** When the job began; empty if there is none. */
  public Optional<Instant> madeAt(String name) {
    return Optional.ofNullable(jobs.get(name)).map(job -> job.madeAt);
  }

  /** When its answer was there; empty if it is not. */
  public Optional<Instant> answeredAt(String name) {
    return Optional.ofNullable(jobs.get(name)).flatMap(job -> job.answeredAt);
  }

  /**
   * The proofs as one job. Good for one call, which blocks until there is an answer. A job of this
   * name that has ended is not begun again: its answer is given.
   *
   * @param onBegun told on the caller's thread right before the phase begins; what it throws leaves
   *     it at that
   */
  public Proofs run(String name, Runnable onBegun, ProofsProgress.Listener listener) {
    return new JsonProofs() {
      @Override
      byte[] exchange(byte[] request) throws ProofsException {
        Job fresh = new Job(request, clock.instant(), listener);
        Job known = jobs.putIfAbsent(name, fresh);
        if (known == null) {
          return perform(name, fresh, onBegun);
        }
        byte[] answer = answerOf(name, known, request);
        onBegun.run();
        return answer;
      }
    };
  }

  private byte[] perform(String name, Job job, Runnable onBegun) throws ProofsException {
    Optional<byte[]> answer = Optional.empty();
    try {
      onBegun.run();
      answer = Optional.of(library.exchange(job.request));
      lookForPanic(answer.get());
      job.answeredAt = Optional.of(clock.instant());
      return answer.get();
    } finally {
      if (answer.isEmpty()) {
        jobs.remove(name, job);
      }
      job.end.complete(answer);
    }
  }

  private static byte[] answerOf(String name, Job job, byte[] request) throws ProofsException {
    if (!Arrays.equals(job.request, request)) {
      throw failure(
          ProofsFailure.Kind.BAD_REQUEST,
          "there is a job " + name + " already, and it does something else");
    }
    return job.end
        .getNow(Optional.empty())
        .orElseThrow(
            () ->
                failure(
                    ProofsFailure.Kind.BUSY,
                    "the job " + name + " is waited for, or ended, by somebody else"));
  }

  /** The library takes no call after a panic; in a process of its own that would be the last. */
  private void lookForPanic(byte[] answer) throws ProofsException {
    try {
      JsonNode reply = JsonProofs.JSON.readTree(answer);
      boolean panicked = isPanic(reply);
      for (JsonNode sector : reply.path("result").path("sectors")) {
        panicked |= isPanic(sector);
      }
      if (panicked) {
        problem =
            Optional.of(
                "the proofs library panicked in this process (selkie.prover.executor ="
                    + " in-process): start the node anew");
      }
    } catch (IOException e) {
      throw failure(
          ProofsFailure.Kind.ERROR, "the proofs library gave no reply: " + Causes.describe(e));
    }
  }

  private static boolean isPanic(JsonNode reply) {
    String kind = reply.path("kind").asText("");
    return kind.equals("panic") || kind.equals("retired");
  }

  private void onProgress(ProofsProgress progress) {
    jobs.forEach(
        (name, job) -> {
          if (!job.end.isDone() && name.startsWith(progress.sector() + ".")) {
            job.listener.onProgress(progress);
          }
        });
  }

  /**
   * Calls a job off: when this returns nothing works on it, and it is forgotten. A phase that runs
   * cannot be interrupted, so its end is waited for, up to hours.
   *
   * @throws ProofsException with kind ERROR if the waiting is interrupted; it may be said again
   */
  public void stop(String name) throws ProofsException {
    Job job = jobs.get(name);
    if (job == null) {
      return;
    }
    try {
      Optional<byte[]> unused = job.end.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(
          ProofsFailure.Kind.ERROR, "interrupted while the end of " + name + " was waited for");
    } catch (ExecutionException e) {
      throw new IllegalStateException("ends are never exceptions", e);
    }
    jobs.remove(name, job);
  }

  /**
   * Forgets a job that has ended. Nothing happens if there is none.
   *
   * @throws ProofsException with kind BUSY if it runs
   */
  public void remove(String name) throws ProofsException {
    Job job = jobs.get(name);
    if (job != null && !job.end.isDone()) {
      throw failure(ProofsFailure.Kind.BUSY, "the job " + name + " runs");
    }
    if (job != null) {
      jobs.remove(name, job);
    }
  }

  private static ProofsException failure(ProofsFailure.Kind kind, String message) {
    return new ProofsException(ProofsFailure.of(kind, message));
  }
}
