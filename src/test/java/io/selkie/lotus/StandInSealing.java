package io.selkie.lotus;

import static io.selkie.storage.FileType.CACHE;
import static io.selkie.storage.FileType.SEALED;
import static io.selkie.storage.FileType.UNSEALED;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.wire.AcquireMode;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.lotus.wire.SectorCids;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.storage.FileType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** One sector's way through the miner's states, each of which is repeated after a restart. */
final class StandInSealing {
  private static final int MOST_FAILURES = 12;
  private static final int MOST_IN_A_STATE = 3;
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final SectorFileTypes SEALED_AND_CACHE = SectorFileTypes.of(SEALED, CACHE);

  private enum State {
    ADD_PIECE,
    PRE_COMMIT_1,
    PRE_COMMIT_2,
    COMMITTING,
    FINALIZE,
    MOVE,
    DONE
  }

  private final LotusMinerStandIn miner;
  private final StandInTasks tasks;
  private final SectorRef sector;
  private final Optional<byte[]> data;
  private final Ticket ticket = new Ticket(randomness());
  private final Seed seed = new Seed(randomness());
  private final List<PieceInfo> pieces = new ArrayList<>();
  private final Map<State, Integer> failures = new EnumMap<>(State.class);
  private final Map<String, Bytes> outputs = new TreeMap<>();
  private final Map<String, Bytes> cache = new TreeMap<>();
  private State state = State.ADD_PIECE;
  private Bytes preCommit1Out = Bytes.of(new byte[0]);
  private Bytes proof = preCommit1Out;
  private Bytes replica = preCommit1Out;
  private Optional<SectorCids> cids = Optional.empty();
  private int allFailures;

  StandInSealing(LotusMinerStandIn miner, SectorRef sector, Optional<byte[]> data) {
    this.miner = miner;
    this.sector = sector;
    this.data = data;
    this.tasks = new StandInTasks(miner, sector);
  }

  private static Bytes32 randomness() {
    byte[] bytes = new byte[Bytes32.SIZE];
    new Random().nextBytes(bytes);
    bytes[Bytes32.SIZE - 1] &= 0x3f;
    return Bytes32.of(bytes);
  }

  SealedSector run() throws Exception {
    while (state != State.DONE) {
      try {
        state = step();
      } catch (LotusMinerStandIn.MinerRestarted e) {
        miner.awaitUp();
      } catch (StandInTasks.TaskFailed e) {
        afterFailure(e);
      } catch (IOException e) {
        // The pull of the files: begun again until they are there.
        miner.failure(sector.id() + " in " + state + ": " + e.getMessage());
        miner.rest(sector.id());
      }
    }
    return new SealedSector(
        sector, pieces, ticket, seed, cids.orElseThrow(), proof, replica, Map.copyOf(cache));
  }

  private State step() throws Exception {
    return switch (state) {
      case ADD_PIECE -> addPieces();
      case PRE_COMMIT_1 -> preCommit1();
      case PRE_COMMIT_2 -> preCommit2();
      case COMMITTING -> commit();
      case FINALIZE -> finalizeSector();
      case MOVE, DONE -> move();
    };
  }

  /** LOTUS_WORKER_PROTOCOL.md 15.1. */
  private void afterFailure(StandInTasks.TaskFailed trouble) throws Exception {
    miner.failure(sector.id() + " in " + state + ": " + trouble.getMessage());
    if (++allFailures > MOST_FAILURES) {
      throw trouble;
    }
    boolean phase = state == State.PRE_COMMIT_1 || state == State.PRE_COMMIT_2;
    if (phase && trouble.isSoft()) {
      LotusMinerStandIn.pause(RETRY);
      return;
    }
    if (failures.merge(state, 1, Integer::sum) > MOST_IN_A_STATE) {
      if (state != State.PRE_COMMIT_2 && state != State.COMMITTING) {
        throw trouble;
      }
      failures.clear();
      state = State.PRE_COMMIT_1;
    }
    miner.rest(sector.id());
  }

  private SectorId id() {
    return sector.id();
  }

  /** First the piece, then zeros: always as much as there is, which keeps to the alignment. */
  private State addPieces() throws Exception {
    long whole = miner.sectorSize().unpadded().bytes();
    long first = data.map(bytes -> (long) bytes.length).orElse(whole);
    pieces.clear();
    List<UnpaddedSize> existing = new ArrayList<>();
    long sum = 0;
    while (sum < whole) {
      UnpaddedSize size = new UnpaddedSize(sum == 0 ? first : sum);
      addPiece(List.copyOf(existing), size);
      existing.add(size);
      sum += size.bytes();
    }
    return State.PRE_COMMIT_1;
  }

  private void addPiece(List<UnpaddedSize> existing, UnpaddedSize size) throws Exception {
    boolean pushed = existing.isEmpty() && data.isPresent();
    PieceInfo piece =
        tasks.run(
            LotusTask.ADD_PIECE,
            "addPiece",
            worker ->
                existing.isEmpty()
                    ? worker.canTake(SectorFileTypes.of(UNSEALED))
                    : worker.holds(UNSEALED),
            Optional.empty(),
            existing.isEmpty() ? List.of() : List.of(UNSEALED),
            List.of(),
            (worker, api) -> {
              UUID stream = UUID.randomUUID();
              if (pushed) {
                miner
                    .threads()
                    .execute(() -> miner.remote().push(worker.url(), stream, data.orElseThrow()));
              }
              return api.addPiece(
                  sector,
                  existing,
                  size,
                  pushed ? ReaderStream.push(stream) : ReaderStream.zeros(size.bytes()));
            },
            PieceInfo.class);
    if (!piece.size().equals(size.padded())) {
      miner.violation("AddPiece of " + size + " gives " + piece);
    }
    pieces.add(piece);
    tasks.requireAt(List.of(UNSEALED), PathKind.SEALING, "AddPiece");
  }

  private State preCommit1() throws Exception {
    Bytes out =
        tasks.run(
            LotusTask.PRE_COMMIT_1,
            "sealPreCommit1",
            worker -> worker.canTake(SEALED_AND_CACHE),
            Optional.of(
                new StandInTasks.Prepare(
                    SectorFileTypes.of(UNSEALED), PathKind.SEALING, AcquireMode.MOVE)),
            List.of(UNSEALED),
            List.of(sector, ticket, pieces),
            (worker, api) -> api.sealPreCommit1(sector, ticket, pieces),
            Bytes.class);
    requireSame("PreCommit1 with " + ticket, out);
    preCommit1Out = out;
    tasks.requireAt(List.of(SEALED, CACHE), PathKind.SEALING, "PreCommit1");
    return State.PRE_COMMIT_2;
  }

  /** After a restart the miner finds what runs by a hash over the parameters. */
  private void requireSame(String what, Bytes out) {
    Bytes before = outputs.putIfAbsent(what, out);
    if (before != null && !before.equals(out)) {
      miner.violation(id() + ": " + what + " gave something else before");
    }
  }

  private State preCommit2() throws Exception {
    Bytes in = preCommit1Out;
    SectorCids made =
        tasks.run(
            LotusTask.PRE_COMMIT_2,
            "sealPreCommit2",
            worker ->
                (worker.holds(SEALED) && worker.holds(CACHE)) || worker.canTake(SEALED_AND_CACHE),
            Optional.of(
                new StandInTasks.Prepare(SEALED_AND_CACHE, PathKind.SEALING, AcquireMode.MOVE)),
            List.of(SEALED, CACHE),
            List.of(sector, in),
            (worker, api) -> api.sealPreCommit2(sector, in),
            SectorCids.class);
    if (pieces.size() == 1 && !made.unsealed().bytes().equals(pieces.get(0).commP().bytes())) {
      miner.violation(id() + ": the commD of one piece is " + made.unsealed() + ", not its own");
    }
    if (cids.isPresent() && !cids.get().equals(made)) {
      miner.violation(id() + ": PreCommit2 gives " + made + " and gave " + cids.get());
    }
    cids = Optional.of(made);
    tasks.requireAt(List.of(SEALED, CACHE), PathKind.SEALING, "PreCommit2");
    return State.COMMITTING;
  }

  /** A failed Commit2 repeats both. */
  private State commit() throws Exception {
    SectorCids made = cids.orElseThrow();
    Bytes out =
        tasks.run(
            LotusTask.COMMIT_1,
            "sealCommit1",
            worker -> worker.holds(CACHE) || worker.holds(SEALED),
            Optional.empty(),
            List.of(SEALED, CACHE),
            List.of(sector, ticket, seed, pieces, made),
            (worker, api) -> api.sealCommit1(sector, ticket, seed, pieces, made),
            Bytes.class);
    requireSame("Commit1 with " + seed, out);
    proof =
        tasks.run(
            LotusTask.COMMIT_2,
            "sealCommit2",
            worker -> true,
            Optional.empty(),
            List.of(),
            List.of(sector, out),
            (worker, api) -> api.sealCommit2(sector, out),
            Bytes.class);
    return State.FINALIZE;
  }

  private State finalizeSector() throws Exception {
    if (!miner.index().where(id(), UNSEALED).isEmpty()) {
      tasks.run(
          LotusTask.FINALIZE_UNSEALED,
          "releaseUnsealed",
          worker -> worker.holds(UNSEALED),
          Optional.of(tasks.whereItIs(UNSEALED)),
          List.of(UNSEALED),
          List.of(),
          (worker, api) -> api.releaseUnsealed(sector, List.of()),
          Object.class);
      if (!miner.index().where(id(), UNSEALED).isEmpty()) {
        tasks.wrong("ReleaseUnsealed leaves unsealed files in the index");
      }
    }
    tasks.run(
        LotusTask.FINALIZE,
        "finalizeSector",
        worker -> worker.holds(CACHE),
        Optional.of(tasks.whereItIs(CACHE)),
        List.of(CACHE),
        List.of(),
        (worker, api) -> api.finalizeSector(sector),
        Object.class);
    tasks.requireDeclared(List.of(SEALED, CACHE), "FinalizeSector");
    return State.MOVE;
  }

  private State move() throws Exception {
    if (miner.storesAtWorkers()) {
      tasks.run(
          LotusTask.FETCH,
          "moveStorage",
          StandInTasks.Candidate::canStore,
          Optional.of(
              new StandInTasks.Prepare(SEALED_AND_CACHE, PathKind.STORAGE, AcquireMode.MOVE)),
          List.of(SEALED, CACHE),
          List.of(),
          (worker, api) -> api.moveStorage(sector, SEALED_AND_CACHE),
          Object.class);
      tasks.requireAt(List.of(SEALED, CACHE), PathKind.STORAGE, "MoveStorage");
      tasks.requireOnePlace(List.of(SEALED, CACHE));
    } else {
      pull(SEALED);
      pull(CACHE);
    }
    return State.DONE;
  }

  /** The sealed file as it is, the cache as an archive; then it is deleted there. */
  private void pull(FileType type) throws Exception {
    if (miner.index().where(id(), type).contains(miner.ownPath())) {
      return;
    }
    tasks.awaitDeclared(type);
    for (StorageInfo path : miner.index().attached()) {
      if (!path.id().equals(miner.ownPath())
          && miner.index().where(id(), type).contains(path.id())) {
        String base = path.urls().get(path.urls().size() - 1);
        try {
          take(type, base + "/" + type + "/" + id());
        } catch (java.io.IOException e) {
          throw new StandInTasks.TaskFailed("the miner cannot pull: " + e.getMessage());
        }
        miner.index().declare(miner.ownPath(), id(), SectorFileTypes.of(type), true);
        miner.remote().delete(base, type, id(), miner.ownPath());
      }
    }
    if (miner.index().where(id(), type).size() != 1) {
      tasks.wrong("DELETE of " + type + " leaves it in the index");
    }
  }

  private void take(FileType type, String url) throws Exception {
    if (type == CACHE) {
      cache.clear();
      miner.remote().directory(url).forEach((name, bytes) -> cache.put(name, Bytes.of(bytes)));
      return;
    }
    replica = Bytes.of(miner.remote().file(url));
    if (replica.size() != miner.sectorSize().bytes()) {
      miner.violation(url + " has " + replica.size() + " bytes");
    }
  }
}
