package io.selkie.simulation;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.worker.Ended;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The slots of a phase, as {@code PhasePool} has them. */
final class SimulatedPool {
  private static final int UNBOUNDED = Integer.MAX_VALUE;

  private final World world;
  private final Life life;
  private final int slots;
  private final SimulatedRunner runner;
  private final SimulatedWorker worker;
  private final Mailbox toWorker;
  private final Deque<SimulatedRoutee> idle = new ArrayDeque<>();
  private final Map<TaskId.Attempt, Busy> busy = new HashMap<>();

  private final Set<TaskId.Attempt> found = new HashSet<>();

  private record Busy(SimulatedRoutee routee, boolean runs, boolean stops) {}

  private SimulatedPool(
      World world, Life life, int slots, SimulatedRunner runner, SimulatedWorker worker) {
    this.world = world;
    this.life = life;
    this.slots = slots;
    this.runner = runner;
    this.worker = worker;
    this.toWorker = new Mailbox(world, life);
  }

  static SimulatedPool bounded(
      World world, Life life, int slots, SimulatedRunner runner, SimulatedWorker worker) {
    SimulatedPool pool = new SimulatedPool(world, life, slots, runner, worker);
    for (int routee = 0; routee < slots; routee++) {
      pool.idle.add(pool.spawn());
    }
    return pool;
  }

  static SimulatedPool unbounded(
      World world, Life life, SimulatedRunner runner, SimulatedWorker worker) {
    return new SimulatedPool(world, life, UNBOUNDED, runner, worker);
  }

  void found(TaskId.Attempt attempt) {
    found.add(attempt);
  }

  void take(TaskId.Attempt attempt, TaskRequest request, boolean present) {
    found.remove(attempt);
    long running = found.size() + busy.values().stream().filter(Busy::runs).count();
    boolean full = running >= slots && !world.has(Defect.POOL_COUNTS_NOTHING);
    if (full && !present) {
      Instant now = world.instant();
      Failure failure = new Failure(Failure.Action.RETRY, "no_slot", "no slot is free");
      toWorker.tell(() -> worker.ended(attempt, new Ended.Failed(now, now, failure)));
      return;
    }
    Busy current = at(attempt);
    busy.put(attempt, new Busy(current.routee(), true, current.stops()));
    current.routee().mailbox.tell(() -> current.routee().run(attempt, request));
  }

  void end(TaskId.Attempt attempt) {
    Busy current = at(attempt);
    if (!current.stops()) {
      busy.put(attempt, new Busy(current.routee(), current.runs(), true));
      current.routee().mailbox.tell(() -> current.routee().stop(attempt));
    }
  }

  private Busy at(TaskId.Attempt attempt) {
    Busy current = busy.get(attempt);
    if (current != null) {
      return current;
    }
    SimulatedRoutee next = idle.poll();
    return new Busy(next == null ? spawn() : next, false, false);
  }

  void runIsOver(TaskId.Attempt attempt) {
    Busy current = busy.get(attempt);
    if (current != null) {
      release(attempt, new Busy(current.routee(), false, current.stops()));
    }
  }

  void stopIsOver(TaskId.Attempt attempt) {
    found.remove(attempt);
    Busy current = busy.get(attempt);
    if (current != null) {
      release(attempt, new Busy(current.routee(), current.runs(), false));
    }
  }

  private void release(TaskId.Attempt attempt, Busy now) {
    if (now.runs() || now.stops()) {
      busy.put(attempt, now);
      return;
    }
    busy.remove(attempt);
    if (slots != UNBOUNDED && idle.size() + busy.size() < slots) {
      idle.add(now.routee());
    } else {
      now.routee().dismiss();
    }
  }

  private SimulatedRoutee spawn() {
    return new SimulatedRoutee(world, life.part(), runner, this, worker);
  }
}
