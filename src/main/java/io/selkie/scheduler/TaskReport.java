package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.serialization.NodeMessage;
import java.time.Instant;

/** What a worker says to the sector whose task it has. Each may come late, twice, or never. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "report")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TaskReport.Found.class, name = "Found"),
  @JsonSubTypes.Type(value = TaskReport.Started.class, name = "Started"),
  @JsonSubTypes.Type(value = TaskReport.Succeeded.class, name = "Succeeded"),
  @JsonSubTypes.Type(value = TaskReport.Failed.class, name = "Failed"),
  @JsonSubTypes.Type(value = TaskReport.Stopped.class, name = "Stopped")
})
public sealed interface TaskReport extends NodeMessage {
  /** The attempt it is about. */
  TaskId.Attempt attempt();

  /** The host it comes from. */
  HostId host();

  /**
   * A restarted worker found the attempt's job directory, and wants to hear {@link
   * WorkerCommand.Start}, {@link WorkerCommand.Stop} or {@link WorkerCommand.Acknowledge}.
   */
  record Found(TaskId.Attempt attempt, HostId host) implements TaskReport {}

  /** The job is written durably; it will end in {@link Succeeded} or {@link Failed}. */
  record Started(TaskId.Attempt attempt, HostId host) implements TaskReport {}

  /**
   * The attempt gave a result. Repeated until acknowledged.
   *
   * @param bytes the task read or wrote, for its throughput
   */
  record Succeeded(
      TaskId.Attempt attempt,
      HostId host,
      Instant startedAt,
      Instant endedAt,
      long bytes,
      TaskResult result)
      implements TaskReport {}

  /** The attempt gave none. Repeated until acknowledged. */
  record Failed(
      TaskId.Attempt attempt, HostId host, Instant startedAt, Instant endedAt, Failure failure)
      implements TaskReport {}

  /** The attempt is over without a result, and its prover is dead. */
  record Stopped(TaskId.Attempt attempt, HostId host) implements TaskReport {}
}
