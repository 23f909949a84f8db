package io.selkie.sector;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.SectorRoute;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.SectorEffect.AnswerAbort;
import io.selkie.sector.SectorEffect.AnswerTask;
import io.selkie.sector.SectorEffect.CheckFiles;
import io.selkie.sector.SectorEffect.Reply;
import io.selkie.sector.SectorEffect.Submit;
import io.selkie.sector.SectorEffect.Tell;
import io.selkie.sector.SectorEffect.WakeAt;
import io.selkie.sector.SectorEffect.Withdraw;
import io.selkie.sector.SectorEvent.AbortRequested;
import io.selkie.sector.SectorEvent.FilesLost;
import io.selkie.sector.SectorEvent.GenerationBegan;
import io.selkie.sector.SectorEvent.HostLost;
import io.selkie.sector.SectorEvent.HostReturned;
import io.selkie.sector.SectorEvent.MoveRequested;
import io.selkie.sector.SectorEvent.RetryRequested;
import io.selkie.sector.SectorEvent.SectorAdopted;
import io.selkie.sector.SectorEvent.SectorMoved;
import io.selkie.sector.SectorEvent.TaskAssigned;
import io.selkie.sector.SectorEvent.TaskFailed;
import io.selkie.sector.SectorEvent.TaskRequested;
import io.selkie.sector.SectorEvent.TaskResumed;
import io.selkie.sector.SectorEvent.TaskStopped;
import io.selkie.sector.SectorEvent.TaskSucceeded;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.sector.SectorState.Aborted;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Idle;
import io.selkie.sector.SectorState.Known;
import io.selkie.sector.SectorState.Placed;
import io.selkie.sector.SectorState.Removed;
import io.selkie.sector.SectorState.Stopping;
import io.selkie.sector.SectorState.Unknown;
import io.selkie.sector.SectorState.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a sector does about what it is told. Pure: the actor persists the events, then does the
 * effects; the simulation does the same.
 *
 * @param retries of failed tasks
 */
record SectorRules(RetryPolicy retries) {
  /** A failure of this code was asked for. */
  static final String ABORTED = "aborted";

  /** A driver asks for a task. */
  SectorStep perform(SectorState state, TaskRequest request, Instant now) {
    String key = RequestKey.of(request);
    if (state instanceof Unknown unknown) {
      return begin(unknown, request, key, now);
    }
    if (state instanceof Removed) {
      return SectorStep.refuseForGood(state.sector() + " was removed");
    }
    if (state instanceof Stopping) {
      return SectorStep.refuse(state.sector() + " is being stopped; ask again in a moment");
    }
    if (state instanceof Busy busy
        && !(state instanceof SectorState.Failed || state instanceof Aborted)) {
      return busy.wanted().key().equals(key)
          ? SectorStep.nothing() // the answer goes to whoever asked last
          : SectorStep.refuse(
              state.sector() + " is busy with " + busy.wanted().id().kind() + "; abort that first");
    }
    return performAtRest((Known) state, request, key, now);
  }

  private SectorStep begin(Unknown unknown, TaskRequest request, String key, Instant now) {
    if (!request.kind().isPhase()) {
      return SectorStep.refuseForGood(unknown.sector() + " is not known here");
    }
    List<SectorEvent> events = new ArrayList<>();
    boolean first = request instanceof TaskRequest.AddPiece piece && piece.existing().isEmpty();
    if (!first) {
      events.add(new SectorAdopted(now, request.kind()));
    }
    events.add(new TaskRequested(now, 1, 1, key, request));
    return persist(unknown, events, List.of());
  }

  private SectorStep performAtRest(Known state, TaskRequest request, String key, Instant now) {
    SectorFacts facts = state.facts();
    TaskKind kind = request.kind();
    if (kind == TaskKind.ADD_PIECE && facts.phase() != TaskKind.ADD_PIECE) {
      return SectorStep.refuseForGood(
          state.sector() + " takes no more pieces: " + facts.phase() + " has begun");
    }
    if (state instanceof Busy stuck && stuck.wanted().key().equals(key)) {
      return persist(state, List.of(new RetryRequested(now, "driver")), List.of());
    }
    if (state instanceof Idle) {
      Optional<Answered> kept =
          facts.answers().stream().filter(answered -> answered.key().equals(key)).findFirst();
      if (kept.isPresent()) {
        return SectorStep.only(new CheckFiles(kept.get()));
      }
    }
    if (facts.filesOn().isEmpty() && readsFiles(kind)) {
      // They do not come back by asking: their host was removed, or they were never here.
      return SectorStep.refuseForGood(state.sector() + " has no files on any host that is known");
    }
    return ask(state, request, key, "asked for again with other facts", now);
  }

  /** Whether it only makes sense where the sector's files are, and brings none. */
  private static boolean readsFiles(TaskKind kind) {
    return kind == TaskKind.UNSEAL || kind == TaskKind.FINALIZE || kind.isMove();
  }

  /**
   * The files behind a kept answer were looked at.
   *
   * @param intact empty if they could not be: that is no reason to do hours of work again
   */
  SectorStep filesChecked(
      SectorState state, Answered answered, Optional<Boolean> intact, Instant now) {
    if (!(state instanceof Idle idle) || !idle.facts().answers().contains(answered)) {
      return SectorStep.refuse(state.sector() + " changed meanwhile; ask again");
    }
    if (intact.isEmpty()) {
      return SectorStep.refuse(
          "the files of "
              + answered.request().kind()
              + " of "
              + state.sector()
              + " cannot be looked at now: see the node's log, and its disk");
    }
    return intact.get()
        ? SectorStep.only(new Reply(new Sector.Done(answered.task(), answered.result())))
        : ask(
            idle,
            answered.request(),
            answered.key(),
            "the files of " + answered.request().kind() + " are not what they were",
            now);
  }

  private SectorStep ask(Known state, TaskRequest request, String key, String cause, Instant now) {
    SectorFacts facts = state.facts();
    List<SectorEvent> events = new ArrayList<>();
    int generation = facts.generation();
    if (goesBack(facts, request.kind())) {
      generation++;
      events.add(
          new GenerationBegan(
              now, generation, request.kind() + " after " + facts.phase() + ": " + cause));
    }
    events.add(new TaskRequested(now, generation, facts.tasks() + 1, key, request));
    return persist(state, events, List.of());
  }

  /** Whether the phase, or a later one, was begun before. */
  private static boolean goesBack(SectorFacts facts, TaskKind kind) {
    return kind.isPhase() && kind != TaskKind.ADD_PIECE && kind.compareTo(facts.phase()) <= 0;
  }

  /** The scheduler gave the task a host, or says again which it has. */
  SectorStep assigned(SectorState state, TaskId task, HostId host, Instant now) {
    if (state instanceof Waiting waiting
        && waiting.task().id().equals(task)
        && waiting.notBefore().filter(now::isBefore).isEmpty()
        && mayRunOn(waiting, host)) {
      int attempt = waiting.task().attempts() + 1;
      List<SectorEvent> events = new ArrayList<>();
      waiting.facts().lost().ifPresent(lost -> events.add(new HostReturned(now, lost)));
      events.add(new TaskAssigned(now, task.generation(), task.task(), attempt, host));
      return persist(state, events, List.of());
    }
    if (state instanceof Placed placed
        && placed.task().id().equals(task)
        && placed.assignment().host().equals(host)) {
      return new SectorStep(List.of(), resume(state));
    }
    return SectorStep.only(new Withdraw(task));
  }

  /** The scheduler may have decided by a request that was late, and knew less of the files. */
  private static boolean mayRunOn(Waiting waiting, HostId host) {
    if (SectorTransitions.isLeaving(waiting.task())) {
      return waiting.task().request().onlyOn().equals(Optional.of(host));
    }
    return !waiting.task().id().kind().needsFiles()
        || waiting.facts().filesOn().filter(on -> !on.equals(host)).isEmpty();
  }

  /** The host that the task is bound to: by the sector's files, or by its request. */
  static Optional<HostId> runsOn(Waiting waiting) {
    Optional<HostId> only = waiting.task().request().onlyOn();
    return SectorTransitions.isLeaving(waiting.task())
        ? only
        : waiting.facts().filesOn().or(() -> only);
  }

  /** What the scheduler has to know of the sector's moves. */
  static SectorRoute route(Waiting waiting) {
    SectorRoute route = waiting.facts().moves().route();
    return SectorTransitions.isLeaving(waiting.task())
        ? new SectorRoute(route.left(), waiting.facts().filesOn())
        : route;
  }

  /** The scheduler wants the sector elsewhere, since its task cannot begin where its files are. */
  SectorStep moveWanted(SectorState state, SchedulerCommand.MoveWanted wish, Instant now) {
    if (!(state instanceof Waiting waiting)
        || !waiting.task().id().equals(wish.task())
        || !wish.task().kind().isMovedFor()
        || waiting.notBefore().filter(now::isBefore).isPresent()
        || !waiting.facts().filesOn().equals(Optional.of(wish.from()))
        || wish.to().equals(wish.from())) {
      return SectorStep.nothing();
    }
    SectorFacts facts = waiting.facts();
    List<SectorEvent> events = new ArrayList<>();
    facts.lost().ifPresent(lost -> events.add(new HostReturned(now, lost)));
    events.add(
        new MoveRequested(
            now,
            facts.generation(),
            facts.tasks() + 1,
            wish.from(),
            wish.to(),
            wish.leavesForLack()));
    return persist(state, events, List.of());
  }

  /** The task that a move was for is the sector's task again, under a new number. */
  private static TaskResumed resumed(Busy state, Instant now) {
    SectorFacts facts = state.facts();
    return new TaskResumed(now, facts.generation(), facts.tasks() + 1, state.wanted().id().kind());
  }

  /**
   * Whether the sector's own task is left for the one that was asked for. A move that came to
   * nothing is thought of anew, since hosts may be others by then; what cannot be deleted where the
   * sector came from stays there, unless the copy is in doubt.
   */
  private static boolean isResumed(Busy state, Failure failure, Optional<Instant> next) {
    return state.task().id().kind() == TaskKind.MOVE
        || (SectorTransitions.isLeaving(state.task())
            && next.isEmpty()
            && failure.action() == Failure.Action.RETRY);
  }

  /** A worker reports. */
  SectorStep report(SectorState state, TaskReport report, Instant now) {
    if (!(state instanceof Placed placed) || !isCurrent(placed, report)) {
      return SectorStep.only(dismissal(report));
    }
    List<SectorEvent> returned = returned(state, report.host(), now);
    if (!returned.isEmpty()) {
      SectorStep back = persist(state, returned, List.of());
      SectorStep next = report(after(state, returned), report, now);
      return next.events().isEmpty()
          ? back
          : new SectorStep(all(returned, next.events()), next.effects());
    }
    if (report instanceof TaskReport.Found) {
      return new SectorStep(List.of(), resume(state));
    }
    if (report instanceof TaskReport.Succeeded succeeded) {
      return succeeded(placed, succeeded, now);
    }
    if (report instanceof TaskReport.Failed failed) {
      if (placed instanceof Stopping stopping) {
        // It ended by itself; what it wrote is still there.
        return stopping.discard()
            ? new SectorStep(List.of(), resume(stopping))
            : stopped(stopping, report, now);
      }
      return failed(placed, failed, now);
    }
    if (report instanceof TaskReport.Stopped nothing) {
      return placed instanceof Stopping stopping
          ? stopped(stopping, report, now)
          : failed(placed, neverRan(nothing, now), now);
    }
    return SectorStep.nothing();
  }

  /**
   * A host that the task has, or that has its files, is gone.
   *
   * @param since when it was last heard
   */
  SectorStep hostAway(
      SectorState state, TaskId task, HostId host, HostLoss loss, Instant since, Instant now) {
    if (!(state instanceof Busy busy) || !busy.task().id().equals(task)) {
      return SectorStep.nothing();
    }
    boolean runsThere = state instanceof Placed placed && placed.assignment().host().equals(host);
    if (!runsThere && otherHost(busy).equals(Optional.of(host))) {
      return withoutOther(busy, loss);
    }
    if (SectorTransitions.isLeaving(busy.task())) {
      return withoutRelease(busy, host, loss, now);
    }
    if (runsThere && (loss == HostLoss.REMOVED || !task.kind().needsFiles())) {
      return withoutHost((Placed) state, host, loss, now);
    }
    boolean filesAreThere = busy.facts().filesOn().equals(Optional.of(host));
    TaskId wanted = busy.wanted().id();
    if (!filesAreThere || loss == HostLoss.SILENT || !(runsThere || state instanceof Waiting)) {
      return SectorStep.nothing();
    }
    if (loss == HostLoss.REMOVED) {
      Failure failure = removed(host);
      return persist(
          state,
          List.of(new FilesLost(now, host, failure)),
          List.of(new AnswerTask(new Sector.TaskHasFailed(wanted, failure))));
    }
    AnswerTask answer = new AnswerTask(new Sector.HostIsLost(wanted, host, since));
    return busy.facts().lost().isPresent()
        ? SectorStep.only(answer)
        : persist(state, List.of(new HostLost(now, host, since)), List.of(answer));
  }

  /**
   * What a move left behind is on a host that is gone: it stays there, and the sector goes on where
   * its files are.
   */
  private static SectorStep withoutRelease(Busy state, HostId host, HostLoss loss, Instant now) {
    boolean matters = state.task().request().onlyOn().equals(Optional.of(host));
    if (!matters
        || loss == HostLoss.SILENT
        || !(state instanceof Waiting || state instanceof SectorState.Running)) {
      return SectorStep.nothing();
    }
    TaskId task = state.task().id();
    List<SectorEvent> events = new ArrayList<>();
    if (state instanceof Placed placed) {
      Failure failure =
          new Failure(
              Failure.Action.RETRY,
              Failure.HOST_AWAY,
              "host " + host + " does not answer: what the move left there stays");
      events.add(
          new TaskFailed(
              now,
              task.generation(),
              task.task(),
              placed.assignment().attempt(),
              host,
              placed.assignment().at(),
              now,
              failure,
              Optional.of(now)));
    }
    events.add(resumed(state, now));
    return persist(state, events, List.of(new Withdraw(task)));
  }

  private static Failure removed(HostId host) {
    return new Failure(
        Failure.Action.ABANDON,
        Failure.HOST_REMOVED,
        "its files were on host " + host + ", which its operator removed");
  }

  /** The host that a sector moves to, or has moved to when what it left is deleted. */
  private static Optional<HostId> otherHost(Busy state) {
    if (state.task().request() instanceof TaskRequest.Move move) {
      return Optional.of(move.to());
    }
    return SectorTransitions.isLeaving(state.task()) ? state.facts().filesOn() : Optional.empty();
  }

  /** The other host of a move is gone: for good, or the task waits for it. */
  private static SectorStep withoutOther(Busy state, HostLoss loss) {
    if (loss != HostLoss.REMOVED
        || !(state instanceof Placed placed)
        || placed instanceof Stopping) {
      return SectorStep.nothing();
    }
    // Once it runs no more, the report says so, and the sector goes on without it.
    TaskId.Attempt attempt = placed.task().id().attempt(placed.assignment().attempt());
    return SectorStep.only(
        new Tell(
            attempt.task(), placed.assignment().host(), new WorkerCommand.Stop(attempt, false)));
  }

  /** The attempt is over: what it still gives is refused. */
  private SectorStep withoutHost(Placed state, HostId host, HostLoss loss, Instant now) {
    TaskId task = state.task().id();
    TaskId wanted = state.wanted().id();
    int attempt = state.assignment().attempt();
    boolean filesAreGone =
        loss == HostLoss.REMOVED && state.facts().filesOn().equals(Optional.of(host));
    List<SectorEvent> events = new ArrayList<>();
    List<SectorEffect> effects = new ArrayList<>();
    effects.add(new Withdraw(task));
    if (state instanceof Stopping) {
      events.add(new TaskStopped(now, task.generation(), task.task(), attempt, host));
      effects.add(new AnswerTask(new Sector.TaskHasFailed(wanted, abortedFailure(wanted))));
      effects.add(new AnswerAbort(new Sector.Accepted()));
    } else {
      Failure failure =
          filesAreGone
              ? removed(host)
              : new Failure(
                  Failure.Action.RETRY, Failure.HOST_AWAY, "host " + host + " does not answer");
      Optional<Instant> next = filesAreGone ? Optional.empty() : Optional.of(now);
      Instant began = state.assignment().at();
      events.add(
          new TaskFailed(
              now, task.generation(), task.task(), attempt, host, began, now, failure, next));
      if (filesAreGone) {
        effects.add(new AnswerTask(new Sector.TaskHasFailed(wanted, failure)));
      }
    }
    if (filesAreGone) {
      events.add(new FilesLost(now, host, removed(host)));
    }
    return persist(state, events, effects);
  }

  /** A lost host is there again. */
  private static List<SectorEvent> returned(SectorState state, HostId host, Instant now) {
    return state instanceof Busy busy && busy.facts().lost().filter(host::equals).isPresent()
        ? List.of(new HostReturned(now, host))
        : List.of();
  }

  private static boolean isCurrent(Placed placed, TaskReport report) {
    return placed.task().id().equals(report.attempt().task())
        && placed.assignment().attempt() == report.attempt().number()
        && placed.assignment().host().equals(report.host());
  }

  /** What a worker is told that reports of an attempt which is none of ours any more. */
  private static Tell dismissal(TaskReport report) {
    boolean mayRun = report instanceof TaskReport.Found || report instanceof TaskReport.Started;
    WorkerCommand command =
        mayRun
            ? new WorkerCommand.Stop(report.attempt(), false)
            : new WorkerCommand.Acknowledge(report.attempt());
    return new Tell(report.attempt().task(), report.host(), command);
  }

  /** From here on the files are on the other host; those that are left behind may go. */
  private SectorStep moved(
      Placed state, TaskReport.Succeeded report, TaskResult.Moved result, Instant now) {
    TaskId task = state.task().id();
    SectorMoved event =
        new SectorMoved(
            now,
            task.generation(),
            task.task(),
            report.attempt().number(),
            report.host(),
            new HostId(result.copy().host()),
            report.startedAt(),
            report.endedAt(),
            report.bytes(),
            result.copy(),
            state.facts().tasks() + 1);
    return persist(
        state,
        List.of(event),
        List.of(
            new Withdraw(task),
            new AnswerAbort(
                new Sector.Refused(task.kind() + " had ended before it was stopped", false)),
            acknowledge(report)));
  }

  private SectorStep succeeded(Placed state, TaskReport.Succeeded report, Instant now) {
    if (report.result() instanceof TaskResult.Moved moved) {
      return moved(state, report, moved, now);
    }
    TaskId task = state.task().id();
    TaskSucceeded event =
        new TaskSucceeded(
            now,
            task.generation(),
            task.task(),
            report.attempt().number(),
            report.host(),
            report.startedAt(),
            report.endedAt(),
            report.bytes(),
            report.result());
    if (SectorTransitions.isLeaving(state.task())) {
      return persist(
          state,
          List.of(event, resumed(state, now)),
          List.of(new Withdraw(task), acknowledge(report)));
    }
    return persist(
        state,
        List.of(event),
        List.of(
            new AnswerTask(new Sector.Done(task, report.result())),
            new AnswerAbort(
                new Sector.Refused(task.kind() + " had ended before it was stopped", false)),
            acknowledge(report)));
  }

  private SectorStep failed(Placed state, TaskReport.Failed report, Instant now) {
    TaskId task = state.task().id();
    int failures = SectorTransitions.failures(state.task(), report.failure());
    Optional<Instant> next = retries.next(report.failure(), failures, now);
    boolean resumes = isResumed(state, report.failure(), next);
    if (resumes && next.isEmpty()) {
      next =
          Optional.of(
              SectorTransitions.isLeaving(state.task()) ? now : now.plus(retries.longest()));
    }
    TaskFailed event =
        new TaskFailed(
            now,
            task.generation(),
            task.task(),
            report.attempt().number(),
            report.host(),
            report.startedAt(),
            report.endedAt(),
            report.failure(),
            next);
    List<SectorEffect> effects = new ArrayList<>();
    if (next.isEmpty()) {
      TaskId wanted = state.wanted().id();
      effects.add(new AnswerTask(new Sector.TaskHasFailed(wanted, report.failure())));
    }
    effects.add(acknowledge(report));
    if (next.isPresent()) {
      effects.add(new Withdraw(task)); // others may have the slot while it waits
    }
    return persist(state, resumes ? List.of(event, resumed(state, now)) : List.of(event), effects);
  }

  /** The worker knows a newer attempt than ours and did not run it: as good as a failure. */
  private static TaskReport.Failed neverRan(TaskReport.Stopped report, Instant now) {
    Failure failure =
        new Failure(Failure.Action.RETRY, "stopped", "the host stopped it without a result");
    return new TaskReport.Failed(report.attempt(), report.host(), now, now, failure);
  }

  private static SectorStep stopped(Stopping state, TaskReport report, Instant now) {
    TaskId task = state.task().id();
    TaskId wanted = state.wanted().id();
    TaskStopped event =
        new TaskStopped(
            now, task.generation(), task.task(), report.attempt().number(), report.host());
    return persist(
        state,
        List.of(event),
        List.of(
            new AnswerTask(new Sector.TaskHasFailed(wanted, abortedFailure(wanted))),
            new AnswerAbort(new Sector.Accepted()),
            acknowledge(report)));
  }

  private static Failure abortedFailure(TaskId task) {
    return new Failure(Failure.Action.ABANDON, ABORTED, task.kind() + " was aborted");
  }

  private static Tell acknowledge(TaskReport report) {
    return new Tell(
        report.attempt().task(), report.host(), new WorkerCommand.Acknowledge(report.attempt()));
  }

  /** An operator or a driver wants a task tried again. */
  SectorStep retry(SectorState state, String by, Instant now) {
    if (!SectorTransitions.accepts(state, RetryRequested.class)) {
      return SectorStep.refuse(state.sector() + " has nothing to try again");
    }
    return persist(
        state, List.of(new RetryRequested(now, by)), List.of(new Reply(new Sector.Accepted())));
  }

  /** Whether the running task is one of those that are to be ended. */
  static boolean mayAbort(SectorState state, Set<TaskKind> kinds, Optional<TaskRequest> only) {
    return !(state instanceof Busy busy)
        || (kinds.contains(busy.task().id().kind())
            && only.filter(wanted -> !wanted.equals(busy.task().request())).isEmpty());
  }

  /**
   * An operator or a driver wants the task ended.
   *
   * @param discard whether what it has written is to go: nobody takes it up again
   */
  SectorStep abort(SectorState state, String by, String cause, boolean discard, Instant now) {
    if (state instanceof Stopping) {
      return new SectorStep(List.of(), resume(state)); // answered when it has stopped
    }
    if (!SectorTransitions.accepts(state, AbortRequested.class)) {
      return SectorStep.refuse(state.sector() + " has nothing to stop");
    }
    if (state instanceof Busy busy && SectorTransitions.isLeaving(busy.task())) {
      return SectorStep.refuse(
          state.sector() + " has moved, and leaves its former host; ask again in a moment");
    }
    AbortRequested event =
        new AbortRequested(now, by, cause, discard ? Optional.of(true) : Optional.empty());
    List<SectorEffect> effects = new ArrayList<>();
    if (SectorTransitions.next(state, event) instanceof Aborted aborted) {
      TaskId task = aborted.task().id();
      effects.add(new AnswerTask(new Sector.TaskHasFailed(task, abortedFailure(task))));
      effects.add(new AnswerAbort(new Sector.Accepted()));
    }
    return persist(state, List.of(event), effects);
  }

  /**
   * What the state has under way: done after every change, after a crash, and now and then. A
   * sector at rest gives its slot back: nobody else knows that it should, so that is said more than
   * once too.
   */
  static List<SectorEffect> resume(SectorState state) {
    if (state instanceof Waiting waiting) {
      return waiting.notBefore().isPresent()
          ? List.of(new WakeAt(waiting.notBefore().get()))
          : List.of(new Submit(waiting));
    }
    if (state instanceof Placed placed) {
      TaskId.Attempt attempt = placed.task().id().attempt(placed.assignment().attempt());
      WorkerCommand command =
          placed instanceof Stopping stopping
              ? new WorkerCommand.Stop(attempt, stopping.discard())
              : new WorkerCommand.Start(attempt, placed.task().request());
      return List.of(new Tell(attempt.task(), placed.assignment().host(), command, peer(placed)));
    }
    return state instanceof Known known ? List.of(new Withdraw(latest(known))) : List.of();
  }

  /** The other host that the task needs. */
  private static Optional<HostId> peer(Placed state) {
    return state.task().id().kind().needsFiles() ? otherHost(state) : state.facts().filesOn();
  }

  /** Whether the sector has data of clients: a piece from a file. */
  static boolean hasDeals(Busy state) {
    List<TaskRequest> requests = new ArrayList<>();
    state.facts().answers().forEach(answered -> requests.add(answered.request()));
    requests.add(state.wanted().request());
    return requests.stream()
        .anyMatch(
            request ->
                request instanceof TaskRequest.AddPiece piece && piece.source().path().isPresent());
  }

  /** Whether nothing is under way. */
  static boolean isAtRest(SectorState state) {
    return !(state instanceof Waiting || state instanceof Placed);
  }

  /** The task that was asked for last; of one that is over only the number is known for certain. */
  private static TaskId latest(Known state) {
    if (state instanceof Busy busy) {
      return busy.task().id();
    }
    SectorFacts facts = state.facts();
    return new TaskId(facts.sector(), facts.generation(), facts.tasks(), facts.phase());
  }

  /** The time that a failed task had to wait is over. */
  static SectorStep woken(SectorState state, Instant now) {
    if (state instanceof Waiting waiting && waiting.notBefore().filter(now::isBefore).isEmpty()) {
      return SectorStep.only(new Submit(waiting));
    }
    return new SectorStep(List.of(), resume(state));
  }

  private static SectorStep persist(
      SectorState state, List<SectorEvent> events, List<SectorEffect> first) {
    List<SectorEffect> effects = new ArrayList<>(first);
    effects.addAll(resume(after(state, events)));
    return new SectorStep(events, effects);
  }

  private static SectorState after(SectorState state, List<SectorEvent> events) {
    SectorState after = state;
    for (SectorEvent event : events) {
      after = SectorTransitions.next(after, event);
    }
    return after;
  }

  private static List<SectorEvent> all(List<SectorEvent> first, List<SectorEvent> then) {
    List<SectorEvent> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }
}
