package io.selkie.lotus;

import io.selkie.filecoin.PieceInfo;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.proofs.PieceSource;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskResult;
import io.selkie.worker.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The commitments of data that belongs to no sector, each by a job of a prover that outlives this
 * process. A few at once: each keeps a processor busy, and the farm's scheduler knows of none.
 */
final class DataCids {
  /** At once, on one host. */
  static final int MOST = 2;

  private final Jobs jobs;
  private final OpenWork work;

  DataCids(Jobs jobs, Executor blocking) {
    this.jobs = jobs;
    this.work = new OpenWork(MOST, blocking);
  }

  /**
   * Computes that of a call's data; asked for again, it is the same job.
   *
   * @param file with the data; empty: there are zeros alone
   * @return fails if it cannot be had now
   */
  CompletionStage<CallOutcome> of(UUID call, CallOrder.DataCid order, Optional<Path> file) {
    return work.of(call, () -> outcome(name(call), order, file));
  }

  private CallOutcome outcome(String name, CallOrder.DataCid order, Optional<Path> file)
      throws IOException {
    PieceSource source;
    try {
      source = source(order, file);
    } catch (NoSuchFileException e) {
      return failed(CallOrder.STREAM_LOST, "the bytes of the piece are gone: " + e.getMessage());
    }
    try {
      return computed(name, order, source);
    } catch (ProofsException e) {
      if (e.failure().kind() == ProofsFailure.Kind.BUSY || Thread.currentThread().isInterrupted()) {
        throw new IOException(e.getMessage(), e);
      }
      return failed("error", e.failure().describe());
    }
  }

  /** A job whose prover died, with its host or by itself, is done once more. */
  private CallOutcome computed(String name, CallOrder.DataCid order, PieceSource source)
      throws ProofsException {
    try {
      return compute(name, order, source);
    } catch (ProofsException e) {
      if (e.failure().kind() != ProofsFailure.Kind.DIED || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      jobs.stop(name);
      return compute(name, order, source);
    }
  }

  private CallOutcome compute(String name, CallOrder.DataCid order, PieceSource source)
      throws ProofsException {
    PieceInfo piece =
        jobs.run(name, Map.of(), () -> {}, progress -> {})
            .pieceCommitment(order.proofType(), source, order.size().padded());
    return new CallOutcome.Gave(new TaskResult.PieceAdded(piece));
  }

  private static PieceSource source(CallOrder.DataCid order, Optional<Path> file)
      throws IOException {
    long bytes = file.isPresent() ? Files.size(file.get()) : 0;
    return bytes == 0
        ? PieceSource.zeros()
        : PieceSource.file(file.orElseThrow(), Math.min(bytes, order.size().bytes()));
  }

  private static CallOutcome failed(String code, String message) {
    return new CallOutcome.Failed(new Failure(Failure.Action.RETRY, code, message));
  }

  /** The miner has the outcome of the call. May be said again. */
  void forget(UUID call) throws ProofsException {
    jobs.stop(name(call));
  }

  private static String name(UUID call) {
    return "datacid-" + call;
  }
}
