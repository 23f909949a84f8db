package io.selkie.simulation;

import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.worker.Ended;

/** Supervises one job at a time, as {@code JobRunner} does. */
final class SimulatedRoutee {
  final Mailbox mailbox;
  private final Life life;
  private final SimulatedRunner runner;
  private final SimulatedPool pool;
  private final SimulatedWorker worker;
  private final Mailbox self;
  private final Mailbox toPool;
  private final Mailbox toWorker;
  private boolean running;
  private boolean stopping;
  private boolean dead;

  SimulatedRoutee(
      World world, Life life, SimulatedRunner runner, SimulatedPool pool, SimulatedWorker worker) {
    this.life = life;
    this.runner = runner;
    this.pool = pool;
    this.worker = worker;
    this.mailbox = new Mailbox(world, life);
    this.self = new Mailbox(world, life);
    // What it said is heard, even if it is gone by then.
    this.toPool = new Mailbox(world, worker.life());
    this.toWorker = new Mailbox(world, worker.life());
  }

  void run(TaskId.Attempt attempt, TaskRequest request) {
    running = true;
    dead = false;
    runner.run(
        attempt,
        request,
        () -> self.tell(() -> durable(attempt)),
        end -> self.tell(() -> finished(attempt, end)));
  }

  void stop(TaskId.Attempt attempt) {
    if (!stopping) {
      stopping = true;
      runner.stop(
          attempt, ended -> self.tell(ended ? () -> ended(attempt) : () -> perhapsAlive(attempt)));
    }
  }

  void dismiss() {
    life.end();
  }

  private void durable(TaskId.Attempt attempt) {
    toWorker.tell(() -> worker.durable(attempt));
  }

  private void finished(TaskId.Attempt attempt, Ended end) {
    boolean wanted = !stopping && !dead;
    running = false;
    toPool.tell(() -> pool.runIsOver(attempt));
    if (wanted) {
      toWorker.tell(() -> worker.ended(attempt, end));
    } else if (dead) {
      toWorker.tell(() -> worker.dead(attempt));
    }
  }

  private void ended(TaskId.Attempt attempt) {
    stopping = false;
    dead = true;
    toPool.tell(() -> pool.stopIsOver(attempt));
    if (!running) {
      toWorker.tell(() -> worker.dead(attempt));
    }
  }

  private void perhapsAlive(TaskId.Attempt attempt) {
    stopping = false;
    toPool.tell(() -> pool.stopIsOver(attempt));
    toWorker.tell(() -> worker.mayLive(attempt));
  }
}
