package io.selkie.sector;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.SectorEffect.AnswerTask;
import io.selkie.sector.SectorEffect.Tell;
import io.selkie.sector.SectorEffect.Withdraw;
import io.selkie.sector.SectorEvent.FilesLost;
import io.selkie.sector.SectorEvent.HostLost;
import io.selkie.sector.SectorEvent.HostReturned;
import io.selkie.sector.SectorEvent.TaskFailed;
import io.selkie.sector.SectorEvent.TaskStopped;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Placed;
import io.selkie.sector.SectorState.Running;
import io.selkie.sector.SectorState.Stopping;
import io.selkie.sector.SectorState.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a sector when a host that it needs is gone, and when it comes back. Pure. */
final class HostLossRules {
  private HostLossRules() {}

  /**
   * A host that the task has, or that has its files, is gone.
   *
   * @param since when it was last heard
   */
  static SectorStep away(
      SectorState state, TaskId task, HostId host, HostLoss loss, Instant since, Instant now) {
    if (!(state instanceof Busy busy) || !busy.task().id().equals(task)) {
      return SectorStep.nothing();
    }
    boolean runsThere = state instanceof Placed placed && placed.assignment().host().equals(host);
    if (!runsThere && MoveRules.otherHost(busy).equals(Optional.of(host))) {
      return withoutOther(busy, loss);
    }
    if (MoveRules.isLeaving(busy.task())) {
      return withoutRelease(busy, host, loss, now);
    }
    if (runsThere && (loss == HostLoss.REMOVED || !task.kind().needsFiles())) {
      return withoutHost((Placed) state, host, loss, now);
    }
    boolean filesAreThere = busy.facts().filesOn().equals(Optional.of(host));
    if (!filesAreThere || loss == HostLoss.SILENT || !(runsThere || state instanceof Waiting)) {
      return SectorStep.nothing();
    }
    return loss == HostLoss.REMOVED
        ? withoutFiles(busy, host, now)
        : waitForFiles(busy, host, since, now);
  }

  private static SectorStep withoutFiles(Busy state, HostId host, Instant now) {
    Failure failure = removed(host);
    return SectorStep.persist(
        state,
        List.of(new FilesLost(now, host, failure)),
        List.of(new AnswerTask(new Sector.TaskHasFailed(state.wanted().id(), failure))));
  }

  private static SectorStep waitForFiles(Busy state, HostId host, Instant since, Instant now) {
    AnswerTask answer = new AnswerTask(new Sector.HostIsLost(state.wanted().id(), host, since));
    return state.facts().lost().isPresent()
        ? SectorStep.only(answer)
        : SectorStep.persist(state, List.of(new HostLost(now, host, since)), List.of(answer));
  }

  /**
   * What a move left behind is on a host that is gone: it stays there, and the sector goes on where
   * its files are.
   */
  private static SectorStep withoutRelease(Busy state, HostId host, HostLoss loss, Instant now) {
    boolean matters = state.task().request().onlyOn().equals(Optional.of(host));
    if (!matters
        || loss == HostLoss.SILENT
        || !(state instanceof Waiting || state instanceof Running)) {
      return SectorStep.nothing();
    }
    List<SectorEvent> events = new ArrayList<>();
    if (state instanceof Placed placed) {
      Failure failure = silent(host, ": what the move left there stays");
      events.add(failed(placed, host, failure, Optional.of(now), now));
    }
    events.add(MoveRules.resumed(state, now));
    return SectorStep.persist(state, events, List.of(new Withdraw(state.task().id())));
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
  private static SectorStep withoutHost(Placed state, HostId host, HostLoss loss, Instant now) {
    TaskId task = state.task().id();
    TaskId wanted = state.wanted().id();
    boolean filesAreGone =
        loss == HostLoss.REMOVED && state.facts().filesOn().equals(Optional.of(host));
    List<SectorEvent> events = new ArrayList<>();
    List<SectorEffect> effects = new ArrayList<>();
    effects.add(new Withdraw(task));
    if (state instanceof Stopping) {
      int attempt = state.assignment().attempt();
      events.add(new TaskStopped(now, task.generation(), task.task(), attempt, host));
      effects.addAll(AbortRules.ended(wanted));
    } else if (filesAreGone) {
      events.add(failed(state, host, removed(host), Optional.empty(), now));
      effects.add(new AnswerTask(new Sector.TaskHasFailed(wanted, removed(host))));
    } else {
      events.add(failed(state, host, silent(host, ""), Optional.of(now), now));
    }
    if (filesAreGone) {
      events.add(new FilesLost(now, host, removed(host)));
    }
    return SectorStep.persist(state, events, effects);
  }

  private static TaskFailed failed(
      Placed state, HostId host, Failure failure, Optional<Instant> next, Instant now) {
    TaskId task = state.task().id();
    return new TaskFailed(
        now,
        task.generation(),
        task.task(),
        state.assignment().attempt(),
        host,
        state.assignment().at(),
        now,
        failure,
        next);
  }

  private static Failure removed(HostId host) {
    return new Failure(
        Failure.Action.ABANDON,
        Failure.HOST_REMOVED,
        "its files were on host " + host + ", which its operator removed");
  }

  private static Failure silent(HostId host, String consequence) {
    return new Failure(
        Failure.Action.RETRY, Failure.HOST_AWAY, "host " + host + " does not answer" + consequence);
  }

  /** The event that a host gives by speaking which was thought lost. */
  static List<SectorEvent> returned(SectorState state, HostId host, Instant now) {
    return state instanceof Busy busy && busy.facts().lost().filter(host::equals).isPresent()
        ? List.of(new HostReturned(now, host))
        : List.of();
  }
}
