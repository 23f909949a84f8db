package io.selkie.lotus;

import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.LotusCall;
import io.selkie.lotus.streams.PieceStream;
import io.selkie.lotus.streams.PieceStreams;
import io.selkie.lotus.streams.StreamException;
import io.selkie.lotus.wire.AcquireMode;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.PostSectorChallenge;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.lotus.wire.SectorCids;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorLocations;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.lotus.wire.TaskTypes;
import io.selkie.lotus.wire.UnpaddedRange;
import io.selkie.lotus.wire.WindowPostResult;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.lotus.wire.WorkerInfo;
import io.selkie.proofs.PieceSource;
import io.selkie.rpc.RpcException;
import io.selkie.rpc.RpcJson;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorState;
import io.selkie.sector.SectorTasks;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The farm as a worker of a miner. What it is asked for a sector becomes a {@link LotusCall},
 * durable before the miner hears its id; what it is asked about itself it answers from memory.
 */
final class LotusWorker implements WorkerApi {
  /** A miner's scheduler waits for the answer to a start call: better it fails than hangs. */
  private static final Duration TAKE = Duration.ofSeconds(5);

  /** Its scheduler gives a worker 5 s to say what it takes. */
  private static final Duration ASKED = Duration.ofSeconds(4);

  private static final UUID CLOSED = new UUID(0, 0);

  /** Unpadded bytes that are padded together. */
  private static final long UNIT = 127;

  private static final String TICKET = "_lotus_SealRandomness";

  private final Parts parts;
  private final UpdateCalls updates;
  private final IncomingPieces incoming;
  private volatile boolean closed;

  /**
   * What it works with.
   *
   * @param alone whether the miner takes each host for a worker of its own: tasks run here then
   * @param quiet ends when no host runs a task
   */
  record Parts(
      HostId host,
      boolean alone,
      LinkBoard board,
      ClusterSharding sharding,
      SectorTasks tasks,
      Commit1Spool commit1,
      PieceStreams streams,
      Pieces pieces,
      FarmDesks desks,
      PieceHosts pieceHosts,
      PathOrders paths,
      Supplier<CompletionStage<Void>> quiet,
      Runnable shutdown) {
    Optional<HostId> pin() {
      return alone ? Optional.of(host) : Optional.empty();
    }
  }

  /** What a miner's operator has done to the paths of this host. */
  interface PathOrders {
    /** Attaches one for good. */
    CompletionStage<@Nullable Void> attach(String directory);

    /** Takes all out of the miner's index. */
    CompletionStage<@Nullable Void> leaveIndex();

    /**
     * Declares again what they hold.
     *
     * @param id of the only one; empty: all
     */
    CompletionStage<@Nullable Void> declareAgain(Optional<String> id);
  }

  LotusWorker(Parts parts) {
    this.parts = parts;
    this.updates = new UpdateCalls(parts.commit1());
    this.incoming =
        new IncomingPieces(
            parts.host(), parts.pieces(), parts.desks(), parts.pieceHosts()::of, this::take);
  }

  @Override
  public CompletionStage<Integer> version() {
    return now(VERSION);
  }

  @Override
  public CompletionStage<TaskTypes> taskTypes() {
    return parts.board().onceHeld(ASKED, parts.board()::taskTypes);
  }

  @Override
  public CompletionStage<List<StoragePathInfo>> paths() {
    return parts.board().onceHeld(ASKED, parts.board()::paths);
  }

  @Override
  public CompletionStage<WorkerInfo> info() {
    FarmCapacity capacity = parts.board().capacity();
    return now(
        WorkerInfo.ofMostTasks(
            parts.host().toString(),
            capacity.memory(),
            parts.board().sectorSize().map(capacity::resources).orElse(Map.of())));
  }

  @Override
  public CompletionStage<UUID> session() {
    return parts.board().isEnabled() || isClosed() ? processSession() : refused("worker disabled");
  }

  @Override
  public CompletionStage<UUID> processSession() {
    if (isClosed()) {
      return now(CLOSED);
    }
    return parts
        .board()
        .session()
        .map(LotusWorker::now)
        .orElseGet(() -> refused("another host of this farm has the link to the miner"));
  }

  /** The miner drops a worker that says so, and does not ask again. */
  private boolean isClosed() {
    return closed || parts.board().isHandedOver();
  }

  @Override
  public CompletionStage<Boolean> enabled() {
    return now(parts.board().isEnabled());
  }

  @Override
  public CompletionStage<@Nullable Void> setEnabled(boolean enabled) {
    parts.board().setEnabled(enabled);
    return done();
  }

  @Override
  public CompletionStage<@Nullable Void> taskEnable(LotusTask task) {
    parts.board().enable(task, true);
    return done();
  }

  @Override
  public CompletionStage<@Nullable Void> taskDisable(LotusTask task) {
    parts.board().enable(task, false);
    return done();
  }

  @Override
  public CompletionStage<@Nullable Void> waitQuiet() {
    return parts.quiet().get().thenApply(quiet -> null);
  }

  @Override
  public CompletionStage<@Nullable Void> remove(SectorId sector) {
    return parts
        .tasks()
        .state(sector)
        .thenCompose(
            state ->
                state instanceof SectorState.Known known && !(state instanceof SectorState.Removed)
                    ? parts
                        .tasks()
                        .perform(
                            sector,
                            new TaskRequest.Remove(known.facts().proofType()),
                            Optional.empty())
                        .thenCompose(answer -> removed(sector, answer))
                    : done());
  }

  private static CompletionStage<@Nullable Void> removed(SectorId sector, Sector.Answer answer) {
    return answer instanceof Sector.Done
        ? done()
        : refused(sector + " could not be removed: " + answer);
  }

  @Override
  public CompletionStage<Map<String, String>> storageLocal() {
    return now(
        parts.board().paths().stream()
            .collect(
                Collectors.toMap(
                    StoragePathInfo::id, StoragePathInfo::localPath, (one, other) -> one)));
  }

  @Override
  public CompletionStage<@Nullable Void> storageAddLocal(String path) {
    return parts.paths().attach(path);
  }

  @Override
  public CompletionStage<@Nullable Void> storageDetachLocal(String path) {
    return refused(
        "use selkie storage detach on host "
            + parts.host()
            + ": it sees to the sectors that are not done there");
  }

  @Override
  public CompletionStage<@Nullable Void> storageDetachAll() {
    return parts.paths().leaveIndex();
  }

  @Override
  public CompletionStage<@Nullable Void> storageRedeclareLocal(
      Optional<String> id, boolean dropMissing) {
    return parts.paths().declareAgain(id);
  }

  @Override
  public CompletionStage<@Nullable Void> shutdown() {
    closed = true;
    parts.shutdown().run();
    return done();
  }

  @Override
  public CompletionStage<CallId> addPiece(
      SectorRef sector, List<UnpaddedSize> existing, UnpaddedSize size, ReaderStream data) {
    List<PaddedSize> before = existing.stream().map(UnpaddedSize::padded).toList();
    SealProofType type = sector.proofType();
    PieceStream stream;
    try {
      stream = parts.streams().open(data.type(), data.info());
    } catch (StreamException e) {
      return refused(String.valueOf(e.getMessage()));
    }
    if (stream instanceof PieceStream.Incoming bytes) {
      return incoming.add(new IncomingPieces.Piece(sector, before, size, data), bytes);
    }
    long zeros = ((PieceStream.Zeros) stream).bytes();
    return zeros == size.bytes()
        ? take(
            sector,
            new TaskRequest.AddPiece(
                type, before, size.padded(), PieceSource.zeros(), Optional.empty()))
        : refused("a piece of " + size.bytes() + " bytes cannot have " + zeros + " zeros");
  }

  @Override
  public CompletionStage<CallId> sealPreCommit1(
      SectorRef sector, Ticket ticket, List<PieceInfo> pieces) {
    return take(sector, new TaskRequest.PreCommit1(sector.proofType(), ticket, pieces));
  }

  /**
   * The call names neither ticket nor pieces. The first is in what PreCommit1 gave; of the others
   * only what they make together is needed, which is the same as one piece of the whole sector.
   */
  @Override
  public CompletionStage<CallId> sealPreCommit2(SectorRef sector, Bytes preCommit1Out) {
    SealProofType type = sector.proofType();
    try {
      JsonNode labels = RpcJson.MAPPER.readTree(preCommit1Out.toByteArray());
      Bytes32 ticket = Bytes32.of(Bytes.ofBase64(labels.path(TICKET).asText()).toByteArray());
      byte[] commD = bytes(labels.path("comm_d"));
      PieceInfo whole =
          new PieceInfo(type.sectorSize().unpadded().padded(), CommP.of(Bytes32.of(commD)));
      return take(
          sector,
          new TaskRequest.PreCommit2(type, Ticket.of(ticket), List.of(whole), preCommit1Out));
    } catch (IOException | IllegalArgumentException e) {
      return refused(
          "the output of PreCommit1 is none, or one without "
              + TICKET
              + ", which Lotus's workers have put there since 1.21");
    }
  }

  private static byte[] bytes(JsonNode numbers) {
    byte[] bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      int number = numbers.get(i).asInt(-1);
      if (number < 0 || number > 255) {
        throw new IllegalArgumentException("no bytes");
      }
      bytes[i] = (byte) number;
    }
    return bytes;
  }

  @Override
  public CompletionStage<CallId> sealCommit1(
      SectorRef sector, Ticket ticket, Seed seed, List<PieceInfo> pieces, SectorCids cids) {
    return take(
        sector,
        new TaskRequest.Commit1(
            sector.proofType(), ticket, seed, pieces, cids.sealed(), cids.unsealed()));
  }

  @Override
  public CompletionStage<CallId> sealCommit2(SectorRef sector, Bytes commit1Out) {
    return parts
        .commit1()
        .keep(sector.id(), sector.proofType(), commit1Out)
        .thenCompose(request -> take(sector, request));
  }

  @Override
  public CompletionStage<CallId> finalizeSector(SectorRef sector) {
    return take(sector, new TaskRequest.Finalize(sector.proofType(), true));
  }

  @Override
  public CompletionStage<CallId> releaseUnsealed(SectorRef sector, List<UnpaddedRange> keep) {
    return take(sector, new CallOrder.ReleaseUnsealed(sector.proofType(), !keep.isEmpty()));
  }

  @Override
  public CompletionStage<CallId> moveStorage(SectorRef sector, SectorFileTypes types) {
    return take(sector, new CallOrder.MoveStorage(sector.proofType(), types.types()));
  }

  @Override
  public CompletionStage<CallId> fetch(
      SectorRef sector, SectorFileTypes types, PathKind kind, AcquireMode mode) {
    return take(
        sector,
        new CallOrder.Fetch(
            sector.proofType(),
            types.types(),
            kind == PathKind.STORAGE,
            mode == AcquireMode.MOVE,
            parts.pin()));
  }

  @Override
  public CompletionStage<CallId> dataCid(UnpaddedSize pieceSize, ReaderStream data) {
    if (pieceSize.padded().bytes() > SectorSize.GIB_64.bytes()) {
      return refused("no sector has a piece of " + pieceSize.bytes() + " bytes");
    }
    try {
      return incoming.commitment(pieceSize, parts.streams().open(data.type(), data.info()));
    } catch (StreamException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public CompletionStage<CallId> finalizeReplicaUpdate(SectorRef sector) {
    return take(sector, updates.finish(sector));
  }

  @Override
  public CompletionStage<CallId> replicaUpdate(SectorRef sector, List<PieceInfo> pieces) {
    return take(sector, updates.encode(sector, pieces));
  }

  @Override
  public CompletionStage<CallId> proveReplicaUpdate1(
      SectorRef sector, CommR sectorKey, CommR newSealed, CommD newUnsealed) {
    return take(sector, updates.prove1(sector, sectorKey, newSealed, newUnsealed));
  }

  @Override
  public CompletionStage<CallId> proveReplicaUpdate2(
      SectorRef sector,
      CommR sectorKey,
      CommR newSealed,
      CommD newUnsealed,
      List<Bytes> vanillaProofs) {
    return updates
        .prove2(sector, updates.prove1(sector, sectorKey, newSealed, newUnsealed), vanillaProofs)
        .thenCompose(request -> take(sector, request));
  }

  @Override
  public CompletionStage<CallId> generateSectorKeyFromData(SectorRef sector, CommD commD) {
    return refused(
        "this worker cannot make the sector key of "
            + sector.id()
            + " again from its update: have a lotus-worker with --regen-sector-key take "
            + LotusTask.REGEN_SECTOR_KEY);
  }

  @Override
  public CompletionStage<CallId> unsealPiece(
      SectorRef sector, long offset, UnpaddedSize size, Ticket ticket, CommD commD) {
    long bytes = sector.proofType().sectorSize().unpadded().bytes();
    if (offset < 0 || offset % UNIT != 0 || size.bytes() > bytes || offset > bytes - size.bytes()) {
      return refused(
          "no piece of "
              + size.bytes()
              + " bytes begins at "
              + offset
              + " of a sector of "
              + bytes
              + " bytes");
    }
    return take(
        sector,
        new TaskRequest.UnsealPiece(sector.proofType(), ticket, commD, offset, size.bytes()));
  }

  @Override
  public CompletionStage<CallId> downloadSectorData(
      SectorRef sector, boolean finalized, SectorLocations locations) {
    try {
      return take(sector, Downloads.order(sector, finalized, locations, parts.host()));
    } catch (RpcException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  @Override
  public CompletionStage<List<PostProof>> generateWinningPoSt(
      PostProofType type,
      MinerId miner,
      List<PostSectorChallenge> sectors,
      PostRandomness randomness) {
    return notOffered(LotusTask.WINNING_POST);
  }

  @Override
  public CompletionStage<WindowPostResult> generateWindowPoSt(
      PostProofType type,
      MinerId miner,
      List<PostSectorChallenge> sectors,
      int partition,
      PostRandomness randomness) {
    return notOffered(LotusTask.WINDOW_POST);
  }

  private CompletionStage<CallId> take(SectorRef sector, TaskRequest request) {
    if (!(request instanceof TaskRequest.AddPiece)) {
      parts.board().hasItsPieces(sector.id());
    }
    return take(sector, new CallOrder.Perform(request, parts.pin()));
  }

  private CompletionStage<CallId> take(SectorRef sector, CallOrder order) {
    return take(sector.id(), UUID.randomUUID(), order);
  }

  private CompletionStage<CallId> take(SectorId sector, UUID call, CallOrder order) {
    return parts
        .sharding()
        .entityRefFor(LotusCall.KEY, call.toString())
        .<LotusCall.Taken>ask(replyTo -> new LotusCall.Take(sector, order, replyTo), TAKE)
        .thenApply(taken -> new CallId(sector, call))
        .exceptionallyCompose(
            trouble ->
                Stages.cause(trouble) instanceof TimeoutException
                    ? refused(
                        "the call could not be written down within "
                            + TAKE.toSeconds()
                            + " s: the farm's journal does not answer, look at its logs")
                    : CompletableFuture.failedStage(trouble));
  }

  private static <T> CompletionStage<T> notOffered(LotusTask task) {
    return refused("this worker does not take " + task);
  }

  private static <T> CompletionStage<T> refused(String why) {
    return CompletableFuture.failedStage(new RpcException(why));
  }

  private static <T> CompletionStage<T> now(T value) {
    return CompletableFuture.completedStage(value);
  }

  private static CompletionStage<@Nullable Void> done() {
    return CompletableFuture.completedStage(null);
  }
}
