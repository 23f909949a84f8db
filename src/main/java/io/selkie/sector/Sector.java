package io.selkie.sector;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.serialization.NodeMessage;

/** The persistent actor of a sector. */
public final class Sector {
  /** How sharding knows sectors; the entity id is the text of the {@link SectorId}. */
  public static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "Sector");

  private Sector() {}

  /** What a sector is told. */
  public interface Command extends NodeMessage {}

  /**
   * Do a task. Asked for again with the same facts it is the same task: its answer goes to whoever
   * asked last. Callers repeat it until an answer comes.
   */
  public record Perform(TaskRequest request, ActorRef<Answer> replyTo) implements Command {}

  /** Tell the state. */
  public record Get(ActorRef<SectorState> replyTo) implements Command {}

  /** Try a failed or aborted task again. */
  public record Retry(String by, ActorRef<Answer> replyTo) implements Command {}

  /** End the running task: the answer comes when its prover is dead. */
  public record Abort(String by, String cause, ActorRef<Answer> replyTo) implements Command {}

  /** A worker's word. */
  public record Report(TaskReport report) implements Command {}

  /** What a sector answers. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Done.class, name = "Done"),
    @JsonSubTypes.Type(value = TaskHasFailed.class, name = "TaskHasFailed"),
    @JsonSubTypes.Type(value = Accepted.class, name = "Accepted"),
    @JsonSubTypes.Type(value = Refused.class, name = "Refused")
  })
  public sealed interface Answer extends NodeMessage {}

  /** The result of a task. */
  public record Done(TaskId task, TaskResult result) implements Answer {}

  /** The task failed for good, or was aborted (code {@code aborted}). */
  public record TaskHasFailed(TaskId task, Failure failure) implements Answer {}

  /** Retry and Abort: it is persisted. */
  public record Accepted() implements Answer {}

  /** The sector cannot do that now; nothing was changed. */
  public record Refused(String reason) implements Answer {}
}
