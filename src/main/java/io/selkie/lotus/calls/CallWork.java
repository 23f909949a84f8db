package io.selkie.lotus.calls;

import io.selkie.filecoin.SectorId;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import io.selkie.sector.SectorTasks;
import io.selkie.stages.Stages;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Does the steps of a call: each may be done again, after any crash. */
final class CallWork {
  private static final String DRIVER = "miner";

  private final UUID call;
  private final SectorTasks tasks;
  private final CallEffects effects;

  /**
   * Whether the sector did not answer this call in time. It answers whoever asked last, and by now
   * that may have been another call for the same.
   */
  private volatile boolean waited;

  /** Whether the call was taken by an actor before this one. */
  private boolean inherited;

  CallWork(UUID call, SectorTasks tasks, CallEffects effects) {
    this.call = call;
    this.tasks = tasks;
    this.effects = effects;
  }

  /** How a step ended. */
  sealed interface Step {}

  /** It is to be done again in a while. */
  record NotYet(String why) implements Step {}

  /** The call is done, one way or the other. */
  record Outcome(CallOutcome outcome) implements Step {}

  /** The miner has it. */
  record Reported() implements Step {}

  /** The end of a stage; what went wrong with it is tried again. */
  static Step of(@Nullable Step step, @Nullable Throwable trouble) {
    if (step != null) {
      return step;
    }
    if (trouble == null) {
      return new NotYet("");
    }
    Throwable cause = Stages.cause(trouble);
    if (cause instanceof TimeoutException) {
      return new NotYet(""); // tasks take hours
    }
    return new NotYet(cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  /** What becomes of a call whose bytes did not come whole. */
  static CallOutcome lost(String why) {
    return new CallOutcome.Failed(
        new Failure(
            Failure.Action.ABANDON,
            CallOrder.STREAM_LOST,
            "the bytes of the piece did not come: " + why));
  }

  /** The call comes from the journal. */
  void inherit() {
    inherited = true;
  }

  /**
   * Whether the call is not to be done any more. A miner that never heard its id asks again, and
   * waits for a worker that has the file: without end, if this call deletes it meanwhile. One that
   * did hear it asks again when it fails.
   */
  private boolean isOver(CallOrder order) {
    return inherited && order instanceof CallOrder.ReleaseUnsealed release && !release.kept();
  }

  CompletionStage<Step> step(CallState.Open open) {
    CallOrder order = open.order();
    if (order instanceof CallOrder.Perform perform) {
      return perform(open.sector(), perform.request(), perform.at());
    }
    if (order instanceof CallOrder.AddPushedPiece piece) {
      return open.piece().isPresent()
          ? perform(open.sector(), added(piece, open.piece().get()), Optional.empty())
          : waitForPiece(piece.host());
    }
    if (order instanceof CallOrder.DataCid data) {
      return data.zeros() || open.piece().isPresent()
          ? effects.dataCid(call, data, open.piece()).thenApply(Outcome::new)
          : waitForPiece(data.host());
    }
    if (order instanceof CallOrder.Fetch fetch) {
      return fetch(open.sector(), fetch);
    }
    if (order instanceof CallOrder.Download) {
      return tasks
          .state(open.sector())
          .thenCompose(state -> effects.store(call, open.sector(), order, state.filesOn()))
          .thenApply(Outcome::new);
    }
    if (isOver(order)) {
      return failed(CallOrder.BEGUN_ANEW, "the host that took the call began anew meanwhile");
    }
    // What is left to do, is done where the files are, with the report.
    return CompletableFuture.completedStage(new Outcome(new CallOutcome.Done()));
  }

  CompletionStage<Step> report(CallState.Ended ended) {
    if (ended.order() instanceof CallOrder.DataCid data) {
      return effects
          .report(call, ended, Optional.of(data.host()))
          .thenApply(nothing -> new Reported());
    }
    return tasks
        .state(ended.sector())
        .thenCompose(state -> effects.report(call, ended, state.filesOn()))
        .thenApply(nothing -> new Reported());
  }

  private static TaskRequest added(CallOrder.AddPushedPiece piece, Path file) {
    return new TaskRequest.AddPiece(
        piece.proofType(),
        piece.existing(),
        piece.size().padded(),
        PieceSource.file(file, piece.size().bytes()),
        Optional.empty(),
        Optional.of(piece.host()));
  }

  private CompletionStage<Step> waitForPiece(HostId host) {
    return effects
        .isTakingPiece(host, call)
        .thenApply(
            taking ->
                taking
                    ? new NotYet("")
                    : new Outcome(lost("the host that took them began anew meanwhile")));
  }

  /**
   * Files of a sector of ours are where its tasks work on them, and need no fetching; those of
   * others come with the task, whose host is not known before.
   */
  private CompletionStage<Step> fetch(SectorId sector, CallOrder.Fetch fetch) {
    return tasks
        .state(sector)
        .thenCompose(
            state -> {
              boolean isHere = state.filesOn().isPresent();
              if (fetch.stored()) {
                return effects
                    .store(call, sector, fetch, state.filesOn())
                    .thenCompose(
                        outcome ->
                            isSealedHere(outcome)
                                ? store(sector, fetch)
                                : CompletableFuture.completedStage(new Outcome(outcome)));
              }
              return isHere
                  ? CompletableFuture.completedStage(new Outcome(new CallOutcome.Done()))
                  : effects
                      .isAnywhere(sector, fetch.types())
                      .thenCompose(there -> fetched(sector, there));
            });
  }

  private static boolean isSealedHere(CallOutcome outcome) {
    return outcome instanceof CallOutcome.Failed failed
        && failed.failure().code().equals(CallOrder.SEALED_HERE);
  }

  private static CompletionStage<Step> fetched(SectorId sector, boolean there) {
    return there
        ? CompletableFuture.completedStage(new Outcome(new CallOutcome.Done()))
        : failed("no_files", "nobody is known to have files of " + sector);
  }

  private CompletionStage<Step> store(SectorId sector, CallOrder.Fetch fetch) {
    return perform(
        sector,
        new TaskRequest.Transfer(fetch.proofType()),
        Optional.empty(),
        result -> {
          TaskResult.Transferred transferred = (TaskResult.Transferred) result;
          return fetch.moved()
              ? perform(
                  sector,
                  new TaskRequest.Release(fetch.proofType(), transferred.copy()),
                  Optional.empty(),
                  released -> CompletableFuture.completedStage(new Outcome(new CallOutcome.Done())))
              : CompletableFuture.completedStage(new Outcome(new CallOutcome.Done()));
        });
  }

  private CompletionStage<Step> perform(SectorId sector, TaskRequest request, Optional<HostId> at) {
    return perform(
        sector,
        request,
        at,
        result -> CompletableFuture.completedStage(new Outcome(new CallOutcome.Gave(result))));
  }

  private CompletionStage<Step> perform(
      SectorId sector,
      TaskRequest request,
      Optional<HostId> at,
      Function<TaskResult, CompletionStage<Step>> then) {
    CompletionStage<Optional<TaskResult>> kept =
        waited
            ? tasks.state(sector).thenApply(state -> kept(state, request))
            : CompletableFuture.completedStage(Optional.empty());
    return kept.thenCompose(
        result -> result.isPresent() ? then.apply(result.get()) : ask(sector, request, at, then));
  }

  /**
   * What the sector gave for this request, unless it is at it again. Who gets it so is late: what
   * came of it since is not to be ended, nor done again because files of then are used up.
   */
  private static Optional<TaskResult> kept(SectorState state, TaskRequest request) {
    boolean isAtIt =
        state instanceof SectorState.Busy busy && busy.wanted().request().equals(request);
    return state instanceof SectorState.Known known && !isAtIt
        ? known.facts().answers().stream()
            .filter(answered -> answered.request().equals(request))
            .reduce((older, newer) -> newer)
            .map(SectorFacts.Answered::result)
        : Optional.empty();
  }

  private CompletionStage<Step> ask(
      SectorId sector,
      TaskRequest request,
      Optional<HostId> at,
      Function<TaskResult, CompletionStage<Step>> then) {
    return tasks
        .perform(sector, request, Optional.empty(), at)
        .whenComplete(
            (answer, trouble) -> {
              if (trouble != null && Stages.cause(trouble) instanceof TimeoutException) {
                waited = true;
              }
            })
        .thenCompose(
            answer -> {
              if (answer instanceof Sector.Done done) {
                return then.apply(done.result());
              }
              if (answer instanceof Sector.TaskHasFailed failed) {
                return CompletableFuture.completedStage(
                    new Outcome(new CallOutcome.Failed(failed.failure())));
              }
              if (answer instanceof Sector.Refused refused) {
                return refused.forGood()
                    ? failed("refused", refused.reason())
                    : makeWay(sector, request, refused.reason(), then);
              }
              if (answer instanceof Sector.HostIsLost lost) {
                return CompletableFuture.completedStage(
                    new NotYet(
                        sector
                            + " waits for host "
                            + lost.host()
                            + ", silent since "
                            + lost.since()));
              }
              return CompletableFuture.completedStage(new NotYet("no answer: " + answer));
            });
  }

  /**
   * A miner has one thing done to a sector at a time: what the sector is busy with the miner has
   * given up, and does not wait for any more. Unless it came of this very request, which another
   * call was answered first.
   */
  private CompletionStage<Step> makeWay(
      SectorId sector,
      TaskRequest request,
      String reason,
      Function<TaskResult, CompletionStage<Step>> then) {
    return tasks
        .state(sector)
        .thenCompose(
            state -> {
              if (!isBusyWithOther(state, request)) {
                return CompletableFuture.completedStage(new NotYet(reason));
              }
              Optional<TaskResult> kept = kept(state, request);
              return kept.isPresent()
                  ? then.apply(kept.get())
                  : tasks
                      .abort(sector, DRIVER, "the miner asked for " + request.kind() + " instead")
                      .thenApply(ended -> new NotYet(""));
            });
  }

  private static boolean isBusyWithOther(SectorState state, TaskRequest request) {
    boolean isBusy = state instanceof SectorState.Waiting || state instanceof SectorState.Running;
    return isBusy && !((SectorState.Busy) state).wanted().request().equals(request);
  }

  private static CompletionStage<Step> failed(String code, String message) {
    return CompletableFuture.completedStage(
        new Outcome(new CallOutcome.Failed(new Failure(Failure.Action.ABANDON, code, message))));
  }
}
