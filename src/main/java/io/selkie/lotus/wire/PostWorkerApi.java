package io.selkie.lotus.wire;

import static io.selkie.auth.Permission.ADMIN;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.rpc.Needs;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link WorkerApi} that a miner calls at a worker too which makes proofs of spacetime
 * and nothing else.
 */
public interface PostWorkerApi {
  /** Of this API; {@link WorkerApi#VERSION}. */
  @Needs(ADMIN)
  CompletionStage<Integer> version();

  /** What it takes now. */
  @Needs(ADMIN)
  CompletionStage<TaskTypes> taskTypes();

  /** Its paths, as far as the miner's index knows them. */
  @Needs(ADMIN)
  CompletionStage<List<StoragePathInfo>> paths();

  /** What it has. */
  @Needs(ADMIN)
  CompletionStage<WorkerInfo> info();

  /** Who it is; an error while it is disabled; all zero when it ends. */
  @Needs(ADMIN)
  CompletionStage<UUID> session();

  /** Who it is, also while it is disabled. */
  @Needs(ADMIN)
  CompletionStage<UUID> processSession();

  /** Whether it is. */
  @Needs(ADMIN)
  CompletionStage<Boolean> enabled();

  /** Enables or disables it. */
  @Needs(ADMIN)
  CompletionStage<@Nullable Void> setEnabled(boolean enabled);

  /** Proves that sectors are kept, for a block; answers with the proofs. */
  @Needs(ADMIN)
  CompletionStage<List<PostProof>> generateWinningPoSt(
      PostProofType type,
      MinerId miner,
      List<PostSectorChallenge> sectors,
      PostRandomness randomness);

  /** Proves that a partition is kept; answers with the proof. */
  @Needs(ADMIN)
  CompletionStage<WindowPostResult> generateWindowPoSt(
      PostProofType type,
      MinerId miner,
      List<PostSectorChallenge> sectors,
      int partition,
      PostRandomness randomness);
}
