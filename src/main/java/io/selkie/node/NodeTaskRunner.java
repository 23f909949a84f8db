package io.selkie.node;

import akka.Done;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.transfer.TransferActor;
import io.selkie.transfer.TransferFiles;
import io.selkie.transfer.Transfers;
import io.selkie.worker.Ended;
import io.selkie.worker.TaskRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each attempt to who runs its kind: provers prove, transfers move files.
 *
 * @param blocking where small files are deleted
 */
record NodeTaskRunner(
    TaskRunner provers, Transfers transfers, TransferFiles files, Executor blocking)
    implements TaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(NodeTaskRunner.class);

  @Override
  public Set<TaskId.Attempt> present() {
    Set<TaskId.Attempt> all = new LinkedHashSet<>(provers.present());
    try {
      all.addAll(files.present());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the transfers of this host", e);
    }
    return all;
  }

  @Override
  public CompletionStage<Ended> run(
      TaskId.Attempt attempt,
      TaskRequest request,
      Map<String, String> environment,
      Runnable onDurable) {
    if (request instanceof TaskRequest.Remove removal) {
      return remove(attempt, removal, environment, onDurable);
    }
    return attempt.task().kind().isMove()
        ? transfers.run(attempt, request, onDurable).thenApply(NodeTaskRunner::ended)
        : provers.run(attempt, request, environment, onDurable);
  }

  /** First of all what was brought elsewhere: without its files nobody would know of it. */
  private CompletionStage<Ended> remove(
      TaskId.Attempt attempt,
      TaskRequest.Remove removal,
      Map<String, String> environment,
      Runnable onDurable) {
    Instant begun = Instant.now();
    return transfers
        .forget(attempt.sector(), removal.copy())
        .handle((nothing, trouble) -> Optional.ofNullable(trouble))
        .thenCompose(
            trouble ->
                trouble.isPresent()
                    ? CompletableFuture.completedStage(
                        new Ended.Failed(
                            begun,
                            Instant.now(),
                            new Failure(
                                Failure.Action.RETRY,
                                "error",
                                "its transfer cannot be forgotten: " + trouble.get().getMessage())))
                    : provers.run(attempt, removal, environment, onDurable));
  }

  private static Ended ended(TransferActor.End end) {
    if (end instanceof TransferActor.End.Succeeded done) {
      return new Ended.Succeeded(done.startedAt(), Instant.now(), done.bytes(), done.result());
    }
    return new Ended.Failed(
        end.startedAt(), Instant.now(), ((TransferActor.End.Failed) end).failure());
  }

  @Override
  public CompletionStage<Done> stop(TaskId.Attempt attempt) {
    return attempt.task().kind().isMove()
        ? transfers.stop(attempt).thenApply(nothing -> Done.getInstance())
        : provers.stop(attempt);
  }

  @Override
  public CompletionStage<Done> discard(TaskId.Attempt attempt) {
    // What a stopped transfer sent stays where it went: the next one goes on with it.
    return attempt.task().kind().isMove()
        ? CompletableFuture.completedStage(Done.getInstance())
        : provers.discard(attempt);
  }

  @Override
  public void remove(TaskId.Attempt attempt) {
    if (attempt.task().kind().isMove()) {
      blocking.execute(() -> removeMark(attempt));
    } else {
      provers.remove(attempt);
    }
  }

  private void removeMark(TaskId.Attempt attempt) {
    try {
      files.remove(attempt);
    } catch (IOException e) {
      LOG.warn(
          "cannot forget {}, which is found again at the next start: {}", attempt, e.toString());
    }
  }
}
