package io.selkie.simulation;

import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorEvent;
import io.selkie.sector.SectorState;
import io.selkie.sector.SimulatedSector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Sees everything that happens, and keeps the journals. Numbers as in {@link SimulationTest}. */
final class Invariants {
  private final Farm farm;
  private final Map<SectorId, Known> sectors = new HashMap<>();
  private final Map<TaskId.Attempt, Answer> written = new HashMap<>();
  private final Moves moves;

  Invariants(Farm farm) {
    this.farm = farm;
    this.moves = new Moves(farm.world);
  }

  /** A job of a host that has to do with a move ends so. */
  Answer moved(HostId host, TaskRequest request, Answer answer) {
    return moves.ended(host, request, answer, this::state);
  }

  /** Nothing is left on the host. */
  void burned(HostId host) {
    moves.burned(host);
  }

  /** What is known of a sector, and cannot be lost. */
  private static final class Known {
    private final List<SectorEvent> journal = new ArrayList<>();
    private final Map<TaskId, TaskResult> results = new HashMap<>();
    private final Map<String, TaskId.Attempt> completed = new HashMap<>();

    /** Those that failed or were stopped. */
    private final Set<TaskId.Attempt> over = new HashSet<>();

    private SectorState state;

    private Known(SectorId sector) {
      this.state = new SectorState.Unknown(sector);
    }
  }

  private Known known(SectorId sector) {
    return sectors.computeIfAbsent(sector, Known::new);
  }

  /** The state that the journal stands for. */
  SectorState state(SectorId sector) {
    return known(sector).state;
  }

  /** The state that a sector comes back to. */
  SectorState replay(SectorId sector) {
    SectorState replayed = new SectorState.Unknown(sector);
    for (SectorEvent event : known(sector).journal) {
      replayed = next(replayed, event);
    }
    memoryIsTheJournal(replayed);
    return replayed;
  }

  void memoryIsTheJournal(SectorState memory) {
    SectorState state = state(memory.sector());
    check(5, state.equals(memory), () -> "in memory " + memory + ", by the journal " + state);
  }

  /** Looks at the end, where nothing is under way. */
  void journalAndMemoryAgree(SectorId sector) {
    memoryIsTheJournal(replay(sector));
    farm.region.entity(sector).flatMap(Entity::state).ifPresent(this::memoryIsTheJournal);
  }

  private static SectorState next(SectorState state, SectorEvent event) {
    try {
      return SimulatedSector.next(state, event);
    } catch (IllegalStateException e) {
      throw new Violation(5, "the journal is not accepted: " + e.getMessage());
    }
  }

  void journaled(SectorId sector, List<SectorEvent> events) {
    Known known = known(sector);
    for (SectorEvent event : events) {
      SectorState before = known.state;
      known.state = next(before, event);
      known.journal.add(event);
      if (before instanceof SectorState.Waiting waiting
          && event instanceof SectorEvent.TaskAssigned) {
        check(
            9,
            waiting.notBefore().filter(farm.world.instant()::isBefore).isEmpty(),
            () -> sector + " does not wait as it is to: " + waiting);
      }
      isOnItsHost(before, event);
      moves.journaled(before, event);
      if (before instanceof SectorState.Placed placed) {
        TaskId.Attempt attempt = placed.task().id().attempt(placed.assignment().attempt());
        if (event instanceof SectorEvent.TaskSucceeded succeeded) {
          succeeded(known, attempt, succeeded.result());
        } else if (event instanceof SectorEvent.SectorMoved moved) {
          succeeded(known, attempt, new TaskResult.Moved(moved.copy()));
        } else if (event instanceof SectorEvent.TaskFailed
            || event instanceof SectorEvent.TaskStopped) {
          known.over.add(attempt);
        }
      }
    }
  }

  private void isOnItsHost(SectorState before, SectorEvent event) {
    if (event instanceof SectorEvent.TaskAssigned assigned
        && before instanceof SectorState.Waiting waiting
        && waiting.task().id().kind().needsFiles()) {
      check(
          10,
          waiting
              .task()
              .request()
              .onlyOn()
              .filter(only -> waiting.task().id().kind() == TaskKind.RELEASE)
              .or(() -> waiting.facts().filesOn())
              .filter(host -> !host.equals(assigned.host()))
              .isEmpty(),
          () -> waiting + " goes to " + assigned.host() + ", where its files are not");
    }
    if (event instanceof SectorEvent.FilesLost lost) {
      check(
          11,
          farm.modes.get(lost.host()) == HostMode.OFF,
          () -> before.sector() + " gives up its files, and nobody said that they are gone");
    }
  }

  /** The scheduler decided. */
  void placed(TaskId task, HostId host, Map<HostId, HostMode> modes) {
    HostMode mode = modes.getOrDefault(host, HostMode.OPEN);
    check(
        12,
        mode != HostMode.OFF && (mode != HostMode.DRAINING_PHASES || !task.kind().takesPlace()),
        () -> task + " is given to " + host + ", which is " + mode);
    check(
        12,
        mode != HostMode.EVACUATING || !task.kind().isMovedFor(),
        () -> task + " begins on " + host + ", which is " + mode);
    boolean isThere =
        state(task.sector()) instanceof SectorState.Known known
            && known.facts().filesOn().equals(java.util.Optional.of(host));
    check(
        12,
        mode == HostMode.OPEN || isThere || !task.kind().takesPlace(),
        () -> task + " is new to " + host + ", which is " + mode);
  }

  private void succeeded(Known known, TaskId.Attempt attempt, TaskResult result) {
    TaskId task = attempt.task();
    check(6, known.results.put(task, result) == null, () -> task + " gave two results");
    check(
        6,
        task.kind() == TaskKind.REMOVE || new Answer.Result(result).equals(written.get(attempt)),
        () -> attempt + " has a result that its prover did not write: " + result);
  }

  /** A prover has its job and starts to work. */
  void proverBegan(
      HostId host, TaskId.Attempt attempt, TaskRequest request, List<TaskId.Attempt> onHost) {
    hasItsInput(host, attempt, request);
    moves.began(host, attempt);
    for (Node node : farm.nodes) {
      boolean here = node.host().equals(host);
      long ofSector =
          node.disk().working().stream()
              .filter(other -> other.sector().equals(attempt.sector()))
              .filter(other -> here || !isGivenUp(other, attempt))
              .count();
      check(
          2,
          ofSector == (here ? 1 : 0),
          () ->
              "besides "
                  + attempt
                  + " on "
                  + host
                  + " "
                  + node.host()
                  + " has "
                  + node.disk().working());
      if (here) {
        TaskKind kind = attempt.task().kind();
        long used = onHost.stream().filter(other -> other.task().kind() == kind).count();
        check(
            3,
            !kind.isPooled() || used <= node.limits().slots(kind),
            () -> host + " has more than " + node.limits().slots(kind) + " at work: " + onHost);
        noLimitIsPassed(host, node.limits(), onHost);
      }
    }
  }

  /**
   * A Commit2 touches no files of the sector, and a Release those that it left: they may go on on a
   * host that does not answer.
   */
  private boolean isGivenUp(TaskId.Attempt other, TaskId.Attempt attempt) {
    Set<TaskId.Attempt> over = known(other.sector()).over;
    return (isAside(other) && over.contains(other)) || (isAside(attempt) && over.contains(attempt));
  }

  private static boolean isAside(TaskId.Attempt attempt) {
    TaskKind kind = attempt.task().kind();
    return !kind.needsFiles() || kind == TaskKind.RELEASE;
  }

  private void hasItsInput(HostId host, TaskId.Attempt attempt, TaskRequest request) {
    if (request instanceof TaskRequest.Commit2 commit2
        && state(attempt.sector()) instanceof SectorState.Placed placed
        && placed.task().id().attempt(placed.assignment().attempt()).equals(attempt)) {
      check(
          10,
          commit2.from().isPresent()
              || placed.facts().filesOn().filter(on -> !on.equals(host)).isEmpty(),
          () -> attempt + " begins on " + host + " without its input");
    }
  }

  private static void noLimitIsPassed(HostId host, HostLimits limits, List<TaskId.Attempt> onHost) {
    long places = onHost.stream().filter(other -> other.task().kind().takesPlace()).count();
    long devices = onHost.stream().filter(other -> other.task().kind().needsDevice()).count();
    long memory =
        onHost.stream()
            .mapToLong(other -> limits.needs().bytes(other.task().kind(), SectorSize.KIB_2))
            .sum();
    check(
        3,
        places <= limits.maxTasks()
            && devices <= limits.devices().leases()
            && memory <= limits.memory(),
        () -> host + " passes its limits " + limits + " with " + onHost);
  }

  void proverAnswered(TaskId.Attempt attempt, Answer answer) {
    written.put(attempt, answer);
    TaskId task = attempt.task();
    if (answer instanceof Answer.Result && task.kind().isPhase()) {
      Known known = known(attempt.sector());
      if (!task.kind().needsFiles() && known.over.contains(attempt)) {
        return; // nobody waits for it any more
      }
      String phase =
          task.kind() == TaskKind.ADD_PIECE
              ? task.toString()
              : task.generation() + "." + task.kind();
      TaskId.Attempt before = known.completed.put(phase, attempt);
      check(
          4,
          before == null || known.over.contains(before),
          () -> attempt + " completed after " + before + ", of which no failure is recorded");
    }
  }

  /** A sector answers. */
  void answered(SectorId sector, Ask ask, Sector.Answer answer) {
    Known known = known(sector);
    if (answer instanceof Sector.Done done) {
      TaskResult result = known.results.get(done.task());
      check(8, result != null, () -> done.task() + " is done, and not in its journal");
      check(6, done.result().equals(result), () -> done + " is told, in the journal is " + result);
      isAboutTheAsked(ask, done.task());
    } else if (answer instanceof Sector.TaskHasFailed failed) {
      TaskId task = failed.task();
      check(6, !known.results.containsKey(task), () -> task + " failed, and has a result");
      isAboutTheAsked(ask, task);
    }
  }

  private static void isAboutTheAsked(Ask ask, TaskId task) {
    check(
        6,
        ask.kind().map(kind -> kind == task.kind()).orElse(false),
        () -> "asked for " + ask.kind() + ", answered about " + task);
  }

  private static void check(int invariant, boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new Violation(invariant, otherwise.get());
    }
  }
}
