package io.selkie.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.sector.SectorEvent;
import io.selkie.simulation.Simulation.Outcome;
import io.selkie.worker.JobTable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many lives of a small farm: one to four hosts, of which some only prove, some prove not and some
 * are slow, one to three sectors and their drivers, in which messages are lost, doubled and
 * overtaken, events are not written, provers fail and hang, and hosts are cut off, given up by the
 * cluster, burn down, are cordoned and drained, and nodes, hosts, workers, sectors, schedulers and
 * provers die at any moment, also between any two effects. After a while nothing goes wrong any
 * more. The rules are those of production; the surroundings are the test's. Whatever happens:
 *
 * <ol>
 *   <li>Every driver comes to an end: its sector is sealed, or has failed or was removed and says
 *       why. No sector waits or runs for ever.
 *   <li>No sector ever has two provers at work, on one host or on two.
 *   <li>No host has more provers of a phase at work than it has slots, nor more in all, on more
 *       devices or with more memory than it may.
 *   <li>No phase is completed twice in a generation, unless the attempt that completed it first is
 *       recorded as failed or stopped. Completed: the prover wrote its result.
 *   <li>What a sector has in memory is what its journal leads to, and the table accepts every
 *       journal.
 *   <li>A sector journals one result for a task, the one that the prover of that very attempt
 *       wrote, and it tells that one and no other, and only who asked for such a task. Nobody hears
 *       that a task failed which gave a result.
 *   <li>In the end no job directory is left on any host, and no slot is occupied at the scheduler.
 *   <li>A task is told to be done only when its journal has it.
 *   <li>A task that failed is not given to a host again before its wait is over.
 *   <li>What works on a sector's files runs where they are and nowhere else, and a Commit2 begins
 *       only where it has its input.
 *   <li>A sector gives its files up only by the operator's word that their host is off.
 *   <li>No host gets what its operator does not want it to have, whoever schedules.
 *   <li>What a sector leaves behind where it was is deleted only when its journal names a whole
 *       copy elsewhere.
 *   <li>A sector moves once for want of a phase in a generation: not back and forth.
 * </ol>
 *
 * <p>{@code -Dselkie.simulation.seed=N} runs one seed with a longer trace, {@code
 * -Dselkie.simulation.seeds=N} the first so many.
 */
class SimulationTest {
  private static final List<String> EDGES =
      List.of("before-persist", "after-persist", "after-effect", "before-acknowledgement");

  private static final Set<String> OTHER_PLACES =
      Set.of(
          "job.before-durable",
          "job.after-durable",
          "prover.before-start",
          "prover.after-start",
          "removal.before-job",
          "removal.after-job",
          "removal.before-rest",
          "removal.after-rest",
          "stop.before-effect",
          "remove.before-effect",
          "discard.before-effect",
          "discard.after-effect",
          "scheduler.before-Assigned",
          "scheduler.before-MoveWanted",
          "recovered.before-Submit",
          "recovered.before-Tell",
          "recovered.before-Withdraw");

  private static final int SEEDS = 10_000;
  private static final int SHOWN = 3;
  private static final int SHORT_TRACE = 40;
  private static final int LONG_TRACE = 1_000;

  /** In so many seeds every defect shows. */
  private static final long SEEDS_FOR_A_DEFECT = 5_000;

  private static final long AT_ONCE = 64;

  @Test
  void whateverHappensTheInvariantsHold() {
    Optional<Long> one = Optional.ofNullable(Long.getLong("selkie.simulation.seed"));
    if (one.isPresent()) {
      Outcome outcome = Simulation.run(one.get(), Defect.NONE, LONG_TRACE);
      assertTrue(outcome.isFine(), outcome::describe);
      return;
    }
    int seeds = Integer.getInteger("selkie.simulation.seeds", SEEDS);
    List<Outcome> outcomes = run(Defect.NONE, 1, seeds);

    List<Outcome> wrong = outcomes.stream().filter(outcome -> !outcome.isFine()).toList();
    assertEquals(List.of(), wrong.stream().map(Outcome::seed).toList(), () -> explain(wrong));
    if (seeds >= SEEDS) {
      nodesWereKilledEverywhere(outcomes);
    }
  }

  private static List<Outcome> run(Defect defect, long first, long seeds) {
    return LongStream.range(first, first + seeds)
        .parallel()
        .mapToObj(seed -> Simulation.run(seed, defect, 0))
        .toList();
  }

  private static String explain(List<Outcome> wrong) {
    return wrong.stream()
        .limit(SHOWN)
        .map(outcome -> Simulation.run(outcome.seed(), Defect.NONE, SHORT_TRACE).describe())
        .collect(Collectors.joining("\n\n", "\n\n", "\n\nAll of them:"));
  }

  /** What was never cut in two was never tested. */
  private static void nodesWereKilledEverywhere(List<Outcome> outcomes) {
    Set<String> places = new TreeSet<>();
    outcomes.stream()
        .flatMap(outcome -> outcome.crashes().stream())
        .map(
            place ->
                place.replaceFirst("^(AddPiece|PreCommit.|Commit.|Finalize|Move|Release)[.]", ""))
        .forEach(places::add);
    Set<String> expected = new TreeSet<>(OTHER_PLACES);
    for (Class<?> event : SectorEvent.class.getPermittedSubclasses()) {
      // Those two come before another event of the same step.
      if (event != SectorEvent.SectorAdopted.class && event != SectorEvent.GenerationBegan.class) {
        EDGES.forEach(place -> expected.add(event.getSimpleName() + "." + place));
      }
    }
    for (Class<?> effect : JobTable.Effect.class.getPermittedSubclasses()) {
      expected.add("worker.before-" + effect.getSimpleName());
    }
    expected.removeAll(places);
    assertEquals(Set.of(), expected, "places where nobody was killed");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aDefectIsNoticed(Defect defect) {
    boolean noticed = false;
    for (long seed = 1; seed <= SEEDS_FOR_A_DEFECT && !noticed; seed += AT_ONCE) {
      noticed =
          run(defect, seed, AT_ONCE).stream()
              .flatMap(outcome -> outcome.violation().stream())
              .anyMatch(violation -> violation.invariant() == defect.invariant());
    }
    assertTrue(noticed, () -> "no seed shows that invariant " + defect.invariant() + " is broken");
  }

  @Test
  void everyInvariantIsBrokenByADefect() {
    assertEquals(
        Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
        Arrays.stream(Defect.values())
            .filter(defect -> defect != Defect.NONE)
            .map(Defect::invariant)
            .collect(Collectors.toSet()));
  }

  @Test
  void aSeedIsAlwaysTheSameCourseOfEvents() {
    for (long seed = 1; seed <= 20; seed++) {
      Outcome once = Simulation.run(seed, Defect.NONE, 0);
      Outcome again = Simulation.run(seed, Defect.NONE, SHORT_TRACE);
      assertEquals(once.digest(), again.digest());
      assertEquals(once.crashes(), again.crashes());
    }
  }
}
