package io.selkie.lotus;

import static io.selkie.storage.FileType.CACHE;
import static io.selkie.storage.FileType.SEALED;
import static io.selkie.storage.FileType.UNSEALED;
import static io.selkie.storage.FileType.UPDATE;
import static io.selkie.storage.FileType.UPDATE_CACHE;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.wire.AcquireMode;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.lotus.wire.ReplicaUpdateOut;
import io.selkie.lotus.wire.SectorCids;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorRef;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/**
 * One sector that is sealed without a proof, and updated (SnapDeals), by the locks, selectors and
 * fetches of LOTUS_WORKER_PROTOCOL.md 13. A step that fails, or meets a restart, is done again.
 */
final class StandInUpdate {
  private static final int MOST_FAILURES = 5;
  private static final SectorFileTypes SEALED_AND_CACHE = SectorFileTypes.of(SEALED, CACHE);
  private static final SectorFileTypes UPDATE_AND_CACHE = SectorFileTypes.of(UPDATE, UPDATE_CACHE);
  private static final SectorFileTypes KEY_AND_DATA = SectorFileTypes.of(UNSEALED, SEALED, CACHE);
  private static final SectorFileTypes ALL_BUT_DATA =
      SectorFileTypes.of(SEALED, CACHE, UPDATE, UPDATE_CACHE);

  private final LotusMinerStandIn miner;
  private final StandInTasks tasks;
  private final SectorRef sector;
  private final byte[] data;
  private final boolean proves;
  private int failures;

  StandInUpdate(LotusMinerStandIn miner, SectorRef sector, byte[] data, boolean proves) {
    this.miner = miner;
    this.tasks = new StandInTasks(miner, sector);
    this.sector = sector;
    this.data = data;
    this.proves = proves;
  }

  UpdatedSector run() throws Exception {
    SectorCids cids = seal();
    if (miner.storesAtWorkers()) {
      move(SEALED_AND_CACHE);
      tasks.requireOnePlace(List.of(SEALED, CACHE));
    }
    UnpaddedSize first = new UnpaddedSize(data.length);
    UnpaddedSize rest = new UnpaddedSize(miner.sectorSize().unpadded().bytes() - first.bytes());
    List<PieceInfo> pieces =
        List.of(
            again(() -> addPiece(List.of(), first)), again(() -> addPiece(List.of(first), rest)));
    ReplicaUpdateOut update = again(() -> encode(pieces));
    List<Bytes> vanilla = again(() -> prove1(cids, update));
    Optional<Bytes> proof =
        proves ? Optional.of(again(() -> prove2(cids, update, vanilla))) : Optional.empty();
    again(() -> finish(PathKind.SEALING));
    tasks.requireDeclared(List.of(SEALED, CACHE, UPDATE, UPDATE_CACHE), "FinalizeReplicaUpdate");
    if (miner.storesAtWorkers()) {
      move(UPDATE_AND_CACHE);
      again(() -> finish(PathKind.STORAGE)); // as after a move that failed
      move(SectorFileTypes.of(CACHE));
      move(SectorFileTypes.of(SEALED));
      move(SectorFileTypes.of(UNSEALED));
      tasks.requireOnePlace(List.of(SEALED, CACHE, UPDATE, UPDATE_CACHE, UNSEALED));
    }
    return new UpdatedSector(cids, pieces, update, vanilla, proof);
  }

  private <T> T again(Callable<T> step) throws Exception {
    while (true) {
      try {
        return step.call();
      } catch (LotusMinerStandIn.MinerRestarted e) {
        miner.awaitUp();
      } catch (StandInTasks.TaskFailed e) {
        miner.failure(id() + ": " + e.getMessage());
        if (++failures > MOST_FAILURES) {
          throw e;
        }
        miner.rest(sector.id());
      }
    }
  }

  private SectorId id() {
    return sector.id();
  }

  private <T> T task(
      LotusTask task,
      String method,
      Predicate<StandInTasks.Candidate> fits,
      Optional<StandInTasks.Prepare> prepare,
      List<Object> key,
      StandInTasks.Start start,
      Class<T> type)
      throws Exception {
    return tasks.run(task, method, fits, prepare, List.of(), key, start, type);
  }

  private static Optional<StandInTasks.Prepare> copies(SectorFileTypes types) {
    return Optional.of(new StandInTasks.Prepare(types, PathKind.SEALING, AcquireMode.COPY));
  }

  /** Zeros, up to what a miner does when it has the proof: that takes long and changes nothing. */
  private SectorCids seal() throws Exception {
    byte[] randomness = new byte[Bytes32.SIZE];
    randomness[0] = 7;
    Ticket ticket = new Ticket(Bytes32.of(randomness));
    UnpaddedSize whole = miner.sectorSize().unpadded();
    PieceInfo zeros = again(() -> addPiece(List.of(), whole));
    Bytes labels =
        again(
            () ->
                task(
                    LotusTask.PRE_COMMIT_1,
                    "sealPreCommit1",
                    worker -> worker.canTake(SEALED_AND_CACHE),
                    Optional.empty(),
                    List.of(sector, ticket),
                    (worker, api) -> api.sealPreCommit1(sector, ticket, List.of(zeros)),
                    Bytes.class));
    SectorCids cids =
        again(
            () ->
                task(
                    LotusTask.PRE_COMMIT_2,
                    "sealPreCommit2",
                    worker -> worker.holds(SEALED) && worker.holds(CACHE),
                    Optional.empty(),
                    List.of(sector, labels),
                    (worker, api) -> api.sealPreCommit2(sector, labels),
                    SectorCids.class));
    again(
        () ->
            task(
                LotusTask.FINALIZE_UNSEALED,
                "releaseUnsealed",
                worker -> worker.holds(UNSEALED),
                Optional.empty(),
                List.of(),
                (worker, api) -> api.releaseUnsealed(sector, List.of()),
                Object.class));
    again(
        () ->
            task(
                LotusTask.FINALIZE,
                "finalizeSector",
                worker -> worker.holds(CACHE),
                Optional.empty(),
                List.of(),
                (worker, api) -> api.finalizeSector(sector),
                Object.class));
    return cids;
  }

  /** The first of several pieces is what is pushed; the rest is zeros. */
  private PieceInfo addPiece(List<UnpaddedSize> existing, UnpaddedSize size) throws Exception {
    boolean pushed = size.bytes() == data.length && existing.isEmpty();
    PieceInfo piece =
        task(
            LotusTask.ADD_PIECE,
            "addPiece",
            worker ->
                existing.isEmpty()
                    ? worker.canTake(SectorFileTypes.of(UNSEALED))
                    : worker.holds(UNSEALED),
            Optional.empty(),
            List.of(),
            (worker, api) -> {
              UUID stream = UUID.randomUUID();
              if (pushed) {
                miner.threads().execute(() -> miner.remote().push(worker.url(), stream, data));
              }
              return api.addPiece(
                  sector,
                  existing,
                  size,
                  pushed ? ReaderStream.push(stream) : ReaderStream.zeros(size.bytes()));
            },
            PieceInfo.class);
    tasks.requireAt(List.of(UNSEALED), PathKind.SEALING, "AddPiece");
    return piece;
  }

  private ReplicaUpdateOut encode(List<PieceInfo> pieces) throws Exception {
    ReplicaUpdateOut update =
        task(
            LotusTask.REPLICA_UPDATE,
            "replicaUpdate",
            worker -> worker.canTake(UPDATE_AND_CACHE),
            copies(KEY_AND_DATA),
            List.of(sector, pieces),
            (worker, api) -> api.replicaUpdate(sector, pieces),
            ReplicaUpdateOut.class);
    tasks.requireAt(List.of(UPDATE, UPDATE_CACHE), PathKind.SEALING, "ReplicaUpdate");
    return update;
  }

  @SuppressWarnings("unchecked")
  private List<Bytes> prove1(SectorCids cids, ReplicaUpdateOut update) throws Exception {
    return (List<Bytes>)
        task(
            LotusTask.PROVE_REPLICA_UPDATE_1,
            "proveReplicaUpdate1",
            worker -> worker.holds(UPDATE) || worker.holds(UPDATE_CACHE),
            copies(ALL_BUT_DATA),
            List.of(sector, cids, update),
            (worker, api) ->
                api.proveReplicaUpdate1(
                    sector, cids.sealed(), update.newSealed(), update.newUnsealed()),
            List.class);
  }

  private Bytes prove2(SectorCids cids, ReplicaUpdateOut update, List<Bytes> vanilla)
      throws Exception {
    return task(
        LotusTask.PROVE_REPLICA_UPDATE_2,
        "proveReplicaUpdate2",
        worker -> true,
        Optional.empty(),
        List.of(sector, cids, update, vanilla),
        (worker, api) ->
            api.proveReplicaUpdate2(
                sector, cids.sealed(), update.newSealed(), update.newUnsealed(), vanilla),
        Bytes.class);
  }

  /** In the order and with the types of the miner's FinalizeReplicaUpdate. */
  private void move(SectorFileTypes types) throws Exception {
    again(
        () ->
            task(
                LotusTask.FETCH,
                "moveStorage",
                StandInTasks.Candidate::canStore,
                Optional.of(new StandInTasks.Prepare(types, PathKind.STORAGE, AcquireMode.MOVE)),
                List.of(),
                (worker, api) -> api.moveStorage(sector, types),
                Object.class));
    tasks.requireAt(List.copyOf(types.types()), PathKind.STORAGE, "MoveStorage");
  }

  private Object finish(PathKind where) throws Exception {
    return task(
        LotusTask.FINALIZE_REPLICA_UPDATE,
        "finalizeReplicaUpdate",
        worker -> worker.holds(UPDATE_CACHE),
        Optional.of(
            new StandInTasks.Prepare(
                SectorFileTypes.of(CACHE, UPDATE_CACHE), where, AcquireMode.MOVE)),
        List.of(),
        (worker, api) -> api.finalizeReplicaUpdate(sector),
        Object.class);
  }
}
