package io.selkie.lotus;

import io.selkie.auth.Permission;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.ActorAddress;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.Decl;
import io.selkie.lotus.wire.FsStat;
import io.selkie.lotus.wire.HealthReport;
import io.selkie.lotus.wire.MinerVersion;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorLocks;
import io.selkie.lotus.wire.SectorStorageInfo;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.rpc.RpcException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The API of the stand-in. */
final class StandInService extends StandInReturns {
  private static final int BLOCK_DELAY = 4;

  private final LotusMinerStandIn miner;

  StandInService(LotusMinerStandIn miner) {
    this.miner = miner;
  }

  private interface Deed {
    void run() throws RpcException;
  }

  private static CompletionStage<@Nullable Void> done(Deed deed) {
    return answer(
        () -> {
          deed.run();
          return null;
        });
  }

  private static <T> CompletionStage<T> answer(Callable<T> question) {
    try {
      return CompletableFuture.completedFuture(question.call());
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  CompletionStage<@Nullable Void> report(
      String method, CallId call, Optional<?> value, Optional<CallError> error) {
    if (error.isPresent() == value.isPresent() && !method.equals("returnReadPiece")) {
      miner.violation(method + " has a result and an error, or neither: " + call);
    }
    return done(
        () ->
            miner.calls().report(call, new StandInCalls.Result(method, value.map(v -> v), error)));
  }

  @Override
  public CompletionStage<MinerVersion> version() {
    return answer(
        () -> new MinerVersion("1.36.2-stand-in", miner.apiVersion(), BLOCK_DELAY, "lotus"));
  }

  @Override
  public CompletionStage<UUID> session() {
    return answer(miner::session);
  }

  @Override
  public CompletionStage<ActorAddress> actorAddress() {
    return answer(() -> new ActorAddress(miner.id()));
  }

  @Override
  public CompletionStage<SectorSize> actorSectorSize(ActorAddress address) {
    return address.miner().equals(miner.id())
        ? answer(miner::sectorSize)
        : CompletableFuture.failedFuture(new RpcException("actor not found"));
  }

  @Override
  public CompletionStage<List<Permission>> authVerify(String token) {
    return answer(
        () ->
            miner
                .tokens()
                .verify(token)
                .orElseThrow(() -> new RpcException("JWT Verification failed")));
  }

  @Override
  public CompletionStage<@Nullable Void> workerConnect(String url) {
    return miner.connect(url);
  }

  @Override
  public CompletionStage<@Nullable Void> storageAttach(StorageInfo path, FsStat stat) {
    return done(() -> miner.index().attach(path, stat));
  }

  @Override
  public CompletionStage<@Nullable Void> storageDetach(String path, String url) {
    return done(() -> miner.index().detach(path, url));
  }

  @Override
  public CompletionStage<StorageInfo> storageInfo(String path) {
    return answer(() -> miner.index().info(path));
  }

  @Override
  public CompletionStage<@Nullable Void> storageReportHealth(String path, HealthReport report) {
    return done(() -> miner.index().health(path, report));
  }

  @Override
  public CompletionStage<@Nullable Void> storageDeclareSector(
      String path, SectorId sector, SectorFileTypes types, boolean primary) {
    if (miner.index().attached().stream().noneMatch(one -> one.id().equals(path))) {
      miner.violation(sector + " is declared at a path that is not attached: " + path);
    }
    return done(() -> miner.index().declare(path, sector, types, primary));
  }

  @Override
  public CompletionStage<@Nullable Void> storageDropSector(
      String path, SectorId sector, SectorFileTypes types) {
    return done(() -> miner.index().drop(path, sector, types));
  }

  @Override
  public CompletionStage<List<SectorStorageInfo>> storageFindSector(
      SectorId sector, SectorFileTypes types, long sectorSize, boolean allowFetch) {
    return answer(() -> miner.index().find(sector, types, sectorSize, allowFetch));
  }

  @Override
  public CompletionStage<List<StorageInfo>> storageBestAlloc(
      SectorFileTypes types, SectorSize sectorSize, PathKind kind, MinerId id) {
    return answer(() -> miner.index().bestAlloc(types, sectorSize.bytes(), kind, id));
  }

  @Override
  public CompletionStage<@Nullable Void> storageLock(
      SectorId sector, SectorFileTypes read, SectorFileTypes write) {
    miner.violation("a worker locks " + sector + ": the caller has the lock");
    return done(() -> {});
  }

  @Override
  public CompletionStage<Boolean> storageTryLock(
      SectorId sector, SectorFileTypes read, SectorFileTypes write) {
    miner.violation("a worker locks " + sector + ": the caller has the lock");
    return answer(() -> true);
  }

  @Override
  public CompletionStage<SectorLocks> storageGetLocks() {
    return answer(() -> new SectorLocks(List.of()));
  }

  @Override
  public CompletionStage<Map<String, List<Decl>>> storageList() {
    return answer(() -> miner.index().list());
  }

  @Override
  public CompletionStage<Map<String, String>> storageLocal() {
    return answer(() -> Map.of(miner.ownPath(), "/data/miner"));
  }

  @Override
  public CompletionStage<FsStat> storageStat(String path) {
    return answer(() -> miner.index().stat(path));
  }
}
