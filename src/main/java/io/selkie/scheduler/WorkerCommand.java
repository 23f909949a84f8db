package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.serialization.NodeMessage;

/** What a sector says to the worker of the host that has its task. Each may be repeated. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WorkerCommand.Start.class, name = "Start"),
  @JsonSubTypes.Type(value = WorkerCommand.Acknowledge.class, name = "Acknowledge"),
  @JsonSubTypes.Type(value = WorkerCommand.Stop.class, name = "Stop")
})
public interface WorkerCommand extends NodeMessage {
  /**
   * Run the task, or tell again what is known of it: {@link TaskReport.Started} once its job is
   * written durably, {@link TaskReport.Succeeded} or {@link TaskReport.Failed} when it ended.
   * Repeated until one of them comes: a worker that restarts forgets what it has not begun.
   */
  record Start(TaskId.Attempt attempt, TaskRequest request) implements WorkerCommand {
    /**
     * Checks that both are of one kind.
     *
     * @throws IllegalArgumentException if they are not
     */
    public Start {
      if (attempt.task().kind() != request.kind()) {
        throw new IllegalArgumentException(attempt + " does not do " + request.kind());
      }
    }
  }

  /** The sector persisted the end of the attempt: its job directory is of no more use. */
  record Acknowledge(TaskId.Attempt attempt) implements WorkerCommand {}

  /**
   * End the attempt, whatever it is doing; answered by {@link TaskReport.Stopped} once its prover
   * is dead and reaped, also when there is none.
   *
   * @param discard whether what the task has written for itself goes too, since nobody is to take
   *     it up again; its answer comes after that. Nothing of a newer attempt is touched
   */
  record Stop(TaskId.Attempt attempt, boolean discard) implements WorkerCommand {}
}
