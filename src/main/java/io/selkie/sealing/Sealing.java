package io.selkie.sealing;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.persistence.typed.PersistenceId;
import io.selkie.chain.Chain;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.SealingFacts.PlannedPiece;
import io.selkie.sector.SectorTasks;
import io.selkie.stages.Stages;
import io.selkie.storage.PieceLayout;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Seals sectors: the entry for whoever wants one sealed. A stage fails with {@link
 * SealingException} if the driver refuses, and otherwise if something could not be reached; then
 * the same may be asked again.
 */
public final class Sealing {
  /** At start a sector waits for its shard, on a busy machine for some time. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final Parts parts;
  private final ClusterSharding sharding;
  private final SectorNumbers numbers;

  private Sealing(Parts parts, ClusterSharding sharding) {
    this.parts = parts;
    this.sharding = sharding;
    this.numbers = new SectorNumbers(parts.database());
  }

  /**
   * What sealing works with.
   *
   * @param miner for whom sectors are sealed
   * @param host that this is
   * @param files where sectors' files lie on it
   * @param seals what drivers do with files, on whatever host they are
   * @param database has the table {@code sector_number}
   * @param blocking where files and database are waited for
   * @param transfers whether sealed sectors leave for long-term storage
   */
  public record Parts(
      MinerId miner,
      Chain chain,
      HostId host,
      SectorPlaces files,
      SealFiles seals,
      DataSource database,
      Executor blocking,
      SealingSettings settings,
      InstantSource clock,
      BooleanSupplier transfers) {}

  /**
   * A file that was uploaded. From {@link #seal} on it belongs to the sector, and is deleted once
   * it is in there.
   *
   * @param bytes of the file, unpadded, 1 or more
   * @param name what the client calls it
   */
  public record UploadedPiece(Path file, long bytes, Optional<String> name) {}

  /**
   * A sector that was begun, durably.
   *
   * @param repeated whether an earlier call with the same request began it
   */
  public record Begun(SectorId sector, boolean repeated) {}

  /** Starts the drivers of this node: those with work under way go on. */
  public static Sealing start(ActorSystem<?> system, Parts parts) {
    ClusterSharding sharding = ClusterSharding.get(system);
    Sealing sealing = new Sealing(parts, sharding);
    SealingSector.Surroundings surroundings =
        new SealingSector.Surroundings(
            SectorTasks.of(sharding, parts.settings().taskRepeat()),
            parts.chain(),
            parts.seals(),
            parts.settings(),
            parts.clock(),
            parts.transfers(),
            (size, request) -> sealing.pledge(size, request).thenApply(Begun::sector),
            sector -> driver(sharding, sector).tell(new SealingSector.Wake()));
    ActorRef<?> drivers =
        sharding.init(
            Entity.of(
                    SealingSector.KEY,
                    entity ->
                        SealingSector.create(
                            SectorId.parse(entity.getEntityId()), surroundings, entity.getShard()))
                .withStopMessage(new SealingSector.Leave()));
    system.log().debug("drivers of sectors at {}", drivers);
    return sealing;
  }

  private static EntityRef<SealingSector.Command> driver(
      ClusterSharding sharding, SectorId sector) {
    return sharding.entityRefFor(SealingSector.KEY, sector.toString());
  }

  /**
   * Seals a sector of zeros: committed capacity.
   *
   * @param request the same gives the same sector, also after a crash
   * @return the sector, once it is begun durably
   */
  public CompletionStage<Begun> pledge(SectorSize size, UUID request) {
    PlannedPiece zeros =
        new PlannedPiece(size.unpadded().padded(), PieceSource.zeros(), Optional.empty());
    return begin(size, List.of(zeros), request);
  }

  /**
   * Seals uploaded files into one sector, in their order.
   *
   * @param request the same gives the same sector, also after a crash; files that were uploaded
   *     again for it are deleted
   * @return the sector, once it is begun durably; if the stage fails, the files are the caller's
   * @throws IllegalArgumentException if the files do not fit; the message is one line
   */
  public CompletionStage<Begun> seal(SectorSize size, List<UploadedPiece> pieces, UUID request) {
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to seal: no file was given");
    }
    List<PieceLayout.Slot> slots =
        PieceLayout.fill(size, pieces.stream().map(UploadedPiece::bytes).toList());
    List<PlannedPiece> plan = slots.stream().map(slot -> planned(slot, pieces)).toList();
    return blocking(
            () -> {
              Spool.keep(pieces);
              return pieces;
            })
        .thenCompose(kept -> begin(size, plan, request));
  }

  private static PlannedPiece planned(PieceLayout.Slot slot, List<UploadedPiece> pieces) {
    PaddedSize padded = slot.size();
    if (slot.source().isEmpty()) {
      return new PlannedPiece(padded, PieceSource.zeros(), Optional.empty());
    }
    UploadedPiece piece = pieces.get(slot.source().getAsInt());
    return new PlannedPiece(
        padded, PieceSource.file(piece.file().toAbsolutePath(), piece.bytes()), piece.name());
  }

  private CompletionStage<Begun> begin(SectorSize size, List<PlannedPiece> plan, UUID request) {
    SealProofType type = SealProofType.forSectorSize(size);
    return blocking(() -> assign(request))
        .thenCompose(
            sector ->
                ask(
                        sector,
                        replyTo ->
                            new SealingSector.Begin(
                                type, plan, Optional.of(request), uploadedTo(plan), replyTo))
                    .thenCompose(answer -> deleteSpare(plan, answer))
                    .thenApply(
                        answer -> new Begun(sector, answer instanceof SealingSector.BegunBefore)));
  }

  private Optional<HostId> uploadedTo(List<PlannedPiece> plan) {
    boolean zeros = plan.stream().allMatch(piece -> piece.source().path().isEmpty());
    return zeros ? Optional.empty() : Optional.of(parts.host());
  }

  /** Sectors that were sealed before there was a node have their numbers from their files. */
  private boolean isTaken(SectorId sector) {
    try {
      return parts.files().isTaken(sector);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SectorId assign(UUID request) throws IOException, SQLException {
    try {
      return numbers.assign(parts.miner(), request, this::isTaken);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private CompletionStage<SealingSector.Answer> deleteSpare(
      List<PlannedPiece> plan, SealingSector.Answer answer) {
    if (!(answer instanceof SealingSector.BegunBefore before)) {
      return CompletableFuture.completedStage(answer);
    }
    List<Path> spare =
        plan.stream()
            .flatMap(piece -> piece.source().path().stream())
            .filter(file -> !before.spool().contains(file))
            .toList();
    return blocking(
        () -> {
          Spool.delete(spare);
          return answer;
        });
  }

  /** Whether a sector has its number from here; asking makes no driver. */
  public CompletionStage<Boolean> isNumbered(SectorId sector) {
    return blocking(() -> numbers.has(sector));
  }

  /** The id of the journal of a sector's driver. */
  public static String journalOf(SectorId sector) {
    return PersistenceId.of(SealingSector.KEY.name(), sector.toString()).id();
  }

  /**
   * The sectors that have their numbers from here, whatever became of them, also those of miners
   * that this node had before.
   */
  public CompletionStage<List<SectorId>> numbered() {
    return blocking(numbers::all);
  }

  /** The files that were uploaded for a sector; it is only asked for one that is numbered. */
  public CompletionStage<List<Path>> spool(SectorId sector) {
    CompletionStage<SealingSector.Status> answer =
        driver(sharding, sector).ask(SealingSector.Get::new, ANSWER);
    return answer.thenApply(SealingSector.Status::spool);
  }

  /** What the driver of a sector is at; empty if it was never asked for here. */
  public CompletionStage<Optional<SealingStatus>> status(SectorId sector) {
    CompletionStage<SealingSector.Status> answer =
        driver(sharding, sector).ask(SealingSector.Get::new, ANSWER);
    return answer.thenApply(SealingSector.Status::status);
  }

  /** Has the failed or aborted step of a sector tried again. */
  public CompletionStage<Void> retry(SectorId sector, String by) {
    return ask(sector, replyTo -> new SealingSector.Retry(by, replyTo)).thenAccept(answer -> {});
  }

  /**
   * Ends what the sector is at; a sector that has failed, it gives up for good. The stage ends when
   * nothing runs any more.
   */
  public CompletionStage<Void> abort(SectorId sector, String by, String cause) {
    return ask(sector, replyTo -> new SealingSector.Abort(by, cause, replyTo))
        .thenAccept(answer -> {});
  }

  /** Has the driver of a sector look whether there is something to do by now. */
  public void wake(SectorId sector) {
    driver(sharding, sector).tell(new SealingSector.Wake());
  }

  /** Removes the sector with all its files. The stage ends when that is sure to happen. */
  public CompletionStage<Void> remove(SectorId sector, String by) {
    return ask(sector, replyTo -> new SealingSector.Remove(by, replyTo)).thenAccept(answer -> {});
  }

  private CompletionStage<SealingSector.Answer> ask(
      SectorId sector, Function<ActorRef<SealingSector.Answer>, SealingSector.Command> command) {
    CompletionStage<SealingSector.Answer> asked =
        driver(sharding, sector).ask(command::apply, ANSWER);
    return asked.thenApply(
        answer -> {
          if (answer instanceof SealingSector.Refused refused) {
            throw new CompletionException(new SealingException(refused.reason()));
          }
          return answer;
        });
  }

  private <T> CompletionStage<T> blocking(Callable<T> work) {
    return Stages.blocking(parts.blocking(), work);
  }
}
