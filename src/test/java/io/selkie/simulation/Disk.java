package io.selkie.simulation;

import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The job directories of a host, and the provers that were started for them. */
final class Disk {
  private static final long LONGEST_HANG = 45_000;

  final HostId host;
  private final World world;
  private final Invariants invariants;
  private final Map<TaskId.Attempt, Directory> directories = new LinkedHashMap<>();
  private final List<Prover> provers = new ArrayList<>();

  /** How many times longer provers take than elsewhere. */
  private final int slowness;

  Disk(World world, HostId host, Invariants invariants) {
    this.world = world;
    this.host = host;
    this.invariants = invariants;
    this.slowness = world.random.nextInt(4) == 0 ? (int) world.between(2, 8) : 1;
  }

  /** A job directory: {@code job.json}, {@code prover.json}, {@code result.json} and the lock. */
  static final class Directory {
    final TaskId.Attempt attempt;
    final TaskRequest request;
    final List<Prover> started = new ArrayList<>();
    boolean hasJob = true;
    @Nullable Prover named;
    @Nullable Prover locked;
    Optional<Answer> result = Optional.empty();

    private Directory(TaskId.Attempt attempt, TaskRequest request) {
      this.attempt = attempt;
      this.request = request;
    }

    boolean isQuiet() {
      return started.stream().noneMatch(prover -> prover.alive);
    }
  }

  /** A process. */
  final class Prover {
    static final int ANSWERED = 0;
    static final int NO_JOB = 2;
    static final int TAKEN = 3;
    static final int CALLED_OFF = 4;
    static final int SIGKILL = 137;

    final Directory directory;
    final List<Runnable> watchers = new ArrayList<>();
    boolean alive = true;
    boolean works;
    int status;
    private boolean dying;

    private Prover(Directory directory) {
      this.directory = directory;
    }

    private void next(long wait, Runnable action) {
      world.after(
          world.unending,
          wait,
          () -> {
            if (alive && !dying) {
              action.run();
            }
          });
    }

    private void take() {
      Prover other = directory.locked;
      boolean locked = other != null && other.alive && !world.has(Defect.PROVER_TAKES_NO_LOCK);
      if (locked || directory.result.isPresent()) {
        exit(TAKEN);
      } else if (!directory.hasJob) {
        exit(NO_JOB);
      } else {
        directory.locked = this;
        next(world.between(0, 4), this::begin);
      }
    }

    private void begin() {
      if (!isThere()) {
        exit(NO_JOB);
        return;
      }
      directory.named = this;
      works = true;
      world.note(() -> "prover begins " + directory.attempt + " on " + host);
      invariants.proverBegan(host, directory.attempt, directory.request, working());
      long time = slowness * world.between(20, world.random.nextInt(10) == 0 ? 8_000 : 1_200);
      next(time, this::answer);
    }

    private void answer() {
      if (!isThere()) {
        exit(CALLED_OFF);
        return;
      }
      Answer answer =
          invariants.moved(host, directory.request, Answers.of(world, directory.attempt));
      directory.result = Optional.of(answer);
      works = false;
      world.note(() -> "prover answers " + directory.attempt + " on " + host + ": " + answer);
      invariants.proverAnswered(directory.attempt, answer);
      next(world.between(0, 4), () -> exit(ANSWERED));
    }

    private boolean isThere() {
      return directories.get(directory.attempt) == directory;
    }

    private void exit(int with) {
      if (alive) {
        alive = false;
        works = false;
        status = with;
        provers.remove(this);
        List.copyOf(watchers).forEach(Runnable::run);
      }
    }

    /** It is dead after a moment, unless it waits for a device. */
    void kill() {
      if (alive && !dying) {
        dying = true;
        boolean hangs = world.happens(0.03);
        long wait = world.between(0, hangs ? LONGEST_HANG : 8);
        world.after(world.unending, wait, () -> exit(SIGKILL));
      }
    }
  }

  Optional<Directory> find(TaskId.Attempt attempt) {
    return Optional.ofNullable(directories.get(attempt));
  }

  List<Directory> all() {
    return List.copyOf(directories.values());
  }

  Directory create(TaskId.Attempt attempt, TaskRequest request) {
    Directory directory = new Directory(attempt, request);
    directories.put(attempt, directory);
    return directory;
  }

  /** Removes the tree. A prover whose directory is gone ends by itself. */
  void remove(Directory directory) {
    directories.remove(directory.attempt, directory);
    directory.started.forEach(
        prover -> prover.next(world.between(1, 1_000), () -> prover.exit(Prover.CALLED_OFF)));
  }

  Prover start(Directory directory) {
    Prover prover = new Prover(directory);
    provers.add(prover);
    directory.started.add(prover);
    prover.next(world.between(1, world.random.nextInt(8) == 0 ? 2_000 : 20), prover::take);
    return prover;
  }

  /** The processes that are not dead. */
  List<Prover> provers() {
    return provers;
  }

  /** The attempts that have a prover at work. */
  List<TaskId.Attempt> working() {
    return provers.stream()
        .filter(prover -> prover.works)
        .map(prover -> prover.directory.attempt)
        .toList();
  }

  void wipe() {
    directories.clear();
    invariants.burned(host);
  }

  /** All processes end at once. */
  void powerOff() {
    List.copyOf(provers).forEach(prover -> prover.exit(Prover.SIGKILL));
  }
}
