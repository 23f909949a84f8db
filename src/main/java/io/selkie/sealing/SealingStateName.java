package io.selkie.sealing;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Map;

/**
 * Lotus's name of a state, which operators know (CHAIN_PROTOCOL.md 8, {@code fsm.go}). Where one of
 * its handlers does several things that must each survive a crash, several of our states have its
 * name.
 */
public enum SealingStateName {
  UNDEFINED("UndefinedSectorState"),
  PACKING("Packing"),
  PRE_COMMIT_1("PreCommit1"),
  PRE_COMMIT_2("PreCommit2"),
  PRE_COMMITTING("PreCommitting"),
  WAIT_SEED("WaitSeed"),
  COMMITTING("Committing"),
  COMMIT_WAIT("CommitWait"),
  FINALIZE_SECTOR("FinalizeSector"),
  PROVING("Proving"),
  PACKING_FAILED("PackingFailed"),
  SEAL_FAILED("SealFailed"),
  PRE_COMMIT_FAILED("PreCommitFailed"),
  COMPUTE_PROOF_FAILED("ComputeProofFailed"),
  COMMIT_FAILED("CommitFailed"),
  FINALIZE_FAILED("FinalizeFailed"),
  FAILED_UNRECOVERABLE("FailedUnrecoverable"),
  REMOVING("Removing"),
  REMOVE_FAILED("RemoveFailed"),
  REMOVED("Removed");

  private static final Map<Class<? extends SealingState>, SealingStateName> PARTS =
      Map.of(
          SealingState.Undefined.class, UNDEFINED,
          SealingState.GetTicket.class, PRE_COMMIT_1,
          SealingState.PreCommitWait.class, PRE_COMMITTING,
          SealingState.Commit1.class, COMMITTING,
          SealingState.Commit2.class, COMMITTING,
          SealingState.SubmitCommit.class, COMMITTING,
          SealingState.Transferred.class, PROVING,
          SealingState.Stored.class, PROVING,
          SealingState.NotTransferred.class, PROVING);

  private final String text;

  SealingStateName(String text) {
    this.text = text;
  }

  /** The name of a state; one that is not part of another has its own. */
  public static SealingStateName of(Class<? extends SealingState> state) {
    return PARTS.containsKey(state)
        ? PARTS.get(state)
        : Arrays.stream(values())
            .filter(name -> name.text.equals(state.getSimpleName()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(state + " has no name"));
  }

  /** The name, such as {@code WaitSeed}. */
  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
