package io.selkie.simulation;

import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.simulation.Disk.Directory;
import io.selkie.simulation.Disk.Prover;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A node's hold on its job directories, as {@code NodeJobs} and {@code NodeJob} have it. */
final class SimulatedJobs {
  private static final long PATIENCE = 30_000;
  private static final long POLL = 10;
  private static final long POLL_TAKEN = 100;

  private final World world;
  private final Node node;
  private final Life life;
  private final Disk disk;
  private final Map<TaskId.Attempt, Call> calls = new HashMap<>();
  private final Set<Directory> tried = new HashSet<>();

  SimulatedJobs(World world, Node node, Life life, Disk disk) {
    this.world = world;
    this.node = node;
    this.life = life;
    this.disk = disk;
  }

  /** Somebody who works on a job directory. */
  private static final class Call {
    private final List<Runnable> whenCalledOff = new ArrayList<>();
    private final List<Runnable> whenLeft = new ArrayList<>();
    private boolean calledOff;
    private boolean left;
    private @Nullable Prover child;
  }

  /** Ends what an interrupted removal left, one after the other, and waits for that. */
  void clear(Runnable then) {
    Optional<Directory> left =
        disk.all().stream()
            .filter(directory -> !directory.hasJob && !calls.containsKey(directory.attempt))
            .filter(tried::add)
            .findFirst();
    if (left.isPresent()) {
      end(left.get().attempt, ended -> clear(then));
    } else {
      tried.clear();
      then.run();
    }
  }

  /** Everything that is there: somebody may still work where the job is gone. */
  Set<TaskId.Attempt> present() {
    return disk.all().stream()
        .map(directory -> directory.attempt)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  boolean has(TaskId.Attempt attempt) {
    return disk.find(attempt).map(directory -> directory.hasJob).orElse(false);
  }

  void run(
      TaskId.Attempt attempt, TaskRequest request, Runnable onDurable, Consumer<Answer> reply) {
    if (calls.containsKey(attempt)) {
      reply.accept(Answer.retry("busy"));
      return;
    }
    Call call = enter(attempt);
    Consumer<Answer> end =
        answer -> {
          if (!call.left) {
            leave(attempt, call);
            reply.accept(answer);
          }
        };
    world.after(life, world.between(0, 3), () -> open(call, attempt, request, onDurable, end));
  }

  private void open(
      Call call,
      TaskId.Attempt attempt,
      TaskRequest request,
      Runnable onDurable,
      Consumer<Answer> end) {
    if (call.calledOff) {
      end.accept(Answer.retry("died"));
      return;
    }
    Optional<Directory> there = disk.find(attempt);
    if (there.isPresent() && there.get().hasJob && !world.has(Defect.RUNNER_ADOPTS_NOTHING)) {
      if (asKept(there.get().request).equals(asKept(request))) {
        onDurable.run();
        look(call, there.get(), end);
      } else {
        end.accept(Answer.retry("bad_request"));
      }
      return;
    }
    end(
        attempt,
        ended -> {
          if (call.calledOff || !ended) {
            end.accept(Answer.retry(ended ? "died" : "error"));
            return;
          }
          world.crashPoint(node, () -> "job.before-durable");
          Directory directory = disk.create(attempt, request);
          world.crashPoint(node, () -> "job.after-durable");
          onDurable.run();
          look(call, directory, end);
        });
  }

  /** Where an input was fetched is no part of a job. */
  private static TaskRequest asKept(TaskRequest request) {
    if (request instanceof TaskRequest.Move move) {
      return new TaskRequest.Move(move.proofType(), move.to(), move.generation());
    }
    if (request instanceof TaskRequest.Release release) {
      return new TaskRequest.Release(
          release.proofType(), release.copy(), release.from(), Optional.empty());
    }
    return request instanceof TaskRequest.Commit2 commit2
        ? new TaskRequest.Commit2(commit2.proofType(), commit2.phase1Output(), commit2.digest())
        : request;
  }

  private void look(Call call, Directory directory, Consumer<Answer> end) {
    Prover named = directory.named;
    if (call.left) {
      return;
    }
    if (call.calledOff) {
      end.accept(Answer.retry("died"));
    } else if (world.happens(0.005)) {
      end.accept(Answer.retry("error")); // a file cannot be read; the prover works on
    } else if (directory.result.isPresent()) {
      end.accept(directory.result.get());
    } else if (named == null) {
      start(call, directory, end);
    } else if (named.alive) {
      Runnable again =
          () -> world.after(life, world.between(0, 100), () -> look(call, directory, end));
      named.watchers.add(again);
      call.whenCalledOff.add(again);
    } else {
      end.accept(Answer.retry("died"));
    }
  }

  private void start(Call call, Directory directory, Consumer<Answer> end) {
    world.crashPoint(node, () -> "prover.before-start");
    Prover prover = disk.start(directory);
    call.child = prover;
    world.crashPoint(node, () -> "prover.after-start");
    Runnable after =
        () -> {
          boolean taken = prover.status == Prover.TAKEN;
          if (!call.calledOff && !taken && directory.result.isEmpty()) {
            end.accept(Answer.retry("died"));
          } else {
            world.after(life, taken ? POLL_TAKEN : 0, () -> look(call, directory, end));
          }
        };
    prover.watchers.add(() -> world.after(life, world.between(0, 3), after));
  }

  /** Calls a job off: done when nobody works on it and its directory is gone. */
  void stop(TaskId.Attempt attempt, Consumer<Boolean> done) {
    Call current = calls.get(attempt);
    if (current == null) {
      Call mine = enter(attempt);
      end(
          attempt,
          ended -> {
            leave(attempt, mine);
            done.accept(ended);
          });
      return;
    }
    current.calledOff = true;
    if (current.child != null) {
      current.child.kill();
    }
    List.copyOf(current.whenCalledOff).forEach(Runnable::run);
    end(
        attempt,
        ended -> {
          if (!ended || current.left) {
            done.accept(ended);
          } else {
            current.whenLeft.add(() -> done.accept(true));
          }
        });
  }

  /** Removes a job that has its answer; not while somebody works on it. */
  void remove(TaskId.Attempt attempt, Consumer<Boolean> done) {
    if (calls.containsKey(attempt)) {
      done.accept(false);
      return;
    }
    Call mine = enter(attempt);
    end(
        attempt,
        ended -> {
          leave(attempt, mine);
          done.accept(ended);
        });
  }

  private Call enter(TaskId.Attempt attempt) {
    Call call = new Call();
    calls.put(attempt, call);
    return call;
  }

  private void leave(TaskId.Attempt attempt, Call call) {
    calls.remove(attempt, call);
    call.left = true;
    call.whenLeft.forEach(Runnable::run);
  }

  /** First the job, since nobody begins without one, then the provers, then the rest. */
  private void end(TaskId.Attempt attempt, Consumer<Boolean> done) {
    Optional<Directory> there = disk.find(attempt);
    if (there.isEmpty()) {
      done.accept(true);
      return;
    }
    world.crashPoint(node, () -> "removal.before-job");
    there.get().hasJob = false;
    world.crashPoint(node, () -> "removal.after-job");
    end(there.get(), world.millis() + PATIENCE, done);
  }

  private void end(Directory directory, long deadline, Consumer<Boolean> done) {
    if (directory.isQuiet()) {
      world.crashPoint(node, () -> "removal.before-rest");
      disk.remove(directory);
      world.crashPoint(node, () -> "removal.after-rest");
      done.accept(true);
    } else if (world.millis() > deadline) {
      done.accept(false);
    } else {
      directory.started.forEach(Prover::kill);
      world.after(life, POLL, () -> end(directory, deadline, done));
    }
  }
}
