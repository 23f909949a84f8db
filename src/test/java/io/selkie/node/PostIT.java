package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Ticket;
import io.selkie.lotus.StandInCalls;
import io.selkie.lotus.StandInWorker;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.PostSectorChallenge;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.lotus.wire.SectorCids;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.lotus.wire.WindowPostResult;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.PostWork;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.selftest.NodeProcess;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A node that seals and makes proofs of spacetime for a miner. */
class PostIT extends MinerTrial {
  private static final PostProofType WINDOW = PostProofType.windowFor(SectorSize.KIB_2);
  private static final int CHALLENGES = 10;
  private static final int LEAVES = 2048 / 32;

  private void withPost() {
    settings.put("selkie.cluster.roles.0", "sealer");
    settings.put("selkie.cluster.roles.1", "coordinator");
    settings.put("selkie.cluster.roles.2", "post");
  }

  private StandInWorker worker(LotusTask task) throws Exception {
    long end = System.nanoTime() + REGISTERED.toNanos();
    while (System.nanoTime() < end) {
      Optional<StandInWorker> found =
          miner.workers().stream().filter(one -> one.firstTasks().contains(task)).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("nobody takes " + task + ": " + miner.workers());
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(200, TimeUnit.SECONDS);
  }

  @Test
  void aHostIsThreeWorkersWhoseTasksHaveNothingInCommon() throws Exception {
    withPost();
    try (NodeProcess node = start()) {
      List<StandInWorker> workers = miner.awaitWorkers(3, REGISTERED);

      Set<LotusTask> all = EnumSet.noneOf(LotusTask.class);
      int sum = 0;
      for (StandInWorker worker : workers) {
        all.addAll(worker.firstTasks());
        sum += worker.firstTasks().size();
      }
      assertEquals(all.size(), sum, "a task is taken by two of " + workers);
      assertEquals(Set.of(LotusTask.WINDOW_POST), worker(LotusTask.WINDOW_POST).firstTasks());
      assertEquals(Set.of(LotusTask.WINNING_POST), worker(LotusTask.WINNING_POST).firstTasks());

      // and sealing goes on beside
      assertEquals(
          2048, miner.seal(5, TYPE).get(SEALED_SECONDS, TimeUnit.SECONDS).replica().size());
      miner.restart(Duration.ofSeconds(1));
      assertEquals(3, miner.awaitWorkers(3, REGISTERED).size());
      assertMinerIsContent();
      assertTrue(!node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void aWindowIsProvedWithRealProofs() throws Exception {
    withPost();
    settings.remove("selkie.test.stand-in-proofs");
    try (NodeProcess node = start()) {
      // given a sector with a real replica
      SectorRef sector = new SectorRef(new SectorId(id, new Random().nextInt(1000)), TYPE);
      CommR commR = replica(sector);
      byte[] random = new byte[Bytes32.SIZE];
      new Random().nextBytes(random);
      PostRandomness randomness = PostRandomness.of(Bytes32.of(random));
      StandInWorker window = worker(LotusTask.WINDOW_POST);
      PostSectorChallenge challenge = challenge(sector.id(), commR, randomness);

      // when the miner asks for its window
      WindowPostResult made =
          get(window.api().generateWindowPoSt(WINDOW, id, List.of(challenge), 0, randomness));

      // then its proof holds on chain
      assertEquals(List.of(), made.skipped(), node.log());
      assertTrue(
          NativeProofs.load(ProofsLibrary.find(ConfigFactory.load()))
              .verifyPost(
                  new PostWork.VerifyPost(
                      randomness,
                      id,
                      List.of(new PostWork.PublicReplica(sector.id().number(), commR)),
                      made.proof().orElseThrow())));

      // and one that nobody has is skipped
      SectorId lost = new SectorId(id, 5000);
      assertEquals(
          new WindowPostResult(Optional.empty(), List.of(lost)),
          get(
              window
                  .api()
                  .generateWindowPoSt(
                      WINDOW,
                      id,
                      List.of(challenge, challenge(lost, commR, randomness)),
                      0,
                      randomness)));
      assertEquals(List.of(), miner.violations());
    }
  }

  private CommR replica(SectorRef sector) throws Exception {
    StandInWorker worker = worker(LotusTask.PRE_COMMIT_1);
    PieceInfo piece =
        call(
            worker,
            "addPiece",
            sector,
            api ->
                api.addPiece(
                    sector,
                    List.of(),
                    SectorSize.KIB_2.unpadded(),
                    ReaderStream.zeros(SectorSize.KIB_2.unpadded().bytes())),
            PieceInfo.class);
    Ticket ticket = Ticket.of(Bytes32.ofHex("11".repeat(32)));
    Bytes labels =
        call(
            worker,
            "sealPreCommit1",
            sector,
            api -> api.sealPreCommit1(sector, ticket, List.of(piece)),
            Bytes.class);
    return call(
            worker,
            "sealPreCommit2",
            sector,
            api -> api.sealPreCommit2(sector, labels),
            SectorCids.class)
        .sealed();
  }

  private <T> T call(
      StandInWorker worker,
      String method,
      SectorRef sector,
      Function<WorkerApi, CompletionStage<CallId>> start,
      Class<T> type)
      throws Exception {
    StandInCalls.Result result = get(miner.call(worker, method, sector.id(), start));
    return type.cast(
        result.value().orElseThrow(() -> new AssertionError(method + ": " + result.error())));
  }

  /** As the miner draws them (storage-proofs-post 19.1.0, {@code generate_leaf_challenge}). */
  private static PostSectorChallenge challenge(
      SectorId sector, CommR commR, PostRandomness randomness) throws Exception {
    List<Long> leaves = new ArrayList<>();
    for (long n = 0; n < CHALLENGES; n++) {
      ByteBuffer numbers = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
      numbers.putLong(sector.number()).putLong(n);
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(randomness.bytes().toByteArray());
      digest.update(numbers.array());
      long first = ByteBuffer.wrap(digest.digest()).order(ByteOrder.LITTLE_ENDIAN).getLong();
      leaves.add(Long.remainderUnsigned(first, LEAVES));
    }
    return new PostSectorChallenge(TYPE, sector.number(), commR, leaves, false);
  }
}
