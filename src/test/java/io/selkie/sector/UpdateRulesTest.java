package io.selkie.sector;

import static io.selkie.sector.SectorSamples.HOST;
import static io.selkie.sector.SectorSamples.NOW;
import static io.selkie.sector.SectorSamples.RETRIES;
import static io.selkie.sector.SectorSamples.SECTOR;
import static io.selkie.sector.SectorSamples.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Updates of sealed sectors (SnapDeals). */
class UpdateRulesTest {
  private static final TaskKind[] UPDATE = {
    TaskKind.REPLICA_UPDATE,
    TaskKind.PROVE_REPLICA_UPDATE_1,
    TaskKind.PROVE_REPLICA_UPDATE_2,
    TaskKind.FINALIZE_REPLICA_UPDATE
  };

  private SectorState state = new SectorState.Unknown(SECTOR);
  private SectorStep last = SectorStep.nothing();

  private void take(SectorStep step) {
    state = SectorTransitions.after(state, step.events());
    last = step;
  }

  private void ask(TaskKind kind, int mark) {
    take(DriverRules.perform(state, request(kind, mark), NOW));
  }

  private void does(int mark, TaskKind... kinds) {
    for (TaskKind kind : kinds) {
      ask(kind, mark);
      SectorState.Waiting waiting = assertInstanceOf(SectorState.Waiting.class, state);
      take(PlacementRules.assigned(state, waiting.task().id(), HOST, false, NOW));
      SectorState.Running running = assertInstanceOf(SectorState.Running.class, state);
      TaskId.Attempt attempt = running.task().id().attempt(running.assignment().attempt());
      take(new ReportRules(RETRIES).report(state, SectorSamples.succeeded(attempt), NOW));
    }
  }

  private void isSealed() {
    does(1, SectorSamples.PHASES.toArray(TaskKind[]::new));
  }

  private SectorFacts facts() {
    return assertInstanceOf(SectorState.Known.class, state).facts();
  }

  private List<TaskKind> answered() {
    return facts().answers().stream().map(answered -> answered.request().kind()).toList();
  }

  @Test
  void aSealedSectorIsUpdatedAndStaysSealed() {
    isSealed();
    does(2, TaskKind.ADD_PIECE);
    does(2, UPDATE);

    assertInstanceOf(SectorState.Idle.class, state);
    assertEquals(TaskKind.FINALIZE, facts().phase());
    assertTrue(facts().phaseDone());
    assertEquals(1, facts().generation());
    assertEquals(Optional.of(HOST), facts().filesOn());
  }

  @Test
  void aSectorThatOthersSealedIsUpdatedHere() {
    ask(TaskKind.REPLICA_UPDATE, 1);

    assertEquals(
        List.of("SectorAdopted", "TaskRequested"),
        last.events().stream().map(event -> event.getClass().getSimpleName()).toList());
    assertEquals(TaskKind.FINALIZE, facts().phase());
    assertTrue(facts().phaseDone());
  }

  /** The miner added the data here; the sealed sector is elsewhere. */
  @Test
  void aSectorOfWhichOnlyTheDataIsHereIsUpdated() {
    does(1, TaskKind.ADD_PIECE);
    does(1, UPDATE);

    assertInstanceOf(SectorState.Idle.class, state);
  }

  @Test
  void theSameStepIsAnsweredFromItsKeptResult() {
    isSealed();
    does(2, UPDATE);
    ask(TaskKind.PROVE_REPLICA_UPDATE_1, 2);

    SectorEffect.CheckFiles check =
        assertInstanceOf(SectorEffect.CheckFiles.class, last.effects().get(0));
    assertEquals(TaskKind.PROVE_REPLICA_UPDATE_1, check.answered().request().kind());
  }

  @Test
  void otherDataMakesVoidWhatTheUpdateGaveAndNothingElse() {
    isSealed();
    List<TaskKind> sealed = answered();
    does(2, UPDATE);
    ask(TaskKind.REPLICA_UPDATE, 3);

    assertEquals(sealed, answered());
  }

  @Test
  void aNewPieceMakesVoidWhatTheUpdateGave() {
    isSealed();
    List<TaskKind> sealed = answered();
    does(2, UPDATE);
    ask(TaskKind.ADD_PIECE, 3);

    assertEquals(sealed, answered());
    assertEquals(TaskKind.FINALIZE, facts().phase());
  }

  private void askForAPieceThatIsGone(int mark) {
    ask(TaskKind.ADD_PIECE, mark);
    SectorEffect.CheckFiles check =
        assertInstanceOf(SectorEffect.CheckFiles.class, last.effects().get(0));
    take(DriverRules.filesChecked(state, check.answered(), Optional.of(false), NOW));
  }

  /** A call that a kill kept from its answer comes back after another one has led to the proof. */
  @Test
  void aPieceThatTheSectorWasProvedWithIsNotAddedAgain() {
    isSealed();

    askForAPieceThatIsGone(1);

    assertInstanceOf(SectorState.Idle.class, state);
    assertInstanceOf(SectorEffect.Reply.class, last.effects().get(0));
  }

  @Test
  void aPieceOfAnUpdateIsAddedAgainIfItIsGone() {
    isSealed();
    does(2, TaskKind.ADD_PIECE);

    askForAPieceThatIsGone(2);

    assertInstanceOf(SectorState.Waiting.class, state);
  }

  @Test
  void theGrothProofRunsOnAnyHostAndReadsWhereTheFirstProofWasMade() {
    isSealed();
    does(2, TaskKind.REPLICA_UPDATE, TaskKind.PROVE_REPLICA_UPDATE_1);
    ask(TaskKind.PROVE_REPLICA_UPDATE_2, 2);
    SectorState.Waiting waiting = assertInstanceOf(SectorState.Waiting.class, state);
    assertEquals(Optional.of(HOST), PlacementRules.runsOn(waiting));

    HostId other = SectorSamples.OTHER_HOST;
    take(PlacementRules.assigned(state, waiting.task().id(), other, false, NOW));

    SectorState.Running running = assertInstanceOf(SectorState.Running.class, state);
    assertEquals(other, running.assignment().host());
    assertEquals(Optional.of(HOST), PlacementRules.inputsOn(running));
    assertEquals(Optional.of(HOST), running.filesOn());
  }
}
