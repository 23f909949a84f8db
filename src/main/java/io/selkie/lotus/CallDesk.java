package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.lotus.calls.CallState;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.rpc.RpcException;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskResult;
import io.selkie.stages.Stages;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a host does about calls whose sectors' files it has: it declares the files in the miner's
 * index before the miner hears that they were made, and sends what is too large for a message
 * between hosts. All of it may be done again.
 */
final class CallDesk {
  /** What a miner says to a result that it has already; Lotus's words. */
  private static final List<String> HAS_IT = List.of("already reported", "already has a response");

  private static final Set<FileType> OF_SECTORS = EnumSet.complementOf(EnumSet.of(FileType.PIECE));

  private final MinerAccess miner;
  private final StoragePaths paths;
  private final CompletionStage<PathIndex> index;
  private final Path spool;
  private final DataCids dataCids;
  private final LotusFiles files;
  private final StoredFiles stored;
  private final Executor blocking;
  private final Set<UUID> taking = ConcurrentHashMap.newKeySet();

  /**
   * The desk of this host.
   *
   * @param index ends when this host may speak to the miner
   * @param spool where the bytes of pieces are that miners pushed
   */
  CallDesk(
      MinerAccess miner,
      StoragePaths paths,
      CompletionStage<PathIndex> index,
      Path spool,
      DataCids dataCids,
      LotusFiles files,
      Executor blocking) {
    this.miner = miner;
    this.paths = paths;
    this.index = index;
    this.spool = spool;
    this.dataCids = dataCids;
    this.files = files;
    this.stored = new StoredFiles(paths, files, blocking);
    this.blocking = blocking;
  }

  /** The bytes of a call's piece are about to come. */
  void begins(UUID call) {
    taking.add(call);
  }

  /** They came, or will not. */
  void ends(UUID call) {
    taking.remove(call);
  }

  /** Whether they are coming: known to this process alone. */
  boolean isTaking(UUID call) {
    return taking.contains(call);
  }

  /** Where the bytes of a call's piece are put. */
  Path piece(UUID call) {
    return spool.resolve(call + ".piece");
  }

  /** Computes commitments of data that came here. */
  DataCids dataCids() {
    return dataCids;
  }

  /** Brings files to paths of this host that store. */
  StoredFiles stored() {
    return stored;
  }

  /** Whether the miner knows of anybody who has one of these files. */
  CompletionStage<Boolean> isAnywhere(SectorId sector, Set<FileType> types) {
    return Stages.blocking(
        blocking,
        () -> {
          for (FileType type : types) {
            if (files.has(sector, type)) {
              return true;
            }
          }
          return false;
        });
  }

  /** Ends when the miner has the outcome of the call. */
  CompletionStage<Void> report(UUID call, CallState.Ended ended) {
    return index
        .thenCompose(PathIndex::isKnown)
        .thenCompose(known -> miner.api())
        .thenCompose(
            api ->
                dropCopies(ended)
                    .thenCompose(dropped -> index)
                    .thenCompose(own -> declare(api, own, ended))
                    .thenCompose(declared -> vanillaProofs(ended.outcome()))
                    .thenCompose(
                        proofs ->
                            Returns.send(
                                api,
                                new CallId(ended.sector(), call),
                                ended.order(),
                                ended.outcome(),
                                proofs))
                    .thenApply(taken -> true)
                    .exceptionallyCompose(CallDesk::hasIt))
        .thenCompose(taken -> Stages.blocking(blocking, () -> clear(call, ended)))
        .thenApply(nothing -> null);
  }

  /**
   * What was brought for unsealing alone goes once it was good for that; what was for an update,
   * once the sector is moved to where it stays.
   */
  private CompletionStage<Boolean> dropCopies(CallState.Ended ended) {
    if (ended.order() instanceof CallOrder.MoveStorage move
        && ended.outcome() instanceof CallOutcome.Done) {
      return Stages.blocking(
          blocking,
          () -> {
            for (FileType type : move.types()) {
              files.removeCopies(ended.sector(), type);
            }
            files.forgetUpdate(ended.sector());
            return true;
          });
    }
    boolean isOver =
        ended.outcome() instanceof CallOutcome.Gave gave
            && gave.result() instanceof TaskResult.Unsealed;
    return isOver
        ? Stages.blocking(blocking, () -> files.dropCopies(ended.sector(), FileType.SEALED))
        : CompletableFuture.completedStage(false);
  }

  private static CompletionStage<Boolean> hasIt(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    String message = String.valueOf(cause.getMessage());
    return cause instanceof RpcException && HAS_IT.stream().anyMatch(message::contains)
        ? CompletableFuture.completedStage(true)
        : CompletableFuture.failedStage(trouble);
  }

  private CompletionStage<Optional<Bytes>> vanillaProofs(CallOutcome outcome) {
    return outcome instanceof CallOutcome.Gave gave
            && gave.result() instanceof TaskResult.VanillaProved proved
        ? Stages.blocking(
            blocking, () -> Optional.of(Bytes.of(Files.readAllBytes(proved.output()))))
        : CompletableFuture.completedStage(Optional.empty());
  }

  private boolean clear(UUID call, CallState.Ended ended) throws Exception {
    if (ended.order() instanceof CallOrder.DataCid) {
      dataCids.forget(call);
    }
    if (ended.order() instanceof CallOrder.Download download) {
      return stored.forget(call, ended.sector(), download);
    }
    Optional<Path> piece = ended.piece().filter(file -> spool.equals(file.getParent()));
    return piece.isPresent() && Files.deleteIfExists(piece.get());
  }

  /** The files of a sector are on another host. */
  CompletionStage<@Nullable Void> left(SectorId sector) {
    return index.thenCompose(own -> own.left(sector));
  }

  /**
   * Lotus's worker declares each type by itself, also after a task that failed. What else is there
   * of the sector came with it from another host.
   */
  private CompletionStage<@Nullable Void> declare(
      MinerApi api, PathIndex own, CallState.Ended ended) {
    SectorId sector = ended.sector();
    boolean isReleased =
        ended.order() instanceof CallOrder.ReleaseUnsealed release
            && !release.kept()
            && !(ended.outcome() instanceof CallOutcome.Failed);
    boolean mayHaveLeft =
        isReleased
            || ended.order() instanceof CallOrder.MoveStorage
            || (ended.order() instanceof CallOrder.Fetch fetch && fetch.stored());
    CompletionStage<@Nullable Void> all = CompletableFuture.completedStage(null);
    Set<FileType> made = types(ended.order());
    for (FileType type : mayHaveLeft ? made : OF_SECTORS) {
      for (StoragePath path : paths.all()) {
        if (made.contains(type) || !own.isDeclared(path, sector, type)) {
          all =
              all.thenCompose(
                  before ->
                      Stages.blocking(blocking, () -> holds(path, sector, type, isReleased))
                          .thenCompose(
                              holds -> {
                                if (holds) {
                                  // A miner may have it deleted meanwhile.
                                  return own.declare(api, path, sector, type)
                                      .thenCompose(
                                          declared -> own.dropIfGone(api, path, sector, type));
                                }
                                return mayHaveLeft
                                    ? own.drop(api, path, sector, type)
                                    : CompletableFuture.completedStage(null);
                              }));
        }
      }
    }
    return all;
  }

  /** What a call may have made, or moved. */
  private static Set<FileType> types(CallOrder order) {
    if (order instanceof CallOrder.Fetch fetch) {
      return fetch.types();
    }
    if (order instanceof CallOrder.MoveStorage move) {
      return move.types();
    }
    if (order instanceof CallOrder.Download download) {
      return download.from().keySet();
    }
    if (order instanceof CallOrder.DataCid) {
      return Set.of();
    }
    boolean isOfData =
        order instanceof CallOrder.AddPushedPiece || order instanceof CallOrder.ReleaseUnsealed;
    TaskKind kind =
        order instanceof CallOrder.Perform perform ? perform.request().kind() : TaskKind.ADD_PIECE;
    if (isOfData || kind == TaskKind.ADD_PIECE) {
      return Set.of(FileType.UNSEALED);
    }
    return switch (kind) {
      case PRE_COMMIT_1 -> Set.of(FileType.SEALED, FileType.CACHE);
      case REPLICA_UPDATE -> Set.of(FileType.UPDATE, FileType.UPDATE_CACHE);
      case UNSEAL -> Set.of(FileType.UNSEALED);
      default -> Set.of();
    };
  }

  private static boolean holds(StoragePath path, SectorId sector, FileType type, boolean isReleased)
      throws IOException {
    if (isReleased) {
      Files.deleteIfExists(type.of(path.root(), sector));
    }
    return path.holds(sector, type);
  }
}
