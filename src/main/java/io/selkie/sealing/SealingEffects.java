package io.selkie.sealing;

import io.selkie.chain.Chain;
import io.selkie.chain.ChainException;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorState;
import io.selkie.sector.SectorTasks;
import io.selkie.stages.Stages;
import io.selkie.storage.SealRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Does what a {@link SealingStep} says. A stage fails if something could not be reached; the same
 * step may be done again after that, and after any crash.
 */
final class SealingEffects {
  private static final String DRIVER = "driver";

  private final SectorTasks tasks;
  private final Chain chain;
  private final SealFiles files;
  private final SealingSettings settings;
  private final InstantSource clock;
  private final BooleanSupplier transfers;
  private final SealingSector.Anew anew;

  SealingEffects(SealingSector.Surroundings surroundings) {
    this.tasks = surroundings.tasks();
    this.chain = surroundings.chain();
    this.files = surroundings.files();
    this.settings = surroundings.settings();
    this.clock = surroundings.clock();
    this.transfers = surroundings.transfers();
    this.anew = surroundings.anew();
  }

  /** Does the step for the sector; what is thrown at once fails the stage, too. */
  CompletionStage<SealingOutcome> run(SectorId sector, SealingStep step) {
    return CompletableFuture.completedStage(step).thenCompose(known -> start(sector, known));
  }

  private CompletionStage<SealingOutcome> start(SectorId sector, SealingStep step) {
    if (step instanceof SealingStep.RunTask run) {
      return perform(sector, run.request(), run.expiry());
    }
    if (step instanceof SealingStep.Label label) {
      return label(sector, label);
    }
    if (step instanceof SealingStep.Pack) {
      return done(new SealingOutcome.Packed());
    }
    if (step instanceof SealingStep.DrawTicket draw) {
      return delete(draw.uploads()).thenCompose(nothing -> drawTicket(sector));
    }
    if (step instanceof SealingStep.LookForPreCommit look) {
      return lookForPreCommit(sector, look.ticketEpoch());
    }
    if (step instanceof SealingStep.SendPreCommit send) {
      return landed(chain.preCommit(send.message(), send.preCommit()));
    }
    if (step instanceof SealingStep.DrawSeed) {
      return drawSeed(sector);
    }
    if (step instanceof SealingStep.LookForProof look) {
      return lookForProof(sector, look.seeded());
    }
    if (step instanceof SealingStep.SendProof send) {
      return landed(chain.proveCommit(send.message(), send.proveCommit()));
    }
    if (step instanceof SealingStep.Finish finish) {
      return perform(sector, finish.request()).thenCompose(ended -> record(finish, ended));
    }
    if (step instanceof SealingStep.Transfer transfer) {
      return transfers.getAsBoolean()
          ? perform(sector, transfer.request())
          : done(new SealingOutcome.Settled());
    }
    if (step instanceof SealingStep.EndTask end) {
      return endTask(sector, end.cause()).thenApply(nothing -> new SealingOutcome.Settled());
    }
    if (step instanceof SealingStep.SealAnew anew) {
      return sealAnew(sector, anew.order());
    }
    if (step instanceof SealingStep.Remove remove) {
      return remove(sector, remove);
    }
    return done(new SealingOutcome.Settled());
  }

  private CompletionStage<SealingOutcome> perform(SectorId sector, TaskRequest request) {
    return perform(sector, request, Optional.empty());
  }

  private CompletionStage<SealingOutcome> perform(
      SectorId sector, TaskRequest request, Optional<Expiry> expiry) {
    return deadline(expiry)
        .thenCompose(
            deadline ->
                patient(
                    tasks.perform(sector, request, deadline).thenApply(SealingEffects::outcome)));
  }

  /** A chain that does not answer costs the task its place in the order, and no more. */
  private CompletionStage<Optional<Instant>> deadline(Optional<Expiry> expiry) {
    return expiry.isEmpty()
        ? CompletableFuture.completedStage(Optional.empty())
        : chain
            .timeOf(expiry.get().lastEpoch(chain))
            .handle((time, trouble) -> Optional.ofNullable(time));
  }

  private static SealingOutcome outcome(Sector.Answer answer) {
    if (answer instanceof Sector.Done done) {
      return new SealingOutcome.TaskDone(done.result());
    }
    if (answer instanceof Sector.TaskHasFailed failed) {
      return new SealingOutcome.Failed(failed.failure());
    }
    if (answer instanceof Sector.Refused refused) {
      return refused.forGood()
          ? new SealingOutcome.Failed(SealingPlan.abandon("refused", refused.reason()))
          : new SealingOutcome.NotYet(refused.reason());
    }
    if (answer instanceof Sector.HostIsLost lost) {
      return new SealingOutcome.HostLost(lost.host(), lost.since());
    }
    return new SealingOutcome.NotYet("no answer: " + answer);
  }

  /** No answer in time is no trouble: tasks take hours. */
  private static CompletionStage<SealingOutcome> patient(CompletionStage<SealingOutcome> stage) {
    return stage.exceptionallyCompose(
        failure ->
            Stages.cause(failure) instanceof TimeoutException
                ? done(new SealingOutcome.NotYet(""))
                : CompletableFuture.failedStage(failure));
  }

  private CompletionStage<SealingOutcome> label(SectorId sector, SealingStep.Label step) {
    return expired(sector, step.ticketEpoch())
        .thenCompose(
            head ->
                head.isPresent()
                    ? endTask(sector, "the ticket is too old")
                        .thenApply(ended -> new SealingOutcome.TicketTooOld(head.get()))
                    : perform(
                        sector,
                        step.request(),
                        Optional.of(new Expiry.OfTicket(step.ticketEpoch()))));
  }

  /** The head, if the ticket is too old by then and the sector is not pre-committed with it. */
  private CompletionStage<Optional<Long>> expired(SectorId sector, long ticketEpoch) {
    return chain
        .head()
        .thenCompose(
            head ->
                head - ticketEpoch <= chain.maxTicketAge()
                    ? CompletableFuture.completedStage(Optional.empty())
                    : chain
                        .preCommitOf(sector)
                        .thenApply(
                            found -> found.isPresent() ? Optional.empty() : Optional.of(head)));
  }

  /** A pre-commit that is on chain has chosen the ticket already. */
  private CompletionStage<SealingOutcome> drawTicket(SectorId sector) {
    return chain
        .preCommitOf(sector)
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedStage(found.get().preCommit().ticketEpoch())
                    : chain.head().thenApply(head -> head - settings.ticketLookback()))
        .thenCompose(
            epoch ->
                chain
                    .ticket(sector.miner(), epoch)
                    .thenApply(ticket -> new SealingOutcome.TicketFound(ticket, epoch)));
  }

  private CompletionStage<SealingOutcome> lookForPreCommit(SectorId sector, long ticketEpoch) {
    return chain
        .preCommitOf(sector)
        .thenCompose(
            found ->
                found.isPresent()
                    ? done(new SealingOutcome.PreCommitFound(found.get()))
                    : expired(sector, ticketEpoch)
                        .thenApply(
                            head ->
                                head.isPresent()
                                    ? new SealingOutcome.TicketTooOld(head.get())
                                    : new SealingOutcome.ReadyToSend(UUID.randomUUID())));
  }

  private static CompletionStage<SealingOutcome> landed(CompletionStage<Long> sent) {
    return sent.<SealingOutcome>thenApply(SealingOutcome.Landed::new)
        .exceptionallyCompose(
            failure ->
                Stages.cause(failure) instanceof ChainException refusal
                    ? done(refused(String.valueOf(refusal.getMessage())))
                    : CompletableFuture.failedStage(failure));
  }

  private static SealingOutcome refused(String why) {
    return new SealingOutcome.Failed(SealingPlan.abandon("refused", "the chain refused: " + why));
  }

  private CompletionStage<SealingOutcome> drawSeed(SectorId sector) {
    return chain
        .preCommitOf(sector)
        .thenCompose(
            found ->
                found.isPresent()
                    ? drawSeed(sector, found.get().epoch() + chain.preCommitChallengeDelay())
                    : done(
                        new SealingOutcome.Failed(
                            SealingPlan.abandon(
                                SealingRows.NO_PRE_COMMIT,
                                "the pre-commit is not on chain any more"))));
  }

  private CompletionStage<SealingOutcome> drawSeed(SectorId sector, long epoch) {
    return chain
        .head()
        .thenCompose(
            head ->
                head < epoch + settings.seedConfidence()
                    ? done(
                        new SealingOutcome.NotYet(
                            "waits for epoch "
                                + (epoch + settings.seedConfidence())
                                + ", now "
                                + head))
                    : chain
                        .seed(sector.miner(), epoch)
                        .thenApply(seed -> new SealingOutcome.SeedFound(seed, epoch)));
  }

  private CompletionStage<SealingOutcome> lookForProof(
      SectorId sector, SealingFacts.Seeded seeded) {
    return chain
        .sectorOf(sector)
        .thenCompose(
            proven ->
                proven.isPresent()
                    ? done(new SealingOutcome.Landed(proven.get().activation()))
                    : drawSeed(sector)
                        .thenApply(
                            drawn ->
                                drawn.equals(found(seeded.seed(), seeded.seedEpoch()))
                                    ? new SealingOutcome.ReadyToSend(UUID.randomUUID())
                                    : drawn));
  }

  private static SealingOutcome found(Seed seed, long epoch) {
    return new SealingOutcome.SeedFound(seed, epoch);
  }

  private CompletionStage<SealingOutcome> record(SealingStep.Finish step, SealingOutcome ended) {
    if (!(ended instanceof SealingOutcome.TaskDone)) {
      return done(ended);
    }
    List<SealRecord.PhaseTime> phases = new ArrayList<>(step.course().phases());
    phases.add(step.course().time(TaskKind.FINALIZE, clock.instant()));
    SectorId sector = step.facts().order().sector();
    return tasks
        .state(sector)
        .thenCompose(state -> files.write(state.filesOn(), SealRecords.of(step.facts(), phases)))
        .thenApply(nothing -> ended);
  }

  /** The same request each time: it is one other sector, however often this is done. */
  private CompletionStage<SealingOutcome> sealAnew(SectorId sector, SealingFacts.Order order) {
    UUID request =
        UUID.nameUUIDFromBytes((sector + " sealed anew").getBytes(StandardCharsets.UTF_8));
    return chain
        .preCommitOf(sector)
        .thenCompose(
            found -> {
              if (found.isPresent()) {
                return done(new SealingOutcome.Settled());
              }
              // Answered once its host is back, and of no use before.
              CompletionStage<Sector.Answer> unused = endTask(sector, "its host is gone");
              return anew.begin(order.proofType().sectorSize(), request)
                  .thenApply(other -> new SealingOutcome.Settled());
            });
  }

  private CompletionStage<SealingOutcome> remove(SectorId sector, SealingStep.Remove step) {
    return tasks
        .state(sector)
        .thenCompose(
            state ->
                state instanceof SectorState.Unknown || state instanceof SectorState.Removed
                    ? done(new SealingOutcome.TaskDone(new TaskResult.FilesRemoved()))
                    : endTask(sector, "the sector is removed")
                        .thenCompose(nothing -> perform(sector, step.request())))
        .thenCompose(ended -> delete(step.uploads()).thenApply(nothing -> ended));
  }

  private CompletionStage<Sector.Answer> endTask(SectorId sector, String cause) {
    return tasks.abort(sector, DRIVER, cause);
  }

  private CompletionStage<Void> delete(Uploads uploads) {
    return uploads.files().isEmpty()
        ? CompletableFuture.completedStage(null)
        : files.delete(uploads.host(), uploads.files());
  }

  private static CompletionStage<SealingOutcome> done(SealingOutcome outcome) {
    return CompletableFuture.completedStage(outcome);
  }

  /** Trouble in one line. */
  static String describe(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
