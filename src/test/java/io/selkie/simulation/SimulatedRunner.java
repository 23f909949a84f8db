package io.selkie.simulation;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.worker.Ended;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs attempts as jobs, as {@code ProverTaskRunner} does; lives as long as its node. */
final class SimulatedRunner {
  private static final long STOP_AGAIN = 1_000;
  private static final long REMOVE_AGAIN = 60_000;

  private final World world;
  private final Node node;
  private final Life life;
  private final SimulatedJobs jobs;
  private final Map<TaskId.Attempt, Running> running = new LinkedHashMap<>();

  SimulatedRunner(World world, Node node, Life life, Disk disk) {
    this.world = world;
    this.node = node;
    this.life = life;
    this.jobs = new SimulatedJobs(world, node, life, disk);
  }

  private final Map<TaskId.Attempt, List<Runnable>> discarding = new LinkedHashMap<>();

  private static final class Running {
    private final List<Runnable> onDurable = new ArrayList<>();
    private final List<Consumer<Ended>> onEnd = new ArrayList<>();
    private boolean durable;
    private boolean calledOff;
    private @Nullable Ended end;
  }

  /** Ends what interrupted removals left, as far as it can be. */
  void clear(Runnable then) {
    jobs.clear(then);
  }

  Set<TaskId.Attempt> present() {
    Set<TaskId.Attempt> present = new LinkedHashSet<>(running.keySet());
    present.addAll(jobs.present());
    return present;
  }

  void run(TaskId.Attempt attempt, TaskRequest request, Runnable onDurable, Consumer<Ended> onEnd) {
    Running known = running.get(attempt);
    Running current = known == null ? new Running() : known;
    if (current.durable) {
      onDurable.run();
    } else {
      current.onDurable.add(onDurable);
    }
    current.onEnd.add(onEnd);
    if (known == null) {
      running.put(attempt, current);
      world.after(life, world.between(0, 5), () -> perform(attempt, request, current));
    }
  }

  private void perform(TaskId.Attempt attempt, TaskRequest request, Running run) {
    Instant began = world.instant();
    boolean fails = !jobs.has(attempt) && world.happens(0.01);
    if (attempt.task().kind() == TaskKind.REMOVE) {
      durable(run);
    }
    if (fails || run.calledOff) {
      end(attempt, run, began, Answer.retry(fails ? "error" : "died"));
    } else if (attempt.task().kind() == TaskKind.REMOVE) {
      Answer removed = new Answer.Result(Answers.result(TaskKind.REMOVE, 0));
      world.after(life, world.between(1, 50), () -> end(attempt, run, began, removed));
    } else {
      jobs.run(attempt, request, () -> durable(run), answer -> end(attempt, run, began, answer));
    }
  }

  private static void durable(Running run) {
    if (!run.durable) {
      run.durable = true;
      run.onDurable.forEach(Runnable::run);
    }
  }

  private void end(TaskId.Attempt attempt, Running run, Instant began, Answer answer) {
    Instant now = world.instant();
    Ended end =
        answer instanceof Answer.Result result
            ? new Ended.Succeeded(began, now, 2048, result.result())
            : new Ended.Failed(began, now, failure(answer));
    running.remove(attempt, run);
    run.end = end;
    run.onEnd.forEach(listener -> listener.accept(end));
  }

  private static Failure failure(Answer answer) {
    return ((Answer.Trouble) answer).failure();
  }

  /** Tells when nobody works on the attempt, or that this is not certain. */
  void stop(TaskId.Attempt attempt, Consumer<Boolean> done) {
    world.after(
        life,
        world.between(0, 3),
        () -> {
          Running current = running.get(attempt);
          if (current != null) {
            current.calledOff = true;
          }
          stop(attempt, current, done);
        });
  }

  private void stop(TaskId.Attempt attempt, @Nullable Running current, Consumer<Boolean> done) {
    world.crashPoint(node, () -> "stop.before-effect");
    jobs.stop(
        attempt,
        ended -> {
          if (!ended || current == null || current.end != null) {
            done.accept(ended);
          } else {
            awaitEnd(current, () -> stop(attempt, current, done), () -> done.accept(true));
          }
        });
  }

  private void awaitEnd(Running run, Runnable again, Runnable done) {
    boolean[] over = new boolean[1];
    Runnable first =
        () -> {
          if (!over[0]) {
            over[0] = true;
            (run.end == null ? again : done).run();
          }
        };
    run.onEnd.add(end -> first.run());
    world.after(life, STOP_AGAIN, first);
  }

  /** Removes what the attempt wrote: a prover of its sector would lose its files. */
  void discard(TaskId.Attempt attempt, Runnable then) {
    List<Runnable> waiting = discarding.get(attempt);
    if (waiting != null) {
      waiting.add(then);
      return;
    }
    discarding.put(attempt, new ArrayList<>(List.of(then)));
    nobodyWorksOn(attempt);
    world.crashPoint(node, () -> "discard.before-effect");
    world.after(
        life,
        world.between(0, 50),
        () -> {
          nobodyWorksOn(attempt);
          world.crashPoint(node, () -> "discard.after-effect");
          discarding.remove(attempt).forEach(Runnable::run);
        });
  }

  private void nobodyWorksOn(TaskId.Attempt attempt) {
    for (TaskId.Attempt other : node.disk().working()) {
      if (other.sector().equals(attempt.sector())) {
        throw new Violation(2, "what " + attempt + " wrote is removed, and " + other + " works");
      }
    }
  }

  void remove(TaskId.Attempt attempt) {
    world.after(life, world.between(0, 20), () -> removeNow(attempt));
  }

  private void removeNow(TaskId.Attempt attempt) {
    world.crashPoint(node, () -> "remove.before-effect");
    jobs.remove(
        attempt,
        removed -> {
          if (!removed) {
            world.after(life, REMOVE_AGAIN, () -> removeNow(attempt));
          }
        });
  }
}
