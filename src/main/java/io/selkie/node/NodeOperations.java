package io.selkie.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.api.OperationException;
import io.selkie.api.Operations;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.sealing.Sealing;
import io.selkie.sealing.SealingException;
import io.selkie.sealing.SealingStatus;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorState;
import io.selkie.stages.Stages;
import io.selkie.transfer.TransferActor;
import io.selkie.worker.ProgressBoard;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the management interface asks of this node's actors. */
final class NodeOperations implements Operations {
  private static final Logger LOG = LoggerFactory.getLogger(NodeOperations.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int DATABASE_SECONDS = 3;

  private final ActorSystem<?> system;
  private final NodeGuardian.Actors actors;
  private final Sealing sealing;
  private final NodeParts parts;
  private final boolean localStorage;
  private final ObjectMapper json;
  private final Unsealing unsealing;

  NodeOperations(
      ActorSystem<?> system,
      NodeGuardian.Actors actors,
      Sealing sealing,
      NodeParts parts,
      boolean localStorage,
      ObjectMapper json) {
    this.system = system;
    this.actors = actors;
    this.sealing = sealing;
    this.parts = parts;
    this.localStorage = localStorage;
    this.json = json;
    this.unsealing = new Unsealing(system, actors.sharding(), sealing);
  }

  @Override
  public CompletionStage<Begun> pledge(UUID request, SectorSize size) {
    if (!localStorage) {
      return CompletableFuture.failedFuture(withoutStorage());
    }
    return refusable(unbegun(sealing.pledge(size, request))).thenApply(NodeOperations::begun);
  }

  @Override
  public CompletionStage<Begun> seal(UUID request, SectorSize size, List<SpooledPiece> pieces) {
    if (!localStorage) {
      return CompletableFuture.failedFuture(withoutStorage());
    }
    List<Sealing.UploadedPiece> uploaded =
        pieces.stream()
            .map(piece -> new Sealing.UploadedPiece(piece.file(), piece.bytes(), piece.name()))
            .toList();
    return refusable(unbegun(sealing.seal(size, uploaded, request)))
        .thenApply(NodeOperations::begun);
  }

  private static OperationException withoutStorage() {
    return new OperationException(
        OperationException.Kind.CONFLICT,
        "this node keeps no sectors: it was started with --no-local-storage"
            + " (selkie.local-storage = off)");
  }

  /**
   * The disk and the database are only used before a sector is begun, or for what another call
   * began: their failures prove that this call's files are in no sector.
   */
  static <T> CompletionStage<T> unbegun(CompletionStage<T> stage) {
    return stage.handle(
        (result, trouble) -> {
          if (trouble == null) {
            return result;
          }
          Throwable cause = Stages.cause(trouble);
          if (cause instanceof SQLException || cause instanceof IOException) {
            LOG.warn("a sector cannot be begun: {}", cause.getMessage());
            throw new OperationException(
                OperationException.Kind.UNAVAILABLE,
                "the sector cannot be begun now: see the node's log, its database and its disk");
          }
          throw new CompletionException(cause);
        });
  }

  private static Begun begun(Sealing.Begun begun) {
    return new Begun(begun.sector(), begun.repeated());
  }

  @Override
  public CompletionStage<Void> abort(SectorId sector, String by, String cause) {
    return refusable(sealing.abort(sector, by, cause));
  }

  @Override
  public CompletionStage<Void> retry(SectorId sector, String by) {
    return refusable(sealing.retry(sector, by));
  }

  @Override
  public CompletionStage<Void> remove(SectorId sector, String by) {
    return refusable(sealing.remove(sector, by));
  }

  private static <T> CompletionStage<T> refusable(CompletionStage<T> stage) {
    return stage.handle(
        (result, trouble) -> {
          if (trouble == null) {
            return result;
          }
          Throwable cause = Stages.cause(trouble);
          if (cause instanceof SealingException refusal) {
            throw new OperationException(
                OperationException.Kind.CONFLICT, String.valueOf(refusal.getMessage()));
          }
          throw new CompletionException(cause);
        });
  }

  @Override
  public CompletionStage<Boolean> isNumbered(SectorId sector) {
    return sealing
        .isNumbered(sector)
        .exceptionally(
            trouble -> {
              LOG.warn("the numbers of sectors cannot be read: {}", trouble.getMessage());
              throw new OperationException(
                  OperationException.Kind.UNAVAILABLE,
                  "the database cannot be read now: try again, and see the node's log");
            });
  }

  @Override
  public CompletionStage<SectorState> state(SectorId sector) {
    return actors
        .sharding()
        .entityRefFor(Sector.KEY, sector.toString())
        .ask(Sector.Get::new, ANSWER);
  }

  @Override
  public CompletionStage<Optional<JsonNode>> driver(SectorId sector) {
    return sealing.status(sector).thenApply(status -> status.map(json::<JsonNode>valueToTree));
  }

  @Override
  public Optional<ProofsProgress> progress(SectorId sector) {
    return parts.progress().of(sector).map(ProgressBoard.Latest::progress);
  }

  @Override
  public CompletionStage<Void> unseal(
      SectorId sector,
      long offset,
      Optional<Long> length,
      Path target,
      CompletionStage<?> calledOff) {
    return unsealing.begin(sector, offset, length, target, calledOff);
  }

  @Override
  public CompletionStage<TransferActor.Overview> transfers() {
    return actors.transfers().overview();
  }

  @Override
  public CompletionStage<Void> pauseTransfers(Optional<SectorId> sector) {
    return actors.transfers().pause(sector);
  }

  @Override
  public CompletionStage<Void> resumeTransfers(Optional<SectorId> sector, String by) {
    CompletionStage<Void> resumed = actors.transfers().resume(sector);
    return sector
        .map(
            which ->
                resumed
                    .thenCompose(nothing -> sealing.isNumbered(which))
                    .thenCompose(
                        numbered ->
                            numbered
                                ? sealing.status(which)
                                : CompletableFuture.completedStage(Optional.empty()))
                    .thenCompose(
                        status ->
                            status
                                    .flatMap(SealingStatus::transfer)
                                    .filter(t -> t.failure().isPresent())
                                    .isPresent()
                                ? refusable(sealing.retry(which, by))
                                : CompletableFuture.completedStage(null)))
        .orElse(resumed);
  }

  @Override
  public CompletionStage<Map<String, String>> explain() {
    return explanation().thenApply(SchedulerCommand.Explanation::reasons);
  }

  @Override
  public CompletionStage<List<HostStatus>> hosts() {
    CompletionStage<SchedulerCommand.Hosts> answer =
        AskPattern.ask(
            actors.scheduler(), SchedulerCommand.ListHosts::new, ANSWER, system.scheduler());
    return answer.thenApply(SchedulerCommand.Hosts::hosts);
  }

  @Override
  public CompletionStage<Void> orderHost(HostId host, HostMode mode, String by) {
    return ordered(replyTo -> new SchedulerCommand.OrderHost(host, mode, by, replyTo));
  }

  @Override
  public CompletionStage<Void> forgetHost(HostId host, String by) {
    return ordered(replyTo -> new SchedulerCommand.ForgetHost(host, by, replyTo));
  }

  private CompletionStage<Void> ordered(
      Function<ActorRef<SchedulerCommand.Ordered>, SchedulerCommand> order) {
    CompletionStage<SchedulerCommand.Ordered> answer =
        AskPattern.ask(actors.scheduler(), order::apply, ANSWER, system.scheduler());
    return answer.thenAccept(
        ordered ->
            ordered
                .refusal()
                .ifPresent(
                    why -> {
                      throw new OperationException(OperationException.Kind.CONFLICT, why);
                    }));
  }

  private CompletionStage<SchedulerCommand.Explanation> explanation() {
    return AskPattern.ask(
        actors.scheduler(), SchedulerCommand.Explain::new, ANSWER, system.scheduler());
  }

  @Override
  public CompletionStage<List<Check>> readiness() {
    Check cluster =
        check(
            "cluster",
            Cluster.get(system).selfMember().status().equals(MemberStatus.up())
                ? Optional.empty()
                : Optional.of("the node has not joined its cluster yet; wait some seconds"));
    return CompletableFuture.supplyAsync(this::journal, parts.blocking())
        .thenCombine(
            explanation()
                .handle(
                    (answer, trouble) ->
                        check(
                            "scheduler",
                            trouble == null
                                ? Optional.empty()
                                : Optional.of("the scheduler does not answer; wait some seconds"))),
            (journal, scheduler) -> List.of(journal, cluster, scheduler));
  }

  private Check journal() {
    DataSource database = parts.database().dataSource();
    try (Connection connection = database.getConnection()) {
      return check(
          "journal",
          connection.isValid(DATABASE_SECONDS)
              ? Optional.empty()
              : Optional.of("the database does not answer; look at the node's log"));
    } catch (SQLException e) {
      return check("journal", Optional.of("the database cannot be reached: " + e.getMessage()));
    }
  }

  private static Check check(String name, Optional<String> problem) {
    return new Check(name, problem);
  }
}
