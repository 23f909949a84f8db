package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.OptionalInt;

/** What can be done to a sector. The first six are its phases, in their order. */
public enum TaskKind {
  ADD_PIECE("AddPiece", 0),
  PRE_COMMIT_1("PreCommit1", 10),
  PRE_COMMIT_2("PreCommit2", 20),
  COMMIT_1("Commit1", 30),
  COMMIT_2("Commit2", 40),
  FINALIZE("Finalize", 50),
  /** Data is taken out of the replica; the phase stays. */
  UNSEAL("Unseal", -1),
  /** All files of the sector are removed; it has no phase any more. */
  REMOVE("Remove", -1),
  /** A verified copy of the sealed sector is made in long-term storage; the phase stays. */
  TRANSFER("Transfer", -1),
  /** The sector's files leave this host: a verified copy is named. */
  RELEASE("Release", -1),
  /** The files of an unsealed sector are copied to the host that goes on with it. */
  MOVE("Move", -1),
  /** Data is encoded into the sealed sector beside its replica (SnapDeals); the phase stays. */
  REPLICA_UPDATE("ReplicaUpdate", -1),
  /** The vanilla proofs of that. */
  PROVE_REPLICA_UPDATE_1("ProveReplicaUpdate1", -1),
  /** The Groth proof of that. */
  PROVE_REPLICA_UPDATE_2("ProveReplicaUpdate2", -1),
  /** What only the update needed is removed. */
  FINALIZE_REPLICA_UPDATE("FinalizeReplicaUpdate", -1);

  private final String text;
  private final int number;

  TaskKind(String text, int number) {
    this.text = text;
    this.number = number;
  }

  /**
   * The kind with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static TaskKind of(String text) {
    return Arrays.stream(values())
        .filter(kind -> kind.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no task is called \"" + text + "\""));
  }

  /** Whether the task is one of the six phases. */
  public boolean isPhase() {
    return number >= 0;
  }

  /** Whether the task is a step of an update of a sealed sector (SnapDeals). */
  public boolean isUpdate() {
    return switch (this) {
      case REPLICA_UPDATE,
          PROVE_REPLICA_UPDATE_1,
          PROVE_REPLICA_UPDATE_2,
          FINALIZE_REPLICA_UPDATE ->
          true;
      default -> false;
    };
  }

  /**
   * The kind whose places in a pool the task takes: an update does the work of a phase on the same
   * means, and no host runs more of both together than its operator said for the phase.
   */
  public TaskKind pool() {
    return switch (this) {
      case REPLICA_UPDATE -> PRE_COMMIT_2;
      case PROVE_REPLICA_UPDATE_1 -> COMMIT_1;
      case PROVE_REPLICA_UPDATE_2 -> COMMIT_2;
      default -> this;
    };
  }

  /** Whether a pool bounds the task ({@code --parallel-*}); the others run beside the pools. */
  public boolean isPooled() {
    return pool().isPhase() && this != FINALIZE;
  }

  /** Whether the task moves files and proves nothing: such a task takes no place of a host's. */
  public boolean isMove() {
    return this == TRANSFER || this == RELEASE || this == MOVE;
  }

  /**
   * Whether a sector leaves its host for the task, where that cannot do it: what works on the files
   * and is bound to no host by its request.
   */
  public boolean isMovedFor() {
    return isPhase() && this != ADD_PIECE && needsFiles();
  }

  /**
   * Whether the task takes one of the host's places ({@code --max-tasks}): the phases, updates and
   * unsealing. What moves or removes files, fetches, or waits for a seed takes none.
   */
  public boolean takesPlace() {
    return isPhase() || isUpdate() || this == UNSEAL;
  }

  /** Whether a prover of the task works on a GPU, or on the processor in its place. */
  public boolean needsDevice() {
    return pool() == PRE_COMMIT_2 || pool() == COMMIT_2;
  }

  /**
   * Whether the task works on files of the sector, and so runs where they are. Commit2 and
   * ProveReplicaUpdate2 read one small file, which is brought to wherever they run.
   */
  public boolean needsFiles() {
    return pool() != COMMIT_2;
  }

  /**
   * Whether the host that has the task gets files of the sector, which then counts for its disk
   * until they have left. Commit2 reads one file and leaves none; Finalize only makes them less,
   * and must never wait for what it frees. The same holds for updates.
   */
  public boolean bringsFiles() {
    return pool().isPhase() && needsFiles() && this != FINALIZE;
  }

  /**
   * The number operators know for the phase (seed 000): n0 from its persisted start, n1 from its
   * persisted result; Finalize has 50 only.
   *
   * @return empty for a task that is no phase
   */
  public OptionalInt number(boolean done) {
    if (!isPhase()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(done && this != FINALIZE ? number + 1 : number);
  }

  /** The name, such as {@code PreCommit1}. */
  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
