package io.selkie.lotus;

import io.selkie.lotus.wire.AcquireMode;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.rpc.RpcException;
import io.selkie.rpc.RpcJson;
import io.selkie.storage.FileType;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The tasks of a sector: finds a worker, prepares, starts, awaits, and looks into the index. */
final class StandInTasks {
  private static final Duration PERIOD = Duration.ofMillis(50);
  private static final Duration TO_COME_BACK = Duration.ofSeconds(60);

  private final LotusMinerStandIn miner;
  private final SectorRef sector;
  private CompletableFuture<Void> epoch = new CompletableFuture<>();

  StandInTasks(LotusMinerStandIn miner, SectorRef sector) {
    this.miner = miner;
    this.sector = sector;
  }

  /** A Fetch before the task. */
  record Prepare(SectorFileTypes types, PathKind kind, AcquireMode mode) {}

  /** Calls a worker. */
  interface Start {
    CompletionStage<CallId> at(StandInWorker worker, WorkerApi api);
  }

  /** A task that failed, or could not be started. */
  static final class TaskFailed extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean soft;

    TaskFailed(String why) {
      super(why);
      this.soft = false;
    }

    TaskFailed(String method, CallError error) {
      super(method + ": " + error);
      this.soft = error.code() == CallError.WORKER_RESTARTED || error.code() == CallError.NO_SPACE;
    }

    boolean isSoft() {
      return soft;
    }
  }

  /** A worker that takes such tasks, and its paths. */
  final class Candidate {
    private final StandInWorker worker;
    private final Set<LotusTask> takes;
    private final List<StoragePathInfo> paths;

    private Candidate(StandInWorker worker, Set<LotusTask> takes, List<StoragePathInfo> paths) {
      this.worker = worker;
      this.takes = takes;
      this.paths = paths;
    }

    boolean holds(FileType type) {
      Set<String> where = miner.index().where(sector.id(), type);
      return paths.stream().anyMatch(path -> where.contains(path.id()));
    }

    boolean canTake(SectorFileTypes types) {
      try {
        Set<String> best =
            miner
                .index()
                .bestAlloc(types, miner.sectorSize().bytes(), PathKind.SEALING, sector.id().miner())
                .stream()
                .map(StorageInfo::id)
                .collect(Collectors.toSet());
        return paths.stream().anyMatch(path -> path.canSeal() && best.contains(path.id()));
      } catch (RpcException e) {
        return false;
      }
    }

    boolean canStore() {
      return paths.stream().anyMatch(StoragePathInfo::canStore);
    }
  }

  /**
   * Runs a task to its end.
   *
   * @param key parameters, if the call survives a restart; else empty
   */
  <T> T run(
      LotusTask task,
      String method,
      Predicate<Candidate> fits,
      Optional<Prepare> prepare,
      List<FileType> existing,
      List<Object> key,
      Start start,
      Class<T> type)
      throws Exception {
    epoch = miner.epoch();
    Optional<String> tracked =
        key.isEmpty()
            ? Optional.empty()
            : Optional.of(method + RpcJson.MAPPER.writeValueAsString(key));
    Optional<CompletableFuture<StandInCalls.Result>> running =
        tracked.flatMap(miner.calls()::running);
    StandInCalls.Result result;
    if (running.isPresent()) {
      result = miner.await(running.get());
    } else {
      result = runAt(choose(task, fits), task, method, prepare, existing, tracked, start);
    }
    tracked.ifPresent(miner.calls()::taken);
    if (result.error().isPresent()) {
      throw new TaskFailed(method, result.error().get());
    }
    return type.cast(result.value().orElseThrow(() -> new TaskFailed(method + " gave nothing")));
  }

  private StandInCalls.Result runAt(
      StandInWorker worker,
      LotusTask task,
      String method,
      Optional<Prepare> prepare,
      List<FileType> existing,
      Optional<String> tracked,
      Start start)
      throws Exception {
    try {
      if (prepare.isPresent()) {
        prepare(worker, prepare.get());
      }
      for (FileType type : existing) {
        requireAt(worker, type, path -> true, "before " + method);
      }
      return miner.await(
          miner.start(worker, method, sector.id(), tracked, api -> start.at(worker, api)));
    } catch (RpcException | IOException | TimeoutException e) {
      requireSameEpoch();
      throw new TaskFailed(method + " could not be started: " + e.getMessage());
    } finally {
      worker.end(task);
    }
  }

  private void prepare(StandInWorker worker, Prepare prepare) throws Exception {
    StandInCalls.Result fetched =
        miner.await(
            miner.start(
                worker,
                "fetch",
                sector.id(),
                Optional.empty(),
                api -> api.fetch(sector, prepare.types(), prepare.kind(), prepare.mode())));
    if (fetched.error().isPresent()) {
      throw new TaskFailed("fetch", fetched.error().get());
    }
    for (FileType type : prepare.types().types()) {
      // A copy comes with the task: until then it is at any path of the worker.
      requireAt(
          worker,
          type,
          path -> prepare.mode() == AcquireMode.COPY || isOf(path, prepare.kind()),
          "after Fetch " + prepare);
    }
  }

  private static boolean isOf(StoragePathInfo path, PathKind kind) {
    return kind == PathKind.SEALING ? path.canSeal() : path.canStore();
  }

  private void requireAt(
      StandInWorker worker, FileType type, Predicate<StoragePathInfo> kind, String when)
      throws Exception {
    Set<String> where = miner.index().where(sector.id(), type);
    List<StoragePathInfo> paths = worker.paths();
    if (paths.stream().noneMatch(path -> where.contains(path.id()) && kind.test(path))) {
      wrong(type + " is not declared at a path of " + worker + ' ' + when);
      requireSameEpoch();
      throw new TaskFailed(type + " is not where it should be " + when);
    }
  }

  /** An index that was just emptied by a restart proves nothing. */
  void wrong(String what) {
    if (!epoch.isDone()) {
      miner.violation(sector.id() + ": " + what);
    }
  }

  private void requireSameEpoch() throws LotusMinerStandIn.MinerRestarted {
    if (epoch.isDone()) {
      throw new LotusMinerStandIn.MinerRestarted();
    }
  }

  private StandInWorker choose(LotusTask task, Predicate<Candidate> fits) throws Exception {
    Comparator<Candidate> order = Comparator.comparing(one -> one.worker.load());
    if (task == LotusTask.COMMIT_2) {
      order =
          Comparator.<Candidate, Integer>comparing(one -> one.takes.size()).thenComparing(order);
    }
    while (true) {
      miner.awaitUp();
      Optional<Candidate> best =
          miner.workers().stream()
              .filter(StandInWorker::enabled)
              .flatMap(worker -> candidate(worker, task).stream())
              .filter(fits)
              .min(order);
      if (best.isPresent()) {
        StandInWorker worker = best.get().worker;
        synchronized (worker) {
          if (worker.hasSlot(task, sector.proofType())) {
            worker.begin(task);
            return worker;
          }
        }
      }
      LotusMinerStandIn.pause(PERIOD);
    }
  }

  private Optional<Candidate> candidate(StandInWorker worker, LotusTask task) {
    try {
      Set<LotusTask> takes = worker.tasks();
      return takes.contains(task) && worker.hasSlot(task, sector.proofType())
          ? Optional.of(new Candidate(worker, takes, worker.paths()))
          : Optional.empty();
    } catch (Exception e) {
      return Optional.empty(); // it is skipped in this pass
    }
  }

  /** A Fetch to the kind of path that holds a file already. */
  Prepare whereItIs(FileType type) {
    Set<String> where = miner.index().where(sector.id(), type);
    boolean seals =
        miner.index().attached().stream()
            .anyMatch(path -> where.contains(path.id()) && path.canSeal());
    return new Prepare(
        SectorFileTypes.of(type), seals ? PathKind.SEALING : PathKind.STORAGE, AcquireMode.MOVE);
  }

  /** Files have to be declared at a path of a kind that is not the miner's. */
  void requireAt(List<FileType> types, PathKind kind, String after) throws Exception {
    for (FileType type : types) {
      awaitAfterRestart(type);
      Set<String> where = miner.index().where(sector.id(), type);
      if (miner.index().attached().stream()
          .noneMatch(
              path ->
                  where.contains(path.id())
                      && !path.id().equals(miner.ownPath())
                      && (kind == PathKind.SEALING ? path.canSeal() : path.canStore()))) {
        wrong(after + " leaves " + type + " undeclared");
      }
    }
  }

  /** Files have to be declared. */
  void requireDeclared(List<FileType> types, String after) throws Exception {
    for (FileType type : types) {
      awaitAfterRestart(type);
      if (miner.index().where(sector.id(), type).isEmpty()) {
        wrong(after + " leaves " + type + " undeclared");
      }
    }
  }

  /** Files have to be declared once, as primary. */
  void requireOnePlace(List<FileType> types) {
    for (FileType type : types) {
      Set<String> where = miner.index().where(sector.id(), type);
      if (where.size() != 1
          || !miner.index().isPrimary(where.iterator().next(), sector.id(), type)) {
        wrong(type + " is at " + where + ", not once and primary");
      }
    }
  }

  /** The result of a call may be here before the worker attached its paths again. */
  private void awaitAfterRestart(FileType type) throws Exception {
    if (miner.workers().isEmpty()) {
      awaitDeclared(type);
    }
  }

  /** Waits until a file is in the index; after a while that is a failure. */
  void awaitDeclared(FileType type) throws Exception {
    long end = System.nanoTime() + TO_COME_BACK.toNanos();
    while (miner.index().where(sector.id(), type).isEmpty()) {
      if (System.nanoTime() > end) {
        throw new TaskFailed(type + " is not declared anywhere");
      }
      LotusMinerStandIn.pause(PERIOD);
    }
  }
}
