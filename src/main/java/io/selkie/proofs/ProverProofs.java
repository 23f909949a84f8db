package io.selkie.proofs;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proofs in child processes: one prover for each call, so that a full disk, an abort or a panic
 * takes this one call and nothing else.
 */
public final class ProverProofs extends JsonProofs {
  /** Gets the logs of provers. */
  static final Logger LOG = LoggerFactory.getLogger("io.selkie.prover");

  private final ProverSettings settings;
  private final ProofsProgress.Listener listener;

  /** Provers started by these settings; nobody listens to their progress. */
  public ProverProofs(ProverSettings settings) {
    this(settings, progress -> {});
  }

  private ProverProofs(ProverSettings settings, ProofsProgress.Listener listener) {
    this.settings = settings;
    this.listener = listener;
  }

  /** The same, with a listener to the progress of its calls. */
  public ProverProofs listening(ProofsProgress.Listener to) {
    return new ProverProofs(settings, to);
  }

  /** The same, with one more environment variable for its provers. */
  public ProverProofs with(String name, String value) {
    return new ProverProofs(settings.with(name, value), listener);
  }

  @Override
  byte[] exchange(byte[] request) throws ProofsException {
    try {
      ProverJob job = ProverJob.create(settings, request);
      try {
        return run(job);
      } finally {
        job.remove();
      }
    } catch (IOException e) {
      throw new ProofsException(
          ProofsFailure.of(ProofsFailure.Kind.ERROR, "cannot run a prover: " + Causes.describe(e)));
    }
  }

  private byte[] run(ProverJob job) throws IOException, ProofsException {
    Process process = job.start();
    try (ProgressReader reader = job.progress(process.pid(), process::isAlive, listener)) {
      int status = process.waitFor();
      job.forwardLog(LOG);
      Optional<byte[]> result = job.result();
      if (result.isPresent()) {
        return result.get();
      }
      throw new ProofsException(job.death(status));
    } catch (InterruptedException e) {
      // Whoever interrupts has no use for the answer, and nothing native can be cancelled.
      process.destroyForcibly();
      // Whoever takes up the work next must not meet it; and its job directory goes now.
      process.onExit().join();
      Thread.currentThread().interrupt();
      throw new ProofsException(
          ProofsFailure.of(ProofsFailure.Kind.DIED, "called off while the prover worked"));
    }
  }
}
