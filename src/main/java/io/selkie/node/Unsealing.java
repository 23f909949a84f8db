package io.selkie.node;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import io.selkie.api.OperationException;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sealing.Sealing;
import io.selkie.sealing.SealingStatus;
import io.selkie.sector.Sector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Has data of sealed sectors written into files for those who read it: a task of the sector for
 * each call, which is ended when nobody waits for it any more.
 */
final class Unsealing {
  /** How long a sector is waited for before it is asked again, which finds the same task. */
  private static final Duration REPEAT = Duration.ofSeconds(30);

  private final ActorSystem<?> system;
  private final ClusterSharding sharding;
  private final Sealing sealing;

  Unsealing(ActorSystem<?> system, ClusterSharding sharding, Sealing sealing) {
    this.system = system;
    this.sharding = sharding;
    this.sealing = sealing;
  }

  /**
   * Begins a call; the stage ends when the data is in the file.
   *
   * @param offset in bytes of the sector, unpadded
   * @param length in bytes, unpadded; empty: to the end
   * @param calledOff ends when nobody waits any more
   */
  CompletionStage<Void> begin(
      SectorId sector,
      long offset,
      Optional<Long> length,
      Path target,
      CompletionStage<?> calledOff) {
    return sealing
        .status(sector)
        .thenCompose(
            status -> {
              TaskRequest.Unseal request = request(sector, status, offset, length, target);
              CompletableFuture<Void> end = new CompletableFuture<>();
              if (calledOff.toCompletableFuture().isDone()) {
                end.complete(null); // nobody is there to read it
                return end;
              }
              askUntilAnswered(sector, request, end);
              calledOff.whenComplete(
                  (gone, trouble) -> {
                    if (!end.isDone()) {
                      abort(sector, request);
                    }
                  });
              return end;
            });
  }

  private static TaskRequest.Unseal request(
      SectorId sector,
      Optional<SealingStatus> status,
      long offset,
      Optional<Long> length,
      Path target) {
    SealingStatus sealed =
        status
            .filter(known -> known.commR().isPresent())
            .orElseThrow(
                () ->
                    new OperationException(
                        OperationException.Kind.CONFLICT,
                        sector + " has no replica yet; wait until it is past PreCommit2"));
    long bytes = sealed.proofType().sectorSize().unpadded().bytes();
    long wanted = length.orElse(bytes - offset);
    if (offset < 0 || wanted < 1 || offset > bytes - wanted) {
      throw new OperationException(
          OperationException.Kind.INVALID,
          sector + " has " + bytes + " bytes: ask for a range within them");
    }
    return new TaskRequest.Unseal(
        sealed.proofType(),
        sealed.ticket().orElseThrow(),
        sealed.commD().orElseThrow(),
        offset,
        wanted,
        target);
  }

  /** The request is the same each time, so the sector takes it up or answers what it has. */
  private void askUntilAnswered(
      SectorId sector, TaskRequest.Unseal request, CompletableFuture<Void> end) {
    entity(sector)
        .<Sector.Answer>ask(
            replyTo -> new Sector.Perform(request, Optional.empty(), replyTo), REPEAT)
        .whenComplete(
            (answer, trouble) -> {
              if (answer instanceof Sector.Done) {
                end.complete(null);
              } else if (answer != null) {
                end.completeExceptionally(refusal(answer));
                if (answer instanceof Sector.HostIsLost) {
                  abort(sector, request); // or it would be done once the host is back, for nobody
                }
              } else if (trouble instanceof TimeoutException) {
                askUntilAnswered(sector, request, end);
              } else {
                end.completeExceptionally(trouble);
              }
            });
  }

  /** What whoever asked for the data hears in place of it. */
  static RuntimeException refusal(Sector.Answer answer) {
    if (answer instanceof Sector.TaskHasFailed failed) {
      return new OperationException(
          OperationException.Kind.UNAVAILABLE, failed.failure().message());
    }
    if (answer instanceof Sector.Refused refused) {
      return new OperationException(OperationException.Kind.CONFLICT, refused.reason());
    }
    if (answer instanceof Sector.HostIsLost lost) {
      return new OperationException(
          OperationException.Kind.UNAVAILABLE,
          "the files of "
              + lost.task().sector()
              + " are on host "
              + lost.host()
              + ", which was last heard at "
              + lost.since()
              + ": start it again, and ask again then");
    }
    return new IllegalStateException("no answer to an unsealing: " + answer);
  }

  private void abort(SectorId sector, TaskRequest.Unseal request) {
    entity(sector)
        .tell(
            new Sector.Abort(
                "api",
                "nobody waits for the data",
                Set.of(TaskKind.UNSEAL),
                Optional.of(request),
                false,
                system.ignoreRef()));
  }

  private EntityRef<Sector.Command> entity(SectorId sector) {
    return sharding.entityRefFor(Sector.KEY, sector.toString());
  }
}
