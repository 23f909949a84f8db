package io.selkie.sealing;

import static io.selkie.sealing.SealingSamples.AT;
import static io.selkie.sealing.SealingSamples.SECTOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.selkie.chain.Chain;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Seed;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskKind;
import io.selkie.sealing.SealingTransitions.Row;
import io.selkie.sector.Sector;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The driver's rules and effects under a random world: the node dies at any point, answers are
 * lost, the chain refuses, is out of reach or changes its mind, tasks fail. A failure names its
 * seed.
 *
 * <p>Invariants: (1) what was persisted gives the same state again; (2) one proof has an effect,
 * and one pre-commit more than the chain lost; (3) once the world is kind, the sector ends proving;
 * (4) its proof is of the seed that it knows; (5) the record of the seal is there when the sector
 * is proving.
 */
class SealingSimulationTest {
  private static final List<TaskKind> PHASES =
      Arrays.stream(TaskKind.values()).filter(TaskKind::isPhase).toList();
  private static final List<TaskKind> FAILING =
      Arrays.stream(TaskKind.values())
          .filter(kind -> kind.isPhase() || kind.isMove())
          .filter(kind -> kind != TaskKind.MOVE)
          .toList();
  private static final List<Failure.Action> ACTIONS = List.of(Failure.Action.values());
  private static final int SEEDS = 1000;
  private static final int WILD_STEPS = 60;
  private static final int KIND_STEPS = 200;
  private static final SealingSettings SETTINGS =
      new SealingSettings(
          900,
          6,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          3,
          Duration.ofSeconds(10));

  @TempDir Path temp;

  @Test
  void everySectorEndsProvingWhateverHappenedBefore() throws IOException {
    SectorFiles files = new SectorFiles(temp, SECTOR);
    files.createDirectories();
    Set<String> rows = new HashSet<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      try {
        new World(seed, files, rows, Defect.NONE).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertEquals(Set.of(), rowsLeftOut(rows));
  }

  /** A defect of each kind is met by some seed: else the invariants would prove nothing. */
  @ParameterizedTest
  @EnumSource(value = Defect.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aDefectIsFound(Defect defect) throws IOException {
    SectorFiles files = new SectorFiles(temp, SECTOR);
    files.createDirectories();
    for (int seed = 1; seed <= SEEDS; seed++) {
      try {
        new World(seed, files, new HashSet<>(), defect).run();
      } catch (AssertionError | RuntimeException | IOException found) {
        return;
      }
    }
    fail("no seed of " + SEEDS + " finds " + defect);
  }

  private enum Defect {
    NONE,
    /** A message gets a new id each time that it is sent. */
    FORGETS_ITS_MESSAGE,
    /** A message is sent without a look whether it is on chain already. */
    DOES_NOT_LOOK,
    /** A seed that changed is not noticed. */
    KEEPS_THE_SEED,
    /** Finalized is persisted before the record is written. */
    FORGETS_THE_RECORD,
    /** A step begins before its event is persisted. */
    ACTS_BEFORE_IT_WRITES
  }

  /**
   * The world must be wild enough to take every row but those of removal, and that of a proof which
   * somebody else had sent.
   */
  private static Set<String> rowsLeftOut(Set<String> taken) {
    Set<String> left = new HashSet<>();
    for (Row row : SealingTransitions.rows()) {
      boolean ending =
          row.event() == SealingEvent.RemovalRequested.class
              || row.event() == SealingEvent.SectorRemoved.class
              || row.event() == SealingEvent.GivenUp.class
              || row.from() == SealingState.Removing.class
              || row.from() == SealingState.RemoveFailed.class;
      boolean foreign =
          row.from() == SealingState.SubmitCommit.class
              && row.event() == SealingEvent.SectorProven.class;
      String name = row.from().getSimpleName() + " " + row.event().getSimpleName();
      if (!ending && !foreign && !taken.contains(name)) {
        left.add(name);
      }
    }
    return left;
  }

  /** One life of a sector. */
  private static final class World {
    private final Random random;
    private final Set<String> rows;
    private final Defect defect;
    private final SectorFiles files;
    private final ScriptedTasks tasks = new ScriptedTasks();
    private final ScriptedChain chain = new ScriptedChain();
    private final SealingEffects effects;
    private final List<SealingEvent> journal = new ArrayList<>();
    private SealingState state = new SealingState.Undefined(SECTOR);

    World(long seed, SectorFiles files, Set<String> rows, Defect defect) {
      this.random = new Random(seed);
      this.rows = rows;
      this.defect = defect;
      this.files = files;
      this.effects =
          new SealingEffects(
              new SealingSector.Surroundings(
                  tasks,
                  chain,
                  SealFiles.here(sector -> files, Runnable::run),
                  SETTINGS,
                  () -> AT,
                  () -> true,
                  (size, request) -> CompletableFuture.failedStage(new AssertionError()),
                  sector -> {}));
    }

    void run() throws IOException {
      Files.deleteIfExists(files.seal());
      persist(SealingSamples.sample(SealingEvent.SectorBegun.class));
      for (int i = 0; i < WILD_STEPS; i++) {
        beWild();
        step(chance(20));
      }
      beKind();
      for (int i = 0; i < KIND_STEPS && !(state instanceof SealingState.Stored); i++) {
        chain.pass(1);
        step(false);
      }
      checkTheEnd();
    }

    private void beWild() {
      chain.pass(random.nextInt(4));
      chain.loseAnswers(chance(10));
      chain.landAfter(random.nextInt(4));
      if (chance(10)) {
        chain.outOfReach(1);
      }
      if (chance(3)) {
        chain.refuseNext("gas");
      }
      if (chance(2)) {
        chain.reorganise(Seed.ofHex("c%d".formatted(random.nextInt(10)).repeat(32)));
      }
      if (chance(1)) {
        chain.forget(SECTOR);
      }
      if (chance(1)) {
        chain.pass(4000); // the ticket is old now
      }
      if (chance(5)) {
        TaskKind kind = any(FAILING);
        Failure.Action action = any(ACTIONS);
        tasks.fail(kind, SealingSamples.failure(action, code(kind, action)));
      }
      if (chance(5)) {
        tasks.answer(any(PHASES), new Sector.Refused("busy", false));
      }
      if (chance(2)
          && state instanceof SealingState.Active
          && !(state instanceof SealingState.Removing)) {
        persist(SealingPlan.stepFailed(state, SealingSamples.ABORTED, AT));
      }
    }

    private static String code(TaskKind kind, Failure.Action action) {
      return kind == TaskKind.RELEASE && action != Failure.Action.ABANDON ? "no_copy" : "bad_luck";
    }

    private void beKind() {
      chain.loseAnswers(false);
      chain.outOfReach(0);
      chain.forgetRefusals();
      tasks.forgetAnswers();
    }

    private <T> T any(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    private boolean chance(int percent) {
      return random.nextInt(100) < percent;
    }

    /** What a driver does once; where it dies, what it had not persisted is lost. */
    private void step(boolean dies) {
      if (state instanceof SealingState.Failed failed) {
        persist(SealingPlan.retried(failed, "operator", AT));
        return;
      }
      if (state instanceof SealingState.NotTransferred) {
        persist(new SealingEvent.TransferRetried(AT, "operator"));
        return;
      }
      SealingStep step = SealingPlan.step(state);
      if (step instanceof SealingStep.Rest) {
        return;
      }
      boolean beforeTheEffect = dies && random.nextBoolean();
      if (beforeTheEffect) {
        restart();
        return;
      }
      Optional<SealingOutcome> outcome = outcomeOf(withDefect(step));
      if (dies) {
        restart();
        return;
      }
      outcome
          .filter(ended -> !(ended instanceof SealingOutcome.NotYet))
          .filter(ended -> !(ended instanceof SealingOutcome.Settled))
          .ifPresent(ended -> persist(SealingPlan.decide(state, ended, SETTINGS.stepsBack(), AT)));
    }

    private SealingStep withDefect(SealingStep step) {
      if (defect == Defect.FORGETS_ITS_MESSAGE && step instanceof SealingStep.SendPreCommit send) {
        return new SealingStep.SendPreCommit(UUID.randomUUID(), send.preCommit());
      }
      if (defect == Defect.FORGETS_THE_RECORD && step instanceof SealingStep.Finish finish) {
        return new SealingStep.RunTask(finish.request());
      }
      return step;
    }

    private Optional<SealingOutcome> outcomeOf(SealingStep step) {
      boolean blind =
          (defect == Defect.DOES_NOT_LOOK && step instanceof SealingStep.LookForPreCommit)
              || (defect == Defect.KEEPS_THE_SEED && step instanceof SealingStep.LookForProof);
      if (blind) {
        return Optional.of(new SealingOutcome.ReadyToSend(UUID.randomUUID()));
      }
      try {
        return Optional.of(effects.run(SECTOR, step).toCompletableFuture().join());
      } catch (CompletionException e) {
        assertInstanceOf(IOException.class, e.getCause());
        return Optional.empty();
      }
    }

    private void persist(SealingEvent event) {
      rows.add(state.getClass().getSimpleName() + " " + event.getClass().getSimpleName());
      state = SealingTransitions.next(state, event);
      journal.add(event);
      assertFalse(
          event instanceof SealingEvent.StepFailed failed
              && failed.failure().code().equals("unexpected"),
          event::toString);
    }

    private void restart() {
      SealingState replayed = new SealingState.Undefined(SECTOR);
      boolean lost = defect == Defect.ACTS_BEFORE_IT_WRITES && journal.size() > 1;
      if (lost) {
        journal.remove(journal.size() - 1);
      }
      for (SealingEvent event : journal) {
        replayed = SealingTransitions.next(replayed, event);
      }
      assertTrue(lost || state.equals(replayed), "another state after a restart");
      state = replayed;
    }

    private void checkTheEnd() throws IOException {
      SealingState.Stored proving = assertInstanceOf(SealingState.Stored.class, state);
      // One for the proof, one for the pre-commit, one more for each that the chain lost.
      assertEquals(2 + chain.forgotten(), chain.messages());
      assertEquals(0, chain.twice(), "a number was pre-committed twice");
      Chain.SectorOnChain sector =
          chain.sectorOf(SECTOR).toCompletableFuture().join().orElseThrow();
      assertEquals(sector.activation(), proving.facts().epoch());
      assertEquals(
          Bytes.of(proving.facts().proved().seeded().seed().bytes().toByteArray()),
          proving.facts().proved().proof().bytes());
      assertEquals(
          Optional.of(proving.facts().proved().proof()), SealRecord.read(files.seal()).proof());
    }
  }
}
