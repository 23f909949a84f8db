package io.selkie.sealing;

import static io.selkie.sealing.SealingSamples.AT;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.sealing.SealingTransitions.Row;
import io.selkie.storage.SealRecord.PhaseTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SealingTransitionsTest {
  private static final Set<Class<?>> FINAL = Set.of(SealingState.Removed.class);

  @Test
  void everyRowLeadsWhereItSaysAndNowhereElse() {
    for (Row row : SealingTransitions.rows()) {
      Set<Class<?>> reached = new HashSet<>();
      for (SealingState state : samplesOf(row.from())) {
        for (SealingEvent event : SealingSamples.eventsFor(state, row.event())) {
          reached.add(SealingTransitions.next(state, event).getClass());
        }
      }
      assertEquals(row.to(), reached, row::toString);
    }
  }

  @Test
  void anEventLeadsToOneState() {
    Set<List<Class<?>>> seen = new HashSet<>();
    for (Row row : SealingTransitions.rows()) {
      assertTrue(seen.add(List.of(row.from(), row.event())), row::toString);
    }
  }

  @Test
  void everyEventHasARow() {
    Set<Class<?>> events =
        SealingTransitions.rows().stream().map(Row::event).collect(Collectors.toSet());

    assertEquals(Set.of(SealingEvent.class.getPermittedSubclasses()), events);
    assertEquals(
        events, SealingSamples.events().stream().map(Object::getClass).collect(Collectors.toSet()));
  }

  @Test
  void everyStateIsReachedAndHasAnExit() {
    Set<Class<?>> states = kindsOf(SealingState.class);
    Set<Class<?>> reached = new HashSet<>(Set.of(SealingState.Undefined.class));
    Set<Class<?>> left = new HashSet<>(FINAL);
    for (Row row : SealingTransitions.rows()) {
      reached.addAll(row.to());
      left.add(row.from());
    }

    assertEquals(states, reached);
    assertEquals(states, left);
    assertEquals(
        states, SealingSamples.states().stream().map(Object::getClass).collect(Collectors.toSet()));
  }

  @Test
  void everyStateHasANameOfLotus() {
    Set<SealingStateName> names = new HashSet<>();
    for (SealingState state : SealingSamples.states()) {
      names.add(SealingStateName.of(state.getClass()));
    }

    assertEquals(Set.of(SealingStateName.values()), names);
  }

  @Test
  void whatHasNoRowIsRefused() {
    SealingState waiting = SealingSamples.step(SealingState.WaitSeed.class);
    SealingEvent proven = new SealingEvent.SectorProven(AT, 1);

    String refusal =
        assertThrows(IllegalStateException.class, () -> SealingTransitions.next(waiting, proven))
            .getMessage();

    assertEquals("SectorProven may not happen in WaitSeed", refusal);
  }

  @Test
  void aRefusedMessageIsNotSentAgainButOneWhoseFateIsUnknownIs() {
    SealingState sending = SealingSamples.step(SealingState.CommitWait.class);

    assertInstanceOf(SealingState.SubmitCommit.class, failedAndRetried(sending, false));
    assertEquals(
        SealingSamples.MESSAGE,
        assertInstanceOf(SealingState.CommitWait.class, failedAndRetried(sending, true)).message());
  }

  private static SealingState failedAndRetried(SealingState state, boolean aborted) {
    SealingState failed =
        SealingTransitions.next(
            state,
            SealingPlan.stepFailed(
                state, aborted ? SealingSamples.ABORTED : SealingSamples.FAILURE, AT));
    return SealingTransitions.next(
        failed, SealingPlan.retried((SealingState.Failed) failed, "operator", AT));
  }

  @Test
  void anEventThatMayLeadToSeveralStatesNamesTheOne() {
    for (SealingState.Active step : SealingSamples.STEPS) {
      SealingEvent.StepFailed failed =
          (SealingEvent.StepFailed) SealingPlan.stepFailed(step, SealingSamples.FAILURE, AT);
      SealingState after = SealingTransitions.next(step, failed);
      assertEquals(SealingStateName.of(after.getClass()), failed.to());

      SealingEvent.Retried retried =
          (SealingEvent.Retried) SealingPlan.retried((SealingState.Failed) after, "operator", AT);
      SealingState again = SealingTransitions.next(after, retried);
      assertEquals(SealingStateName.of(again.getClass()), retried.to());
    }
  }

  @Test
  void phasesAreTimedAndARepeatedOneCountsOnce() {
    SealingState state = SealingSamples.step(SealingState.PreCommit2.class);
    state =
        SealingTransitions.next(
            state,
            new SealingEvent.SteppedBack(
                AT.plusSeconds(5), SealingStateName.PRE_COMMIT_1, SealingSamples.REDO));
    for (long seconds : new long[] {7, 9}) {
      state =
          SealingTransitions.next(
              state,
              new SealingEvent.PreCommit1Done(
                  AT.plusSeconds(seconds), SealingSamples.LABELS, SealingSamples.COMM_D));
      Course course = ((SealingState.Known) state).course();
      assertEquals(
          List.of(new PhaseTime("PreCommit1", Duration.ofSeconds(2).toMillis())), course.phases());
      assertEquals(seconds == 7 ? 1 : 2, course.stepsBack());
      state =
          SealingTransitions.next(
              state,
              new SealingEvent.SteppedBack(
                  AT.plusSeconds(seconds), SealingStateName.PRE_COMMIT_1, SealingSamples.REDO));
    }
  }

  @Test
  void aRetryByHandForgetsHowOftenTheSectorWentBack() {
    SealingState state =
        SealingTransitions.next(
            SealingSamples.step(SealingState.Commit2.class),
            new SealingEvent.SteppedBack(AT, SealingStateName.COMMITTING, SealingSamples.REDO));
    assertEquals(1, ((SealingState.Known) state).course().stepsBack());

    assertEquals(0, ((SealingState.Known) failedAndRetried(state, false)).course().stepsBack());
  }

  @Test
  void everyKnownStateCanBeRemoved() {
    assertAll(
        SealingSamples.states().stream()
            .filter(
                state ->
                    state instanceof SealingState.Known
                        && !(state instanceof SealingState.Removing)
                        && !(state instanceof SealingState.RemoveFailed)
                        && !(state instanceof SealingState.Removed))
            .map(
                state ->
                    () ->
                        assertTrue(
                            SealingTransitions.accepts(
                                state, new SealingEvent.RemovalRequested(AT, "operator")),
                            state::toString)));
  }

  private static List<SealingState> samplesOf(Class<? extends SealingState> type) {
    return SealingSamples.states().stream().filter(state -> state.getClass() == type).toList();
  }

  /** The records below a sealed interface. */
  private static Set<Class<?>> kindsOf(Class<?> sealed) {
    List<Class<?>> kinds = new ArrayList<>();
    for (Class<?> child : sealed.getPermittedSubclasses()) {
      kinds.addAll(child.isSealed() ? kindsOf(child) : Arrays.asList(child));
    }
    return new HashSet<>(kinds);
  }
}
