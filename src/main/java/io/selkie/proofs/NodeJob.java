package io.selkie.proofs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One job of a node as proofs: started, or taken up where an earlier life of the node left it. */
final class NodeJob extends JsonProofs {
  private static final Logger LOG = LoggerFactory.getLogger(NodeJob.class);
  private static final int LOOKS = 60;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(100);

  private final NodeJobs jobs;
  private final ProverSettings settings;
  private final String name;
  private final Runnable onDurable;
  private final ProofsProgress.Listener listener;
  private final AtomicBoolean used = new AtomicBoolean();

  NodeJob(
      NodeJobs jobs,
      ProverSettings settings,
      String name,
      Runnable onDurable,
      ProofsProgress.Listener listener) {
    this.jobs = jobs;
    this.settings = settings;
    this.name = name;
    this.onDurable = onDurable;
    this.listener = listener;
  }

  @Override
  byte[] exchange(byte[] request) throws ProofsException {
    if (used.getAndSet(true)) {
      throw failure(ProofsFailure.Kind.BAD_REQUEST, "the job " + name + " is good for one call");
    }
    ProverCall call = jobs.enter(name);
    try {
      return answer(call, request);
    } catch (IOException e) {
      // Its files go while it is called off.
      call.check();
      throw failure(
          ProofsFailure.Kind.ERROR, "cannot run the job " + name + ": " + Causes.describe(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(
          ProofsFailure.Kind.DIED, "nobody waits for the job " + name + " any more; it goes on");
    } finally {
      jobs.leave(name, call);
    }
  }

  private byte[] answer(ProverCall call, byte[] request)
      throws IOException, ProofsException, InterruptedException {
    ProverJob job = call.unlessCalledOff(() -> open(request));
    onDurable.run();
    while (true) {
      // In this order: a prover that is dead by the second look has answered before the first.
      Optional<ProcessIdentity> prover = insisting(call, job::prover);
      boolean works =
          prover.isPresent() && insisting(call, () -> prover.get().isAlive(ProcessIdentity.PROC));
      Optional<byte[]> result = insisting(call, job::result);
      call.check();
      if (result.isPresent()) {
        job.log(ProverProofs.LOG).close();
        return result.get();
      } else if (works) {
        LOG.info("the job {} is taken up: process {} works on", name, prover.orElseThrow().pid());
        awaitEnd(call, job, prover.orElseThrow());
      } else if (prover.isPresent()) {
        job.log(ProverProofs.LOG).close();
        throw new ProofsException(job.unseenDeath(prover.get()));
      } else {
        start(call, job);
      }
    }
  }

  /** The job that is there, or a new one. */
  private ProverJob open(byte[] request) throws IOException, ProofsException {
    Path directory = ProverJob.directory(settings, name);
    if (JobFiles.json(directory.resolve(JobFiles.JOB)).isEmpty()) {
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        jobs.end(directory); // what an interrupted removal left; its provers end before it goes
      }
      return ProverJob.create(
          settings, name, request, Optional.of(jobs.history()), jobs.takeIdle());
    }
    ProverJob job = ProverJob.open(settings, name);
    if (!job.asks(request)) {
      throw failure(
          ProofsFailure.Kind.BAD_REQUEST,
          "there is a job " + name + " already, and it does something else");
    }
    return job;
  }

  /** Runs a prover of our own to its end, which may be that another one works. */
  private void start(ProverCall call, ProverJob job)
      throws IOException, ProofsException, InterruptedException {
    Process process = call.start(job);
    int status;
    try (LogTail log = job.log(ProverProofs.LOG).follow();
        ProgressReader reader = job.progress(process.pid(), process::isAlive, listener)) {
      status = process.waitFor();
    }
    call.check();
    if (status == ProverJob.TAKEN) {
      // One that an earlier life of the node started a moment before its end.
      call.pause(POLL);
      return;
    }
    if (job.result().isEmpty()) {
      throw new ProofsException(job.death(status));
    }
  }

  private void awaitEnd(ProverCall call, ProverJob job, ProcessIdentity prover)
      throws IOException, ProofsException, InterruptedException {
    try (LogTail log = job.log(ProverProofs.LOG).follow();
        ProgressReader reader = job.progress(prover.pid(), () -> isAlive(prover), listener)) {
      while (insisting(call, () -> prover.isAlive(ProcessIdentity.PROC))) {
        call.pause(POLL);
      }
    }
  }

  @FunctionalInterface
  private interface Look<T> {
    T look() throws IOException;
  }

  /**
   * Looks again for a while: that this process has no file handle left, say, is no reason to give
   * up hours of a prover's work.
   */
  private <T> T insisting(ProverCall call, Look<T> look)
      throws IOException, ProofsException, InterruptedException {
    for (int left = LOOKS; ; left--) {
      try {
        return look.look();
      } catch (IOException e) {
        call.check();
        if (left == 0) {
          throw e;
        }
        LOG.warn("cannot look after the job {}, trying again: {}", name, Causes.describe(e));
        call.pause(BETWEEN_LOOKS);
      }
    }
  }

  private static boolean isAlive(ProcessIdentity prover) {
    try {
      return prover.isAlive(ProcessIdentity.PROC);
    } catch (IOException e) {
      return false; // whoever waits for the answer meets the same trouble, and says so
    }
  }

  private static ProofsException failure(ProofsFailure.Kind kind, String message) {
    return new ProofsException(ProofsFailure.of(kind, message));
  }
}
