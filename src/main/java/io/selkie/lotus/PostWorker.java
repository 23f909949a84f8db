package io.selkie.lotus;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.PostSectorChallenge;
import io.selkie.lotus.wire.PostWorkerApi;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.lotus.wire.TaskResources;
import io.selkie.lotus.wire.TaskTypes;
import io.selkie.lotus.wire.WindowPostResult;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.lotus.wire.WorkerInfo;
import io.selkie.post.ChallengedSector;
import io.selkie.post.PostProver;
import io.selkie.proofs.ProofsException;
import io.selkie.rpc.RpcException;
import io.selkie.scheduler.HostId;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** This host as a worker of a miner that makes proofs of spacetime of one kind. */
final class PostWorker implements PostWorkerApi {
  private final Parts parts;

  /**
   * New with each process: a miner drops the worker that it knows at this address as soon as
   * another answers for it.
   */
  private final UUID session = UUID.randomUUID();

  private volatile boolean enabled = true;
  private volatile Optional<SectorSize> sectorSize = Optional.empty();

  /**
   * What it works with.
   *
   * @param devices how many Groth proofs this host makes at once
   * @param memory bytes that provers may use
   */
  record Parts(PostKind kind, HostId host, int devices, long memory, PostProver prover) {}

  PostWorker(Parts parts) {
    this.parts = parts;
  }

  UUID id() {
    return session;
  }

  /** The miner's sectors are of this size. */
  void putSectorSize(SectorSize size) {
    sectorSize = Optional.of(size);
  }

  @Override
  public CompletionStage<Integer> version() {
    return now(WorkerApi.VERSION);
  }

  @Override
  public CompletionStage<TaskTypes> taskTypes() {
    return now(new TaskTypes(Set.of(parts.kind().task())));
  }

  @Override
  public CompletionStage<List<StoragePathInfo>> paths() {
    return now(List.of());
  }

  @Override
  public CompletionStage<WorkerInfo> info() {
    return now(
        WorkerInfo.ofMostTasks(
            parts.host().toString(),
            parts.memory(),
            sectorSize.map(this::resources).orElse(Map.of())));
  }

  /**
   * A miner that has more partitions than this host has devices gives the rest to others, or later.
   * (Lotus 1.36 counts all that a worker does as one, so that a bound above 1 binds nothing; then
   * they wait here.) A block's proof is never kept back.
   */
  private Map<LotusTask, Map<Integer, TaskResources>> resources(SectorSize size) {
    if (parts.kind() == PostKind.WINNING) {
      return Map.of();
    }
    Map<Integer, TaskResources> rows = new HashMap<>();
    Stream.of(SealProofType.values())
        .filter(type -> type.sectorSize() == size)
        .forEach(type -> rows.put(type.id(), TaskResources.atMost(parts.devices())));
    return Map.of(parts.kind().task(), rows);
  }

  @Override
  public CompletionStage<UUID> session() {
    return enabled ? now(session) : refused("worker disabled");
  }

  @Override
  public CompletionStage<UUID> processSession() {
    return now(session);
  }

  @Override
  public CompletionStage<Boolean> enabled() {
    return now(enabled);
  }

  @Override
  public CompletionStage<@Nullable Void> setEnabled(boolean yes) {
    enabled = yes;
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<List<PostProof>> generateWinningPoSt(
      PostProofType type,
      MinerId miner,
      List<PostSectorChallenge> sectors,
      PostRandomness randomness) {
    return parts.kind() == PostKind.WINNING
        ? said(parts.prover().winning(miner, type, challenged(sectors), randomness))
            .thenApply(List::of)
        : refused("this worker takes " + parts.kind().task() + " alone");
  }

  @Override
  public CompletionStage<WindowPostResult> generateWindowPoSt(
      PostProofType type,
      MinerId miner,
      List<PostSectorChallenge> sectors,
      int partition,
      PostRandomness randomness) {
    return parts.kind() == PostKind.WINDOW
        ? said(parts.prover().window(miner, type, challenged(sectors), partition, randomness))
            .thenApply(
                made ->
                    new WindowPostResult(
                        made.proof(),
                        made.unreadable().stream()
                            .map(number -> new SectorId(miner, number))
                            .toList()))
        : refused("this worker takes " + parts.kind().task() + " alone");
  }

  private static List<ChallengedSector> challenged(List<PostSectorChallenge> sectors) {
    return sectors.stream()
        .map(
            one ->
                new ChallengedSector(
                    one.sealProof(),
                    one.sectorNumber(),
                    one.sealedCid(),
                    one.challenge(),
                    one.update()))
        .toList();
  }

  /** What keeps a proof from being made stands in the miner's log. */
  private static <T> CompletionStage<T> said(CompletionStage<T> proof) {
    return proof.exceptionallyCompose(
        trouble -> {
          Throwable cause = Stages.cause(trouble);
          boolean isKnown = cause instanceof IOException || cause instanceof ProofsException;
          return isKnown ? refused(Greeting.line(cause)) : CompletableFuture.failedStage(trouble);
        });
  }

  private static <T> CompletionStage<T> refused(String why) {
    return CompletableFuture.failedStage(new RpcException(why));
  }

  private static <T> CompletionStage<T> now(T value) {
    return CompletableFuture.completedStage(value);
  }
}
