package io.selkie.worker;

import akka.Done;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.ReadsOutput;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.ForeignClaimException;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs attempts as jobs of provers on the sectors of a host; a job has the attempt's name. Removal
 * of a sector needs no prover: it is done here, and again if this process dies over it.
 */
public final class ProverTaskRunner implements TaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ProverTaskRunner.class);
  private static final int STOP_AGAIN_SECONDS = 1;
  private static final Duration REMOVE_AGAIN = Duration.ofMinutes(1);

  private final SectorPlaces places;
  private final Jobs jobs;
  private final Proofs local;
  private final ProgressBoard board;
  private final HostLedger ledger;
  private final Executor executor;
  private final InputFetch fetch;
  private final FetchedInputs fetched;
  private final MissingFiles missing;
  private final Duration removeAgain;
  private final ConcurrentMap<TaskId.Attempt, Running> running = new ConcurrentHashMap<>();

  private final ConcurrentMap<TaskId.Attempt, CompletableFuture<Done>> discarding =
      new ConcurrentHashMap<>();

  private static final class Running {
    private final CompletableFuture<Done> durable = new CompletableFuture<>();
    private final CompletableFuture<Ended> end = new CompletableFuture<>();
    private volatile boolean calledOff;
  }

  /**
   * A runner.
   *
   * @param places of the sectors' files
   * @param local proofs in this process, for what is short
   * @param board shows the progress
   * @param ledger hears of every task before it begins
   * @param executor has a thread for each running task, and some more
   * @param fetch brings what a Commit2 reads from the host that made it
   * @param fetched where to
   * @param missing brings what workers of others have
   */
  public ProverTaskRunner(
      SectorPlaces places,
      Jobs jobs,
      Proofs local,
      ProgressBoard board,
      HostLedger ledger,
      Executor executor,
      InputFetch fetch,
      FetchedInputs fetched,
      MissingFiles missing) {
    this(places, jobs, local, board, ledger, executor, fetch, fetched, missing, REMOVE_AGAIN);
  }

  ProverTaskRunner(
      SectorPlaces places,
      Jobs jobs,
      Proofs local,
      ProgressBoard board,
      HostLedger ledger,
      Executor executor,
      InputFetch fetch,
      FetchedInputs fetched,
      MissingFiles missing,
      Duration removeAgain) {
    this.places = places;
    this.jobs = jobs;
    this.local = local;
    this.board = board;
    this.ledger = ledger;
    this.executor = executor;
    this.fetch = fetch;
    this.fetched = fetched;
    this.missing = missing;
    this.removeAgain = removeAgain;
  }

  @Override
  public Set<TaskId.Attempt> present() {
    try {
      // First those that are about to make their jobs.
      Set<TaskId.Attempt> attempts = new LinkedHashSet<>(running.keySet());
      for (String name : jobs.present()) {
        try {
          attempts.add(TaskId.Attempt.parse(name));
        } catch (IllegalArgumentException e) {
          LOG.debug("the job {} is of no attempt", name);
        }
      }
      return attempts;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the jobs of this host", e);
    }
  }

  @Override
  public CompletionStage<Ended> run(
      TaskId.Attempt attempt,
      TaskRequest request,
      Map<String, String> environment,
      Runnable onDurable) {
    Running fresh = new Running();
    @Nullable Running known = running.putIfAbsent(attempt, fresh);
    // A worker that started anew meets the work of the one before.
    Running current = known == null ? fresh : known;
    CompletableFuture<Void> unusedNotice = current.durable.thenRun(onDurable);
    if (known == null) {
      CompletableFuture<Ended> unusedEnd =
          CompletableFuture.supplyAsync(
                  () -> perform(attempt, request, environment, fresh), executor)
              .whenComplete((end, trouble) -> finish(attempt, fresh, end, trouble));
    }
    return current.end;
  }

  private void finish(
      TaskId.Attempt attempt, Running run, @Nullable Ended end, @Nullable Throwable trouble) {
    board.remove(attempt);
    ledger.over(attempt);
    running.remove(attempt, run);
    if (end != null) {
      run.end.complete(end);
    } else if (trouble != null) {
      run.end.completeExceptionally(trouble);
    }
  }

  private Ended perform(
      TaskId.Attempt attempt, TaskRequest request, Map<String, String> environment, Running run) {
    Instant now = Instant.now();
    try {
      ledger.begin(attempt, request);
      SectorTask task = new SectorTask(attempt, files(attempt, request), request, fetched);
      TaskResult result = perform(attempt, task, environment, run);
      ledger.succeeded(attempt, request.kind());
      lookForFallback(attempt, environment);
      return new Ended.Succeeded(
          time(jobs::madeAt, attempt).orElse(now),
          time(jobs::answeredAt, attempt).orElseGet(Instant::now),
          task.bytes(),
          result);
    } catch (ProofsException e) {
      return failed(attempt, now, orUnfit(Failures.of(attempt.task().kind(), e.failure())));
    } catch (TaskFailure e) {
      return failed(attempt, now, e.failure());
    } catch (CancellationException e) {
      return failed(
          attempt, now, new Failure(Failure.Action.RETRY, "died", String.valueOf(e.getMessage())));
    } catch (ForeignClaimException e) {
      return failed(
          attempt,
          now,
          new Failure(Failure.Action.ABANDON, "claimed", String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return failed(
          attempt, now, orUnfit(new Failure(Failure.Action.RETRY, "error", String.valueOf(e))));
    }
  }

  /** What fails for no fault of its own on a host that runs no prover is left to another host. */
  private Failure orUnfit(Failure failure) {
    return failure.action() == Failure.Action.RETRY
        ? ledger
            .unfit()
            .map(why -> new Failure(Failure.Action.HALT, Failures.UNFIT, why))
            .orElse(failure)
        : failure;
  }

  private void lookForFallback(TaskId.Attempt attempt, Map<String, String> environment)
      throws IOException {
    if (!environment.getOrDefault(Devices.VISIBLE, "").isEmpty()) {
      CpuFallback.in(jobs.log(attempt.toString()))
          .ifPresent(
              line ->
                  LOG.warn(
                      "{} was to prove on GPU {}, and its prover went on without it: {}",
                      attempt,
                      environment.get(Devices.VISIBLE),
                      line));
    }
  }

  /**
   * Whatever may write claims the sector first. A Groth proof only reads a file that its request
   * names, and runs on a host without any storage path, too.
   */
  private SectorFiles files(TaskId.Attempt attempt, TaskRequest request) throws IOException {
    SectorId sector = attempt.sector();
    int generation = attempt.task().generation();
    if (request instanceof ReadsOutput proof) {
      return new SectorFiles(proof.phase1Output().resolveSibling(""), sector);
    } else if (request instanceof TaskRequest.Remove) {
      return places.removal(sector, generation);
    } else if (request instanceof TaskRequest.Unseal) {
      // The replica that is read may have left for storage.
      return places.unsealing(sector, generation);
    }
    return places.claim(sector, generation);
  }

  private Ended failed(TaskId.Attempt attempt, Instant now, Failure failure) {
    return new Ended.Failed(
        time(jobs::madeAt, attempt).orElse(now),
        time(jobs::answeredAt, attempt).orElseGet(Instant::now),
        failure);
  }

  /** What its job says, which also knows of earlier lives of this process. */
  private static Optional<Instant> time(JobTime time, TaskId.Attempt attempt) {
    try {
      return time.of(attempt.toString());
    } catch (IOException e) {
      LOG.debug("cannot tell a time of the job {}", attempt, e);
      return Optional.empty();
    }
  }

  @FunctionalInterface
  private interface JobTime {
    Optional<Instant> of(String name) throws IOException;
  }

  private TaskResult perform(
      TaskId.Attempt attempt, SectorTask task, Map<String, String> environment, Running run)
      throws IOException, ProofsException, TaskFailure {
    String name = attempt.toString();
    // A job that is there was checked before it was made.
    if (jobs.madeAt(name).isEmpty()) {
      task.check(local, fetch, missing);
    }
    if (attempt.task().kind() == TaskKind.REMOVE) {
      run.durable.complete(Done.getInstance());
    }
    if (run.calledOff) {
      throw new TaskFailure(
          new Failure(Failure.Action.RETRY, "died", "called off before it began"));
    }
    return task.perform(
        jobs.run(
            name,
            environment,
            () -> begins(run),
            progress -> board.put(attempt, progress, Instant.now())),
        local);
  }

  /** Its job is made and no prover started: the last moment to leave it at that. */
  private static void begins(Running run) {
    if (run.calledOff) {
      throw new CancellationException("called off before its prover was started");
    }
    run.durable.complete(Done.getInstance());
  }

  @Override
  public CompletionStage<Done> stop(TaskId.Attempt attempt) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            end(attempt);
            return Done.getInstance();
          } catch (ProofsException e) {
            throw new CompletionException(e);
          }
        },
        executor);
  }

  private void end(TaskId.Attempt attempt) throws ProofsException {
    @Nullable Running current = running.get(attempt);
    if (current != null) {
      current.calledOff = true;
    }
    jobs.stop(attempt.toString());
    if (current != null) {
      while (!ends(current)) {
        jobs.stop(attempt.toString());
      }
      // One that had not made its job yet may have done so right after the first try.
      jobs.stop(attempt.toString());
    }
    fetched.remove(attempt);
    if (attempt.task().kind() == TaskKind.UNSEAL) {
      clearScratch(attempt.sector());
    }
  }

  @Override
  public CompletionStage<Done> discard(TaskId.Attempt attempt) {
    // A worker that started anew says it again: two must not run, lest the slower one meets files
    // of the next attempt.
    CompletableFuture<Done> fresh = new CompletableFuture<>();
    @Nullable CompletableFuture<Done> known = discarding.putIfAbsent(attempt, fresh);
    if (known != null) {
      return known;
    }
    executor.execute(
        () -> {
          try {
            discardNow(attempt);
          } finally {
            discarding.remove(attempt, fresh);
            fresh.complete(Done.getInstance());
          }
        });
    return fresh;
  }

  private void discardNow(TaskId.Attempt attempt) {
    if (!attempt.task().kind().bringsFiles()) {
      return;
    }
    try {
      long bytes = attempt.wasMade() ? abandoned(attempt) : 0;
      ledger.discarded(attempt);
      LOG.info("{} was aborted: {} bytes of its own are freed", attempt, bytes);
    } catch (IOException e) {
      LOG.warn(
          "what {} has written cannot be removed, selkie sectors remove does: {}",
          attempt,
          e.getMessage());
    }
  }

  private long abandoned(TaskId.Attempt attempt) throws IOException {
    SectorFiles files = places.claim(attempt.sector(), attempt.task().generation());
    return AbandonedWork.discard(files, attempt.task().kind());
  }

  /** A killed unsealing leaves layers and trees: some fourteen times the sector. */
  private void clearScratch(SectorId sector) {
    try {
      places.own(sector).deleteUnsealScratch();
    } catch (IOException e) {
      LOG.warn("cannot clear what unsealing {} left: {}", sector, e.getMessage());
    }
  }

  private static boolean ends(Running run) {
    try {
      run.end.get(STOP_AGAIN_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  @Override
  public void remove(TaskId.Attempt attempt) {
    executor.execute(() -> removeNow(attempt));
  }

  private void removeNow(TaskId.Attempt attempt) {
    try {
      jobs.remove(attempt.toString());
      fetched.remove(attempt);
    } catch (ProofsException e) {
      // Should this process end before, it is found at the next start.
      LOG.atLevel(e.failure().kind() == ProofsFailure.Kind.BUSY ? Level.DEBUG : Level.WARN)
          .log(
              "cannot remove the job {}, will try again in {} s: {}",
              attempt,
              removeAgain.toSeconds(),
              e.getMessage());
      CompletableFuture.delayedExecutor(removeAgain.toMillis(), TimeUnit.MILLISECONDS, executor)
          .execute(() -> removeNow(attempt));
    }
  }
}
