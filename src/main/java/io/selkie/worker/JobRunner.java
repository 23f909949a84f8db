package io.selkie.worker;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.selkie.failpoints.FailPoints;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.stages.Stages;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A routee of a {@link PhasePool}: supervises one job at a time. It never blocks, but at a fail
 * point that a test has armed; so each has a thread of its own.
 */
final class JobRunner extends AbstractBehavior<JobRunner.Command> {
  private final TaskRunner runner;
  private final ActorRef<PhasePool.Command> pool;
  private final ActorRef<WorkerCommand> worker;

  private Instant startedAt = Instant.EPOCH;
  private boolean running;
  private boolean stopping;
  private boolean dead;

  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Run an attempt; none is running. */
  record Run(TaskId.Attempt attempt, TaskRequest request, Map<String, String> environment)
      implements Command {}

  /** End the attempt that is running, or one that nobody runs. */
  record Stop(TaskId.Attempt attempt) implements Command {}

  private record Durable(TaskId.Attempt attempt) implements Command {}

  private record Finished(TaskId.Attempt attempt, Ended end) implements Command {}

  private record Dead(TaskId.Attempt attempt) implements Command {}

  private record PerhapsAlive(TaskId.Attempt attempt) implements Command {}

  private JobRunner(
      ActorContext<Command> context,
      TaskRunner runner,
      ActorRef<PhasePool.Command> pool,
      ActorRef<WorkerCommand> worker) {
    super(context);
    this.runner = runner;
    this.pool = pool;
    this.worker = worker;
  }

  /**
   * A routee that runs nothing yet.
   *
   * @param worker hears how jobs go on
   */
  static Behavior<Command> create(
      TaskRunner runner, ActorRef<PhasePool.Command> pool, ActorRef<WorkerCommand> worker) {
    return Behaviors.setup(context -> new JobRunner(context, runner, pool, worker));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Run.class, this::onRun)
        .onMessage(Stop.class, this::onStop)
        .onMessage(Durable.class, this::onDurable)
        .onMessage(Finished.class, this::onFinished)
        .onMessage(Dead.class, this::onDead)
        .onMessage(PerhapsAlive.class, this::onPerhapsAlive)
        .build();
  }

  private Behavior<Command> onRun(Run run) {
    TaskId.Attempt attempt = run.attempt();
    hit("start.before-effect", attempt);
    running = true;
    dead = false;
    startedAt = Instant.now();
    ActorRef<Command> self = getContext().getSelf();
    getContext()
        .pipeToSelf(
            // Whatever the runner throws is a failed stage.
            CompletableFuture.completedFuture(run.request())
                .thenCompose(
                    request ->
                        runner.run(
                            attempt,
                            request,
                            run.environment(),
                            () -> self.tell(new Durable(attempt)))),
            (end, trouble) ->
                new Finished(attempt, trouble == null ? end : unknown(attempt, trouble)));
    return this;
  }

  private Ended unknown(TaskId.Attempt attempt, Throwable trouble) {
    getContext()
        .getLog()
        .error("{} could not be followed to its end", attempt, Stages.cause(trouble));
    return new Ended.Failed(
        startedAt,
        Instant.now(),
        new Failure(
            Failure.Action.RETRY,
            "internal",
            "the task could not be followed: " + Stages.cause(trouble)));
  }

  private Behavior<Command> onStop(Stop stop) {
    if (!stopping) {
      stopping = true;
      getContext()
          .pipeToSelf(
              CompletableFuture.completedFuture(stop.attempt()).thenCompose(runner::stop),
              (done, trouble) -> {
                if (trouble == null) {
                  return new Dead(stop.attempt());
                }
                getContext()
                    .getLog()
                    .warn("cannot end {}: {}", stop.attempt(), Stages.cause(trouble).getMessage());
                return new PerhapsAlive(stop.attempt());
              });
    }
    return this;
  }

  private Behavior<Command> onDurable(Durable durable) {
    hit("start.after-effect", durable.attempt());
    hit("start.before-acknowledgement", durable.attempt());
    worker.tell(new Worker.JobIsDurable(durable.attempt()));
    return this;
  }

  private Behavior<Command> onFinished(Finished finished) {
    TaskId.Attempt attempt = finished.attempt();
    boolean wanted = !stopping && !dead;
    if (wanted) {
      hit("report.before-acknowledgement", attempt);
    }
    running = false;
    // First the slot: who hears of the end may send the next task.
    pool.tell(new PhasePool.RunIsOver(attempt));
    if (wanted) {
      worker.tell(new Worker.JobHasEnded(attempt, finished.end()));
    } else if (dead) {
      worker.tell(new Worker.JobIsDead(attempt));
    }
    return this;
  }

  private Behavior<Command> onDead(Dead told) {
    stopping = false;
    dead = true;
    pool.tell(new PhasePool.StopIsOver(told.attempt()));
    if (!running) {
      worker.tell(new Worker.JobIsDead(told.attempt()));
    }
    return this;
  }

  private Behavior<Command> onPerhapsAlive(PerhapsAlive told) {
    stopping = false;
    pool.tell(new PhasePool.StopIsOver(told.attempt()));
    worker.tell(new Worker.JobMayLive(told.attempt()));
    return this;
  }

  private static void hit(String point, TaskId.Attempt attempt) {
    FailPoints.hit(attempt.task().kind() + "." + point, attempt.sector());
  }
}
