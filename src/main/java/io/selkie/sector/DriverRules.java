package io.selkie.sector;

import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sector.SectorEffect.CheckFiles;
import io.selkie.sector.SectorEffect.Reply;
import io.selkie.sector.SectorEvent.GenerationBegan;
import io.selkie.sector.SectorEvent.RetryRequested;
import io.selkie.sector.SectorEvent.SectorAdopted;
import io.selkie.sector.SectorEvent.TaskRequested;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.sector.SectorState.Aborted;
import io.selkie.sector.SectorState.Busy;
import io.selkie.sector.SectorState.Failed;
import io.selkie.sector.SectorState.Idle;
import io.selkie.sector.SectorState.Known;
import io.selkie.sector.SectorState.Removed;
import io.selkie.sector.SectorState.Stopping;
import io.selkie.sector.SectorState.Unknown;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which task a sector begins, repeats or refuses when a driver or an operator asks. Pure. */
final class DriverRules {
  private DriverRules() {}

  /** A driver asks for a task. */
  static SectorStep perform(SectorState state, TaskRequest request, Instant now) {
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
    if (state instanceof Busy busy && !(state instanceof Failed || state instanceof Aborted)) {
      return busy.wanted().key().equals(key)
          ? SectorStep.nothing() // the answer goes to whoever asked last
          : SectorStep.refuse(
              state.sector() + " is busy with " + busy.wanted().id().kind() + "; abort that first");
    }
    return performAtRest((Known) state, request, key, now);
  }

  private static SectorStep begin(Unknown unknown, TaskRequest request, String key, Instant now) {
    boolean isOfSealed = request.kind().isUpdate() || request instanceof TaskRequest.UnsealPiece;
    if (!request.kind().isPhase() && !isOfSealed) {
      return SectorStep.refuseForGood(unknown.sector() + " is not known here");
    }
    List<SectorEvent> events = new ArrayList<>();
    boolean first = request instanceof TaskRequest.AddPiece piece && piece.existing().isEmpty();
    if (!first) {
      events.add(new SectorAdopted(now, request.kind()));
    }
    events.add(new TaskRequested(now, 1, 1, key, request));
    return SectorStep.persist(unknown, events, List.of());
  }

  private static SectorStep performAtRest(
      Known state, TaskRequest request, String key, Instant now) {
    SectorFacts facts = state.facts();
    TaskKind kind = request.kind();
    if (kind == TaskKind.ADD_PIECE && facts.phase() != TaskKind.ADD_PIECE && !facts.isProved()) {
      return SectorStep.refuseForGood(
          state.sector() + " takes no more pieces: " + facts.phase() + " has begun");
    }
    if (state instanceof Busy stuck && stuck.wanted().key().equals(key)) {
      return SectorStep.persist(state, List.of(new RetryRequested(now, "driver")), List.of());
    }
    if (state instanceof Idle) {
      Optional<Answered> kept =
          facts.answers().stream().filter(answered -> answered.key().equals(key)).findFirst();
      if (kept.isPresent()) {
        return SectorStep.only(new CheckFiles(kept.get()));
      }
    }
    if (facts.filesOn().isEmpty()
        && readsFiles(kind)
        && !(request instanceof TaskRequest.UnsealPiece)) {
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
  static SectorStep filesChecked(
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
    return intact.get() || isSealedSince(idle.facts(), answered)
        ? SectorStep.only(new Reply(new Sector.Done(answered.task(), answered.result())))
        : ask(
            idle,
            answered.request(),
            answered.key(),
            "the files of " + answered.request().kind() + " are not what they were",
            now);
  }

  /**
   * Whether it is a piece that the sector was proved with: who asks for it now asks late, and its
   * data may have been released since.
   */
  private static boolean isSealedSince(SectorFacts facts, Answered answered) {
    return answered.request().kind() == TaskKind.ADD_PIECE
        && facts.answers().stream()
            .filter(other -> other.request().kind() == TaskKind.COMMIT_2)
            .anyMatch(proof -> proof.task().isNewerThan(answered.task()));
  }

  private static SectorStep ask(
      Known state, TaskRequest request, String key, String cause, Instant now) {
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
    return SectorStep.persist(state, events, List.of());
  }

  /** Whether the phase, or a later one, was begun before. */
  private static boolean goesBack(SectorFacts facts, TaskKind kind) {
    return kind.isPhase() && kind != TaskKind.ADD_PIECE && kind.compareTo(facts.phase()) <= 0;
  }

  /** An operator or a driver wants a task tried again. */
  static SectorStep retry(SectorState state, String by, Instant now) {
    if (!SectorTransitions.accepts(state, RetryRequested.class)) {
      return SectorStep.refuse(state.sector() + " has nothing to try again");
    }
    return SectorStep.persist(
        state, List.of(new RetryRequested(now, by)), List.of(new Reply(new Sector.Accepted())));
  }
}
