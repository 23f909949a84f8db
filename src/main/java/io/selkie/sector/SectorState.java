package io.selkie.sector;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.serialization.NodeMessage;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** What a sector is doing. A state that exists proves that its facts exist. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SectorState.Unknown.class, name = "Unknown"),
  @JsonSubTypes.Type(value = SectorState.Waiting.class, name = "Waiting"),
  @JsonSubTypes.Type(value = SectorState.Running.class, name = "Running"),
  @JsonSubTypes.Type(value = SectorState.Idle.class, name = "Idle"),
  @JsonSubTypes.Type(value = SectorState.Failed.class, name = "Failed"),
  @JsonSubTypes.Type(value = SectorState.Stopping.class, name = "Stopping"),
  @JsonSubTypes.Type(value = SectorState.Aborted.class, name = "Aborted"),
  @JsonSubTypes.Type(value = SectorState.Removed.class, name = "Removed")
})
public sealed interface SectorState extends NodeMessage {
  /** The sector. */
  SectorId sector();

  /** The host that has the sector's files; empty if none does that is known. */
  default Optional<HostId> filesOn() {
    return this instanceof Known known ? known.facts().filesOn() : Optional.empty();
  }

  /** A state with a history. */
  sealed interface Known extends SectorState {
    /** What is known besides. */
    SectorFacts facts();

    @Override
    default SectorId sector() {
      return facts().sector();
    }
  }

  /** A state with a task that has not given its result. */
  sealed interface Busy extends Known {
    /** The task. */
    Task task();

    /** The task that was asked for: that, or the one that the sector moves for. */
    default Task wanted() {
      return facts().moves().aside().orElse(task());
    }

    /** Whether the sector has data of clients: a piece from a file. */
    default boolean hasDeals() {
      return Stream.concat(
              facts().answers().stream().map(SectorFacts.Answered::request),
              Stream.of(wanted().request()))
          .anyMatch(
              request ->
                  request instanceof TaskRequest.AddPiece piece
                      && piece.source().path().isPresent());
    }
  }

  /** A state in which a host may have a prover for the task. */
  sealed interface Placed extends Busy {
    /** Where. */
    Assignment assignment();
  }

  /**
   * A task that was asked for.
   *
   * @param attempts how many were made so far, the present one included
   * @param failures how many of them failed since it was asked for, or last retried by hand
   */
  record Task(
      TaskId id,
      String key,
      TaskRequest request,
      Instant requestedAt,
      int attempts,
      int failures) {}

  /** The host that has the task, and which attempt it makes. */
  record Assignment(HostId host, int attempt, Instant at) {}

  /** Nothing is known of the sector. */
  record Unknown(SectorId sector) implements SectorState {}

  /**
   * The task waits for a host.
   *
   * @param notBefore after a failure: when it may be tried again
   */
  record Waiting(SectorFacts facts, Task task, Optional<Instant> notBefore) implements Busy {}

  /** The task was given to a host. */
  record Running(SectorFacts facts, Task task, Assignment assignment) implements Placed {}

  /** The last task gave its result; nothing is asked for. */
  record Idle(SectorFacts facts) implements Known {}

  /** The task failed and is not tried again by itself. */
  record Failed(SectorFacts facts, Task task, Failure failure) implements Busy {}

  /**
   * The task is to be ended; its host has not confirmed yet.
   *
   * @param discard whether what it has written is to go before that
   */
  record Stopping(SectorFacts facts, Task task, Assignment assignment, boolean discard)
      implements Placed {}

  /** The task was ended before its result. */
  record Aborted(SectorFacts facts, Task task) implements Busy {}

  /** The sector's files are gone. */
  record Removed(SectorFacts facts) implements Known {}
}
