package io.selkie.sector;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.serialization.JournalEvent;
import io.selkie.storage.SectorCopy;
import java.time.Instant;
import java.util.Optional;

/** What happened to a sector. Events carry what they decided: nothing is computed in replay. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SectorEvent.SectorAdopted.class, name = "SectorAdopted"),
  @JsonSubTypes.Type(value = SectorEvent.GenerationBegan.class, name = "GenerationBegan"),
  @JsonSubTypes.Type(value = SectorEvent.TaskRequested.class, name = "TaskRequested"),
  @JsonSubTypes.Type(value = SectorEvent.TaskAssigned.class, name = "TaskAssigned"),
  @JsonSubTypes.Type(value = SectorEvent.TaskSucceeded.class, name = "TaskSucceeded"),
  @JsonSubTypes.Type(value = SectorEvent.TaskFailed.class, name = "TaskFailed"),
  @JsonSubTypes.Type(value = SectorEvent.RetryRequested.class, name = "RetryRequested"),
  @JsonSubTypes.Type(value = SectorEvent.AbortRequested.class, name = "AbortRequested"),
  @JsonSubTypes.Type(value = SectorEvent.TaskTakenUp.class, name = "TaskTakenUp"),
  @JsonSubTypes.Type(value = SectorEvent.TaskStopped.class, name = "TaskStopped"),
  @JsonSubTypes.Type(value = SectorEvent.HostLost.class, name = "HostLost"),
  @JsonSubTypes.Type(value = SectorEvent.HostReturned.class, name = "HostReturned"),
  @JsonSubTypes.Type(value = SectorEvent.FilesLost.class, name = "FilesLost"),
  @JsonSubTypes.Type(value = SectorEvent.MoveRequested.class, name = "MoveRequested"),
  @JsonSubTypes.Type(value = SectorEvent.SectorMoved.class, name = "SectorMoved"),
  @JsonSubTypes.Type(value = SectorEvent.TaskResumed.class, name = "TaskResumed")
})
public sealed interface SectorEvent extends JournalEvent {
  /** When it was persisted. */
  Instant at();

  /**
   * The first event of a sector that another worker began: its first task here is not the first
   * AddPiece.
   */
  record SectorAdopted(Instant at, TaskKind phase) implements SectorEvent {}

  /**
   * The sector goes back to an earlier phase, or does one again: what later phases gave is void.
   *
   * @param generation the new one
   * @param cause for the operator
   */
  record GenerationBegan(Instant at, int generation, String cause) implements SectorEvent {}

  /**
   * A task was asked for.
   *
   * @param task its number in the sector's life
   * @param key task and SHA-256 of the canonical request: asked for again, it is the same task
   */
  record TaskRequested(Instant at, int generation, int task, String key, TaskRequest request)
      implements SectorEvent {}

  /** The task was given to a host. From here on that host may have a prover for it. */
  record TaskAssigned(Instant at, int generation, int task, int attempt, HostId host)
      implements SectorEvent {}

  /**
   * The actor of the sector, or the worker of the host, began anew, and the task is about to be
   * started or stopped there again. Whoever writes this knows all that was written before: an actor
   * of a node that stood still meanwhile, and was given up, may have had the result, and the host
   * may have forgotten the job since.
   */
  record TaskTakenUp(Instant at, int generation, int task, int attempt, HostId host)
      implements SectorEvent {}

  /**
   * The task gave its result.
   *
   * @param startedAt when its prover began, by the host's clock; {@code endedAt} likewise
   * @param bytes the task read or wrote
   */
  record TaskSucceeded(
      Instant at,
      int generation,
      int task,
      int attempt,
      HostId host,
      Instant startedAt,
      Instant endedAt,
      long bytes,
      TaskResult result)
      implements SectorEvent {}

  /**
   * An attempt failed.
   *
   * @param nextAttemptAt when the task is tried again; empty: the sector has failed
   */
  record TaskFailed(
      Instant at,
      int generation,
      int task,
      int attempt,
      HostId host,
      Instant startedAt,
      Instant endedAt,
      Failure failure,
      Optional<Instant> nextAttemptAt)
      implements SectorEvent {}

  /** A failed or aborted task is to be tried again. */
  record RetryRequested(Instant at, String by) implements SectorEvent {}

  /**
   * The task is to be ended.
   *
   * @param discard whether what it has written so far is to go; empty: it stays for a resumption
   * @param frees whether no attempt was made yet, and the host that has the sector's files is to
   *     give its place to others; empty: that host is told nothing
   */
  record AbortRequested(
      Instant at,
      String by,
      String cause,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Boolean> discard,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Boolean> frees)
      implements SectorEvent {
    /** Of a task that was tried, or of a sector that has no place. */
    AbortRequested(Instant at, String by, String cause, Optional<Boolean> discard) {
      this(at, by, cause, discard, Optional.empty());
    }

    /** Whether what the task has written is to go. */
    boolean discards() {
      return discard.orElse(false);
    }
  }

  /** The host confirmed that nothing works on the task any more. */
  record TaskStopped(Instant at, int generation, int task, int attempt, HostId host)
      implements SectorEvent {}

  /**
   * The host that has the sector's files was silent beyond the time of grace. The sector waits for
   * it, and its driver knows.
   *
   * @param since when the host was last heard, by the scheduler's clock
   */
  record HostLost(Instant at, HostId host, Instant since) implements SectorEvent {}

  /** The lost host is there again. */
  record HostReturned(Instant at, HostId host) implements SectorEvent {}

  /**
   * The operator's word: nothing writes any more on the host that had the sector's files, and they
   * are gone.
   */
  record FilesLost(Instant at, HostId host, Failure failure) implements SectorEvent {}

  /**
   * The task that waits cannot begin where the sector's files are: it is set aside, and they move.
   *
   * @param task the number of the move
   * @param from the host that has the files
   * @param to the host that goes on
   * @param forLack whether the first does not offer the task; else its operator wants it empty
   */
  record MoveRequested(
      Instant at, int generation, int task, HostId from, HostId to, boolean forLack)
      implements SectorEvent {}

  /**
   * The sector's files are on another host from here on: it read each back, and has them in place.
   * Those that were left behind may go now, and not before.
   *
   * @param copy the files with their digests
   * @param release the number of the task that deletes what was left behind
   */
  record SectorMoved(
      Instant at,
      int generation,
      int task,
      int attempt,
      HostId from,
      HostId to,
      Instant startedAt,
      Instant endedAt,
      long bytes,
      SectorCopy copy,
      int release)
      implements SectorEvent {}

  /**
   * The task that was set aside for a move is taken up again.
   *
   * @param task the number that it has from here on
   */
  record TaskResumed(Instant at, int generation, int task, TaskKind kind) implements SectorEvent {}
}
