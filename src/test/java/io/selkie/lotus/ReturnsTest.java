package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.UpdateProof;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.ReplicaUpdateOut;
import io.selkie.lotus.wire.ReplicaUpdateResult;
import io.selkie.proofs.VanillaList;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** By which method, and with which values, a miner hears of an update. */
class ReturnsTest {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final CallId CALL = new CallId(SectorId.parse("s-t01000-7"), new UUID(7, 7));
  private static final CommR COMM_R = CommR.ofHex("01".repeat(32));
  private static final CommD COMM_D = CommD.ofHex("02".repeat(32));
  private static final List<Bytes> VANILLA =
      List.of(Bytes.of(new byte[] {7}), Bytes.of(new byte[] {1, 2, 3}));
  private static final TaskRequest.ProveReplicaUpdate1 PROVE_1 =
      new TaskRequest.ProveReplicaUpdate1(TYPE, COMM_R, COMM_R, COMM_D);
  private static final TaskRequest PROVE_2 =
      new TaskRequest.ProveReplicaUpdate2(PROVE_1, Path.of("/c1"), "blake3:00", Optional.empty());
  private static final TaskResult PROVED =
      new TaskResult.VanillaProved(Path.of("/c1"), 9, "blake3:00");
  private static final Failure FULL =
      new Failure(Failure.Action.RETRY, "no_space", "the path is full");

  /** Method and arguments after the call. */
  private static List<Object> sent(
      TaskRequest request, CallOutcome outcome, Optional<Bytes> vanilla) {
    List<Object> sent = new ArrayList<>();
    MinerApi miner =
        (MinerApi)
            Proxy.newProxyInstance(
                ReturnsTest.class.getClassLoader(),
                new Class<?>[] {MinerApi.class},
                (proxy, method, arguments) -> {
                  assertEquals(CALL, arguments[0]);
                  sent.add(method.getName());
                  sent.addAll(Arrays.asList(arguments).subList(1, arguments.length));
                  return CompletableFuture.completedFuture(null);
                });
    var unused = Returns.send(miner, CALL, new CallOrder.Perform(request), outcome, vanilla);
    return sent;
  }

  private static List<Object> gave(TaskRequest request, TaskResult result) {
    Optional<Bytes> vanilla =
        result == PROVED ? Optional.of(Bytes.of(VanillaList.write(VANILLA))) : Optional.empty();
    return sent(request, new CallOutcome.Gave(result), vanilla);
  }

  private static List<Object> failed(TaskRequest request) {
    return sent(request, new CallOutcome.Failed(FULL), Optional.empty());
  }

  @Test
  void eachStepOfAnUpdateGivesWhatAMinerExpects() {
    assertEquals(
        List.of(
            "returnReplicaUpdate",
            ReplicaUpdateResult.of(new ReplicaUpdateOut(COMM_R, COMM_D)),
            Optional.empty()),
        gave(
            new TaskRequest.ReplicaUpdate(TYPE, List.of()),
            new TaskResult.Updated(COMM_R, COMM_D)));
    assertEquals(
        List.of("returnProveReplicaUpdate1", Optional.of(VANILLA), Optional.empty()),
        gave(PROVE_1, PROVED));
    assertEquals(
        List.of("returnProveReplicaUpdate2", Optional.of(VANILLA.get(1)), Optional.empty()),
        gave(PROVE_2, new TaskResult.UpdateProved(new UpdateProof(VANILLA.get(1)))));
    assertEquals(
        List.of("returnFinalizeReplicaUpdate", Optional.empty()),
        gave(new TaskRequest.FinalizeReplicaUpdate(TYPE), new TaskResult.Finalized(2)));
  }

  @Test
  void aFailureGoesWithTheZeroValueOfTheType() {
    Optional<CallError> full = Optional.of(new CallError(CallError.NO_SPACE, "the path is full"));

    assertEquals(
        List.of("returnReplicaUpdate", ReplicaUpdateResult.NONE, full),
        failed(new TaskRequest.ReplicaUpdate(TYPE, List.of())));
    assertEquals(List.of("returnProveReplicaUpdate1", Optional.empty(), full), failed(PROVE_1));
    assertEquals(List.of("returnProveReplicaUpdate2", Optional.empty(), full), failed(PROVE_2));
    assertEquals(
        List.of("returnFinalizeReplicaUpdate", full),
        failed(new TaskRequest.FinalizeReplicaUpdate(TYPE)));
  }
}
