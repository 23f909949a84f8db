package io.selkie.cli;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.proofs.SealWork;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A stand-in for the proofs: writes down its calls, and answers at once or fails as told. */
final class ScriptedProofs {
  static final CommD COMM_D = CommD.ofHex("0d".repeat(32));
  static final CommR COMM_R = CommR.ofHex("0e".repeat(32));
  static final SealProof PROOF = new SealProof(Bytes.of(new byte[192]));

  final List<String> calls = new ArrayList<>();
  boolean valid = true;
  Runnable duringAddPiece = () -> {};
  private final Map<String, ProofsFailure.Kind> failures = new HashMap<>();

  /** From now on that operation fails. */
  ScriptedProofs failing(String operation, ProofsFailure.Kind kind) {
    failures.put(operation, kind);
    return this;
  }

  Proofs proofs() {
    return (Proofs)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Proofs.class},
            (proxy, method, arguments) -> answer(method.getName(), arguments));
  }

  private Object answer(String operation, Object[] arguments) throws Exception {
    calls.add(operation);
    if (failures.containsKey(operation)) {
      ProofsFailure failure = ProofsFailure.of(failures.get(operation), operation + " went wrong");
      if (operation.equals("dataCommitment")) {
        throw new ProofsException(failure);
      }
      return List.of(new Outcome.Failed<>(failure));
    }
    return switch (operation) {
      case "addPiece" -> added((SealWork.AddPiece) ((List<?>) arguments[0]).get(0));
      case "dataCommitment" -> COMM_D;
      case "preCommit1" ->
          success(new SealWork.PreCommit1Result(Bytes.of(new byte[] {1}), COMM_D, 0));
      case "preCommit2" -> success(new SealWork.PreCommit2Result(COMM_R, COMM_D, false, false));
      case "commit1" -> {
        SealWork.Commit1 work = (SealWork.Commit1) ((List<?>) arguments[0]).get(0);
        Files.writeString(work.output(), "{}");
        yield success(new SealWork.Commit1Result(work.output(), 2, "blake3:00"));
      }
      case "commit2" -> success(PROOF);
      case "verifySeal" -> valid;
      case "clearCache" -> success(4);
      default -> throw new AssertionError("not a part of sealing: " + operation);
    };
  }

  /** Leaves what the native side would: the data and a manifest. */
  private Object added(SealWork.AddPiece work) throws Exception {
    duringAddPiece.run();
    Files.writeString(work.files().unsealed(), "data");
    Files.writeString(
        work.files().manifest(),
        "{\"version\":1,\"sector\":\"%s\",\"proofType\":%d,\"pieces\":[]}"
            .formatted(work.sector(), work.proofType().id()));
    return success(new PieceInfo(work.size(), CommP.ofHex("0c".repeat(32))));
  }

  private static <R> List<Outcome<R>> success(R result) {
    return List.of(new Outcome.Success<>(result));
  }
}
