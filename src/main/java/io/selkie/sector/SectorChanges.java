package io.selkie.sector;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.SectorEvent.AbortRequested;
import io.selkie.sector.SectorEvent.FilesLost;
import io.selkie.sector.SectorEvent.GenerationBegan;
import io.selkie.sector.SectorEvent.HostLost;
import io.selkie.sector.SectorEvent.HostReturned;
import io.selkie.sector.SectorEvent.MoveRequested;
import io.selkie.sector.SectorEvent.RetryRequested;
import io.selkie.sector.SectorEvent.SectorMoved;
import io.selkie.sector.SectorEvent.TaskAssigned;
import io.selkie.sector.SectorEvent.TaskFailed;
import io.selkie.sector.SectorEvent.TaskRequested;
import io.selkie.sector.SectorEvent.TaskResumed;
import io.selkie.sector.SectorEvent.TaskSucceeded;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.sector.SectorState.Aborted;
import io.selkie.sector.SectorState.Assignment;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Failed;
import io.selkie.sector.SectorState.Idle;
import io.selkie.sector.SectorState.Known;
import io.selkie.sector.SectorState.Placed;
import io.selkie.sector.SectorState.Removed;
import io.selkie.sector.SectorState.Running;
import io.selkie.sector.SectorState.Stopping;
import io.selkie.sector.SectorState.Task;
import io.selkie.sector.SectorState.Unknown;
import io.selkie.sector.SectorState.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What each event makes of the state that it happens in: the functions of {@link
 * SectorTransitions}.
 */
final class SectorChanges {
  private SectorChanges() {}

  static SectorState first(Unknown unknown, TaskRequested event) {
    SectorFacts facts =
        new SectorFacts(
            unknown.sector(),
            event.request().proofType(),
            event.generation(),
            0,
            event.request().kind().isUpdate() ? TaskKind.FINALIZE : event.request().kind(),
            event.request().kind().isUpdate(), // somebody else has sealed it
            Optional.empty(),
            List.of());
    return asked(facts, event);
  }

  static SectorState waitsForHost(Waiting state, HostLost event) {
    return new Waiting(
        state.facts().withLost(Optional.of(event.host())), state.task(), state.notBefore());
  }

  static SectorState runsOnLost(Running state, HostLost event) {
    return new Running(
        state.facts().withLost(Optional.of(event.host())), state.task(), state.assignment());
  }

  static SectorState stopsOnLost(Stopping state, HostLost event) {
    return new Stopping(
        state.facts().withLost(Optional.of(event.host())),
        state.task(),
        state.assignment(),
        state.discard());
  }

  static SectorState waitsAgain(Waiting state, HostReturned event) {
    return new Waiting(state.facts().withLost(Optional.empty()), state.task(), state.notBefore());
  }

  static SectorState runsAgain(Running state, HostReturned event) {
    return new Running(state.facts().withLost(Optional.empty()), state.task(), state.assignment());
  }

  static SectorState stopsAgain(Stopping state, HostReturned event) {
    return new Stopping(
        state.facts().withLost(Optional.empty()),
        state.task(),
        state.assignment(),
        state.discard());
  }

  static SectorState withoutFiles(Busy state, FilesLost event) {
    return new Failed(settled(state).withoutFiles(), restored(state), event.failure());
  }

  static SectorState moves(Waiting state, MoveRequested event) {
    SectorFacts facts = state.facts();
    TaskRequest request = new TaskRequest.Move(facts.proofType(), event.to(), event.generation());
    return new Waiting(
        facts
            .withTask(event.task())
            .withMoves(facts.moves().begun(state.task(), event.to(), event.forLack())),
        task(facts, event.task(), request, event.at()),
        Optional.empty());
  }

  /** A task of the sector's own: nobody asks for it again, so its name is its key. */
  private static Task task(SectorFacts facts, int number, TaskRequest request, Instant at) {
    TaskId id = new TaskId(facts.sector(), facts.generation(), number, request.kind());
    return new Task(id, id.toString(), request, at, 0, 0);
  }

  static SectorState moved(Placed state, SectorMoved event) {
    SectorFacts facts = state.facts();
    TaskRequest request =
        new TaskRequest.Release(
            facts.proofType(), event.copy(), Optional.of(event.from()), Optional.empty());
    return new Waiting(
        facts
            .withTask(event.release())
            .withLost(Optional.empty())
            .withMoves(facts.moves().arrived(event.from()))
            .on(event.to()),
        task(facts, event.release(), request, event.at()),
        Optional.empty());
  }

  static SectorState goesOn(Waiting state, TaskResumed event) {
    return resumed(state.facts(), event, state.notBefore());
  }

  static SectorState takenUp(Idle state, TaskResumed event) {
    return resumed(state.facts(), event, Optional.empty());
  }

  private static SectorState resumed(
      SectorFacts facts, TaskResumed event, Optional<Instant> notBefore) {
    Task aside =
        facts
            .moves()
            .aside()
            .orElseThrow(
                () -> new IllegalStateException(facts.sector() + ": no task was set aside"));
    TaskId id = new TaskId(facts.sector(), event.generation(), event.task(), event.kind());
    return new Waiting(
        facts.withTask(event.task()).withMoves(facts.moves().without()),
        new Task(id, aside.key(), aside.request(), aside.requestedAt(), 0, aside.failures()),
        notBefore);
  }

  static SectorState abortedWithout(Aborted state, FilesLost event) {
    return new Aborted(state.facts().withoutFiles(), state.task());
  }

  static SectorState asked(Known state, TaskRequested event) {
    return asked(state.facts(), event);
  }

  private static SectorState asked(SectorFacts facts, TaskRequested event) {
    TaskKind kind = event.request().kind();
    boolean begins = kind.isPhase() && !isOfUpdate(facts, kind);
    SectorFacts now =
        new SectorFacts(
            facts.sector(),
            event.request().proofType(),
            event.generation(),
            event.task(),
            begins ? kind : facts.phase(),
            !begins && facts.phaseDone(),
            facts.filesOn(),
            isOfUpdate(facts, kind)
                ? stillTrueInUpdate(facts.answers(), kind)
                : stillTrue(facts.answers(), kind),
            Optional.empty(),
            facts.moves().without());
    TaskId id = new TaskId(facts.sector(), event.generation(), event.task(), kind);
    Task task = new Task(id, event.key(), event.request(), event.at(), 0, 0);
    return new Waiting(now, task, Optional.empty());
  }

  /** A phase done again makes void what it and later ones gave; pieces add up. */
  private static List<Answered> stillTrue(List<Answered> answers, TaskKind kind) {
    if (kind == TaskKind.ADD_PIECE || !kind.isPhase()) {
      return answers;
    }
    return answers.stream()
        .filter(answered -> answered.request().kind().compareTo(kind) < 0)
        .toList();
  }

  /** Whether it is a step of an update: pieces that come after the proof are, too. */
  private static boolean isOfUpdate(SectorFacts facts, TaskKind kind) {
    return kind.isUpdate() || (kind == TaskKind.ADD_PIECE && facts.isProved());
  }

  /** Other data is another update; what was sealed stays. */
  private static List<Answered> stillTrueInUpdate(List<Answered> answers, TaskKind kind) {
    return answers.stream()
        .filter(
            answered -> {
              TaskKind known = answered.request().kind();
              return !known.isUpdate() || (kind.isUpdate() && known.compareTo(kind) < 0);
            })
        .toList();
  }

  static SectorState idleAgain(Idle state, GenerationBegan event) {
    return new Idle(inGeneration(state.facts(), event.generation()));
  }

  static SectorState failedAgain(Failed state, GenerationBegan event) {
    return new Failed(
        inGeneration(state.facts(), event.generation()), state.task(), state.failure());
  }

  static SectorState abortedAgain(Aborted state, GenerationBegan event) {
    return new Aborted(inGeneration(state.facts(), event.generation()), state.task());
  }

  /** Phases that are done again may be where the sector came from. */
  private static SectorFacts inGeneration(SectorFacts facts, int generation) {
    SectorMoves moves = facts.moves();
    return new SectorFacts(
        facts.sector(),
        facts.proofType(),
        generation,
        facts.tasks(),
        facts.phase(),
        facts.phaseDone(),
        facts.filesOn(),
        facts.answers(),
        Optional.empty(),
        new SectorMoves(moves.aside(), moves.heading(), moves.forLack(), Set.of()));
  }

  static SectorState assigned(Waiting state, TaskAssigned event) {
    SectorFacts facts = state.facts();
    SectorFacts now =
        bringsItsHost(state.task())
            ? onHost(facts, facts.phaseDone(), event.host(), facts.answers())
            : facts; // it leaves nothing there
    return new Running(
        now,
        withAttempts(state.task(), event.attempt(), state.task().failures()),
        new Assignment(event.host(), event.attempt(), event.at()));
  }

  /** Whether the files are where the task runs; those that a move left behind are not. */
  private static boolean bringsItsHost(Task task) {
    return task.id().kind().needsFiles() && !MoveRules.isLeaving(task);
  }

  /** From the assignment on: the host may have begun to write. */
  private static SectorFacts onHost(
      SectorFacts facts, boolean phaseDone, HostId host, List<Answered> answers) {
    return onHost(facts, phaseDone, Optional.of(host), answers);
  }

  private static SectorFacts onHost(
      SectorFacts facts, boolean phaseDone, Optional<HostId> filesOn, List<Answered> answers) {
    return new SectorFacts(
        facts.sector(),
        facts.proofType(),
        facts.generation(),
        facts.tasks(),
        facts.phase(),
        phaseDone,
        filesOn,
        answers,
        Optional.empty(),
        facts.moves());
  }

  static SectorState succeeded(Placed state, TaskSucceeded event) {
    SectorFacts facts = state.facts();
    TaskRequest request = state.task().request();
    if (event.result() instanceof TaskResult.FilesRemoved) {
      return new Removed(onHost(facts, facts.phaseDone(), event.host(), List.of()));
    }
    List<Answered> answers = new ArrayList<>(facts.answers());
    if (request.kind().isPhase() || request.kind().isUpdate()) {
      answers.add(new Answered(state.task().id(), state.task().key(), request, event.result()));
    }
    boolean phaseDone = request.kind().isPhase() || facts.phaseDone();
    return new Idle(
        bringsItsHost(state.task())
            ? onHost(facts, phaseDone, event.host(), answers)
            : onHost(facts, phaseDone, facts.filesOn(), answers));
  }

  static SectorState failed(Running state, TaskFailed event) {
    Task task =
        withAttempts(
            state.task(), state.task().attempts(), failures(state.task(), event.failure()));
    if (event.nextAttemptAt().isPresent()) {
      return new Waiting(state.facts(), task, event.nextAttemptAt());
    }
    return new Failed(state.facts(), task, event.failure());
  }

  /** With the task that was set aside in place of the move. */
  private static SectorFacts settled(Busy state) {
    SectorFacts facts = state.facts();
    return facts.moves().aside().isEmpty()
        ? facts
        : facts.withTask(facts.tasks() + 1).withMoves(facts.moves().without());
  }

  /** That task: under a new number, since others have heard of the move, which came after it. */
  private static Task restored(Busy state) {
    if (state.facts().moves().aside().isEmpty()) {
      return state.task();
    }
    Task task = state.wanted();
    TaskId id =
        new TaskId(
            task.id().sector(),
            task.id().generation(),
            state.facts().tasks() + 1,
            task.id().kind());
    return new Task(id, task.key(), task.request(), task.requestedAt(), 0, task.failures());
  }

  /** How often the task has failed; an attempt that was not tried does not count. */
  static int failures(Task task, Failure failure) {
    return failure.wasTried() ? task.failures() + 1 : task.failures();
  }

  static SectorState tryNow(Busy state, RetryRequested event) {
    Task task = withAttempts(state.task(), state.task().attempts(), 0);
    return new Waiting(state.facts(), task, Optional.empty());
  }

  static SectorState stopping(Running state, AbortRequested event) {
    return new Stopping(state.facts(), state.task(), state.assignment(), event.discards());
  }

  /**
   * An attempt that failed has no prover any more, but what it wrote is still on its host. One that
   * was never made has the number 0.
   */
  static SectorState abortedOrStopping(Waiting state, AbortRequested event) {
    Task task = state.task();
    Optional<HostId> host = state.facts().filesOn();
    return host.isPresent() && hasSomethingToDiscard(event, task.id().kind(), task.attempts())
        ? new Stopping(
            state.facts(), task, new Assignment(host.get(), task.attempts(), event.at()), true)
        : new Aborted(settled(state), restored(state));
  }

  /** Whether a task without a host has something there, files or a place, that is to go. */
  static boolean hasSomethingToDiscard(AbortRequested event, TaskKind kind, int attempts) {
    return event.discards() && kind.bringsFiles() && (attempts > 0 || event.frees().orElse(false));
  }

  static SectorState aborted(Busy state, SectorEvent event) {
    return new Aborted(settled(state), restored(state));
  }

  private static Task withAttempts(Task task, int attempts, int failures) {
    return new Task(task.id(), task.key(), task.request(), task.requestedAt(), attempts, failures);
  }
}
