package io.selkie.scheduler;

import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final HostId A = new HostId("a");
  private static final HostId B = new HostId("b");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private static Placement.Waiting waits(TaskId task) {
    return waits(task, NOON, Optional.empty());
  }

  private static Placement.Waiting waits(TaskId task, HostId filesOn) {
    return waits(task, NOON, Optional.of(filesOn));
  }

  private static Placement.Waiting waits(TaskId task, Instant since, Optional<HostId> filesOn) {
    return new Placement.Waiting(
        task, Optional.of(TestTasks.TYPE), since, filesOn, Placement.Urgency.NONE);
  }

  private static Placement.Host host(HostId host, Map<TaskKind, Integer> slots) {
    return new Placement.Host(host, TestLimits.slots(slots), List.of(), Optional.empty());
  }

  private static Placement.Host oneOfEach(HostId host) {
    Map<TaskKind, Integer> slots = new HashMap<>();
    Arrays.stream(TaskKind.values()).filter(TaskKind::isPooled).forEach(kind -> slots.put(kind, 1));
    return host(host, slots);
  }

  private static Placement.Held given(TaskId task, HostId host) {
    return new Placement.Held(task, Optional.of(TestTasks.TYPE), host, true);
  }

  private static Placement.Held job(TaskId task, HostId host) {
    return new Placement.Held(task, Optional.of(TestTasks.TYPE), host, false);
  }

  /** Nothing runs on either, but what is on a host will: a sector stays where it begins. */
  @Test
  void aSectorBeginsWhereFewerAre() {
    Map<TaskKind, Integer> slots = Map.of(TaskKind.ADD_PIECE, 1, TaskKind.PRE_COMMIT_1, 4);
    HostSector one =
        new HostSector(
            task(7, 1, TaskKind.ADD_PIECE).sector(),
            TestTasks.TYPE,
            HostSector.Presence.SEALING,
            false);
    Placement.Host busy =
        new Placement.Host(A, TestLimits.slots(slots), List.of(one), Optional.empty());
    TaskId begins = task(8, 1, TaskKind.ADD_PIECE);

    assertEquals(
        List.of(new Placement.Assignment(begins, B)),
        Placement.decide(List.of(waits(begins)), List.of(busy, host(B, slots)), List.of())
            .assignments());
  }

  @Test
  void givesAFreeSlotToATask() {
    TaskId task = task(1, 1, TaskKind.ADD_PIECE);

    Placement.Decision decision =
        Placement.decide(List.of(waits(task)), List.of(oneOfEach(A)), List.of());

    assertEquals(List.of(new Placement.Assignment(task, A)), decision.assignments());
    assertEquals(Map.of(), decision.reasons());
  }

  @Test
  void ofOnePhaseTheNearestDeadlineGoesFirst() {
    TaskId none = task(1, 2, TaskKind.PRE_COMMIT_1);
    TaskId far = task(2, 2, TaskKind.PRE_COMMIT_1);
    TaskId near = task(3, 2, TaskKind.PRE_COMMIT_1);

    Placement.Decision decision =
        Placement.decide(
            List.of(
                waits(none),
                lostAfter(far, NOON.plusSeconds(3600)),
                lostAfter(near, NOON.plusSeconds(60))),
            List.of(oneOfEach(A)),
            List.of());

    assertEquals(List.of(new Placement.Assignment(near, A)), decision.assignments());
  }

  private static Placement.Waiting lostAfter(TaskId task, Instant deadline) {
    return new Placement.Waiting(
        task,
        Optional.of(TestTasks.TYPE),
        NOON,
        Optional.empty(),
        new Placement.Urgency(Optional.of(deadline), false));
  }

  @Test
  void aFullPoolMakesATaskWait() {
    TaskId task = task(2, 2, TaskKind.PRE_COMMIT_1);

    assertEquals(
        "waits for a free PreCommit1 slot on host a (1 of 1 in use; selkie.parallel.precommit1)",
        reason(
            waits(task, A),
            List.of(oneOfEach(A), oneOfEach(B)),
            given(task(1, 2, TaskKind.PRE_COMMIT_1), A)));
  }

  @Test
  void aTaskWithoutFilesGoesWhereThereIsRoom() {
    TaskId task = task(2, 1, TaskKind.ADD_PIECE);

    Placement.Decision decision =
        Placement.decide(
            List.of(waits(task)),
            List.of(oneOfEach(A), oneOfEach(B)),
            List.of(given(task(1, 1, TaskKind.ADD_PIECE), A)));

    assertEquals(List.of(new Placement.Assignment(task, B)), decision.assignments());
  }

  @Test
  void twoFullHostsAreCountedTogether() {
    assertEquals(
        "waits for a free AddPiece slot on host a (1 of 1 in use; selkie.parallel.addpiece);"
            + " 1 other host has no room either",
        reason(
            waits(task(3, 1, TaskKind.ADD_PIECE)),
            List.of(oneOfEach(A), oneOfEach(B)),
            given(task(1, 1, TaskKind.ADD_PIECE), A),
            given(task(2, 1, TaskKind.ADD_PIECE), B)));
  }

  @Test
  void filesStayWhereTheyAre() {
    assertEquals(
        "its files are on host b, which has not announced itself",
        reason(waits(task(1, 2, TaskKind.COMMIT_1), B), List.of(oneOfEach(A))));
  }

  private static Placement.Host serving(HostId id, HostMode mode, Map<TaskKind, Integer> slots) {
    return new Placement.Host(id, TestLimits.slots(slots), List.of(), Optional.empty(), mode, true);
  }

  @Test
  void aCommit2GoesToAHostThatOnlyProves() {
    TaskId task = task(1, 5, TaskKind.COMMIT_2);
    Placement.Host files = serving(A, HostMode.OPEN, oneOfEach(A).limits().slots());
    Placement.Host prover = serving(B, HostMode.OPEN, Map.of(TaskKind.COMMIT_2, 1));

    assertEquals(
        List.of(new Placement.Assignment(task, B)),
        Placement.decide(List.of(waits(task, A)), List.of(files, prover), List.of()).assignments());
  }

  @Test
  void aCommit2WaitsForTheHostThatHasItsInput() {
    TaskId task = task(1, 5, TaskKind.COMMIT_2);

    Placement.Decision decision =
        Placement.decide(
            List.of(waits(task, B)),
            new Placement.Farm(
                List.of(oneOfEach(A)), Map.of(B, "which is silent since noon"), List.of()),
            Set.of());

    assertEquals(
        Map.of(task, "the output of Commit1 is on host b, which is silent since noon"),
        decision.reasons());
  }

  @Test
  void aCordonedHostGoesOnWithItsOwnSectorsAlone() {
    Placement.Host cordoned = serving(A, HostMode.CORDONED, oneOfEach(A).limits().slots());
    TaskId own = task(1, 3, TaskKind.PRE_COMMIT_2);
    TaskId other = task(2, 1, TaskKind.ADD_PIECE);
    TaskId visitor = task(3, 5, TaskKind.COMMIT_2);

    Placement.Decision decision =
        Placement.decide(
            List.of(waits(own, A), waits(other), waits(visitor)), List.of(cordoned), List.of());

    assertEquals(List.of(new Placement.Assignment(own, A)), decision.assignments());
    assertEquals(
        Map.of(
            other, "host a is cordoned; selkie hosts uncordon a ends that",
            visitor, "host a is cordoned; selkie hosts uncordon a ends that"),
        decision.reasons());
  }

  @Test
  void aHostThatIsDrainedOfPhasesBeginsNothingAndMovesFilesAway() {
    Placement.Host drained = serving(A, HostMode.DRAINING_PHASES, oneOfEach(A).limits().slots());
    TaskId phase = task(1, 3, TaskKind.PRE_COMMIT_2);
    TaskId transfer = task(2, 8, TaskKind.TRANSFER);

    Placement.Decision decision =
        Placement.decide(List.of(waits(phase, A), waits(transfer, A)), List.of(drained), List.of());

    assertEquals(List.of(new Placement.Assignment(transfer, A)), decision.assignments());
    assertEquals(
        Map.of(phase, "host a is drained and begins nothing; selkie hosts uncordon a ends that"),
        decision.reasons());
  }

  @Test
  void aSectorBeginsOnlyWhereItCanGoItsWay() {
    TaskId task = task(1, 1, TaskKind.ADD_PIECE);
    Placement.Host part = host(A, Map.of(TaskKind.ADD_PIECE, 9, TaskKind.PRE_COMMIT_1, 9));

    assertEquals(
        List.of(new Placement.Assignment(task, B)),
        Placement.decide(List.of(waits(task)), List.of(part, oneOfEach(B)), List.of())
            .assignments());
  }

  @Test
  void aHostThatDoesNotOfferThePhaseOfItsFilesIsNamed() {
    assertEquals(
        "its files are on host b, which does not offer PreCommit2; it cannot move: host a takes no"
            + " sectors from others (selkie.transfer.host is not an address that the farm reaches)",
        reason(
            waits(task(1, 3, TaskKind.PRE_COMMIT_2), B),
            List.of(oneOfEach(A), host(B, Map.of(TaskKind.PRE_COMMIT_2, 0)))));
  }

  @Test
  void aPhaseThatNobodyOffersIsNamed() {
    assertEquals(
        "no host offers PreCommit2",
        reason(waits(task(1, 3, TaskKind.PRE_COMMIT_2)), List.of(host(A, Map.of()))));
  }

  @Test
  void withoutHostsTasksWait() {
    assertEquals(
        "no host has announced itself", reason(waits(task(1, 1, TaskKind.ADD_PIECE)), List.of()));
  }

  @Test
  void tasksBesideThePoolsAlwaysFit() {
    List<TaskId> tasks =
        List.of(
            task(1, 7, TaskKind.FINALIZE),
            task(2, 7, TaskKind.FINALIZE),
            task(3, 8, TaskKind.UNSEAL),
            task(4, 9, TaskKind.REMOVE));

    Placement.Decision decision =
        Placement.decide(
            tasks.stream().map(task -> waits(task, A)).toList(),
            List.of(host(A, Map.of())),
            List.of());

    assertEquals(tasks, decision.assignments().stream().map(Placement.Assignment::task).toList());
  }

  @Test
  void aSectorHasOneTaskAtATime() {
    assertEquals(
        "its sector still has PreCommit1 on host a",
        reason(
            waits(task(1, 3, TaskKind.PRE_COMMIT_2), A),
            List.of(oneOfEach(A)),
            given(task(1, 2, TaskKind.PRE_COMMIT_1), A)));
  }

  @Test
  void aJobOfTheSectorIsReplacedOnItsOwnHost() {
    TaskId task = task(1, 2, TaskKind.PRE_COMMIT_1);

    Placement.Decision decision =
        Placement.decide(
            List.of(waits(task), waits(task(2, 2, TaskKind.PRE_COMMIT_1))),
            List.of(oneOfEach(A)),
            List.of(job(task(1, 1, TaskKind.PRE_COMMIT_1), A)));

    assertEquals(List.of(new Placement.Assignment(task, A)), decision.assignments());
  }

  @Test
  void aJobOfTheSectorOnAnotherHostKeepsItFromStarting() {
    assertEquals(
        "its sector still has PreCommit1 on host b",
        reason(
            waits(task(1, 2, TaskKind.PRE_COMMIT_1), A),
            List.of(oneOfEach(A), oneOfEach(B)),
            job(task(1, 1, TaskKind.PRE_COMMIT_1), B)));
  }

  @Test
  void aJobOfAnotherSectorHoldsItsSlot() {
    assertEquals(
        "waits for a free PreCommit1 slot on host a (1 of 1 in use; selkie.parallel.precommit1)",
        reason(
            waits(task(1, 2, TaskKind.PRE_COMMIT_1)),
            List.of(oneOfEach(A)),
            job(task(2, 2, TaskKind.PRE_COMMIT_1), A)));
  }

  @Test
  void whatIsNearTheEndGoesFirstThenWhatIsOldest() {
    List<Placement.Waiting> waiting =
        List.of(
            waits(task(1, 1, TaskKind.ADD_PIECE)),
            waits(task(2, 2, TaskKind.PRE_COMMIT_1)),
            waits(task(3, 3, TaskKind.PRE_COMMIT_2)),
            waits(task(4, 4, TaskKind.COMMIT_1)),
            waits(task(5, 5, TaskKind.COMMIT_2)),
            waits(task(6, 5, TaskKind.COMMIT_2), NOON.minusSeconds(1), Optional.empty()),
            waits(task(7, 6, TaskKind.FINALIZE)));
    Map<TaskKind, Integer> slots = new HashMap<>(oneOfEach(A).limits().slots());
    slots.put(TaskKind.COMMIT_2, 2);

    Placement.Decision decision = Placement.decide(waiting, List.of(host(A, slots)), List.of());

    assertEquals(
        List.of(7L, 6L, 5L, 4L, 3L, 2L, 1L),
        decision.assignments().stream()
            .map(assignment -> assignment.task().sector().number())
            .toList());
  }

  @Test
  void theNearestDeadlineGoesFirstThenDeals() {
    List<Placement.Waiting> waiting =
        List.of(
            hurries(1, new Placement.Urgency(Optional.empty(), false)),
            hurries(2, new Placement.Urgency(Optional.empty(), true)),
            hurries(3, new Placement.Urgency(Optional.of(NOON.plusSeconds(9)), false)),
            hurries(4, new Placement.Urgency(Optional.of(NOON.plusSeconds(5)), false)));

    Placement.Decision decision =
        Placement.decide(waiting, List.of(host(A, Map.of(TaskKind.PRE_COMMIT_1, 4))), List.of());

    assertEquals(
        List.of(4L, 3L, 2L, 1L),
        decision.assignments().stream()
            .map(assignment -> assignment.task().sector().number())
            .toList());
  }

  private static Placement.Waiting hurries(long sector, Placement.Urgency urgency) {
    return new Placement.Waiting(
        task(sector, 2, TaskKind.PRE_COMMIT_1),
        Optional.of(TestTasks.TYPE),
        NOON,
        Optional.empty(),
        urgency);
  }

  private static String reason(
      Placement.Waiting waiting, List<Placement.Host> hosts, Placement.Held... held) {
    Placement.Decision decision = Placement.decide(List.of(waiting), hosts, Arrays.asList(held));
    assertEquals(List.of(), decision.assignments());
    return String.valueOf(decision.reasons().get(waiting.task()));
  }

  /** The newest task of each of some sectors waits; others have tasks or jobs here and there. */
  record Case(
      List<Placement.Waiting> waiting, List<Placement.Host> hosts, List<Placement.Held> held) {}

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<HostId> host = Arbitraries.of("a", "b", "c").map(HostId::new);
    Arbitrary<Placement.Host> announced =
        Combinators.combine(
                host,
                Arbitraries.maps(
                    Arbitraries.of(TaskKind.values()).filter(TaskKind::isPooled),
                    Arbitraries.integers().between(0, 3)))
            .as(PlacementTest::host);
    Arbitrary<Placement.Waiting> waiting =
        Combinators.combine(
                Arbitraries.longs().between(1, 12),
                Arbitraries.of(TaskKind.values()),
                Arbitraries.integers().between(0, 9),
                host.optional())
            .as(
                (sector, kind, age, filesOn) ->
                    waits(task(sector, 9, kind), NOON.plusSeconds(age), filesOn));
    Arbitrary<Placement.Held> held =
        Combinators.combine(
                Arbitraries.longs().between(1, 12),
                Arbitraries.integers().between(1, 8),
                Arbitraries.of(TaskKind.values()),
                host,
                Arbitraries.of(true, false))
            .as(
                (sector, task, kind, on, given) ->
                    new Placement.Held(
                        task(sector, task, kind), Optional.of(TestTasks.TYPE), on, given));
    return Combinators.combine(
            waiting.list().ofMaxSize(12).uniqueElements(one -> one.task().sector()),
            announced.list().ofMaxSize(3).uniqueElements(Placement.Host::id),
            held.list().ofMaxSize(8))
        .as(Case::new);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noTaskIsLost(@ForAll("cases") Case given) {
    Placement.Decision decision = Placement.decide(given.waiting(), given.hosts(), given.held());

    Set<TaskId> told = new HashSet<>(decision.reasons().keySet());
    for (Placement.Assignment assignment : decision.assignments()) {
      assertTrue(told.add(assignment.task()), "told twice: " + assignment);
    }
    assertEquals(
        new HashSet<>(given.waiting().stream().map(Placement.Waiting::task).toList()), told);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noPoolGetsMoreThanItsSlots(@ForAll("cases") Case given) {
    Placement.Decision decision = Placement.decide(given.waiting(), given.hosts(), given.held());

    for (Placement.Host host : given.hosts()) {
      for (TaskKind kind : TaskKind.values()) {
        List<TaskId> fresh =
            decision.assignments().stream()
                .filter(one -> one.host().equals(host.id()) && one.task().kind().pool() == kind)
                .map(Placement.Assignment::task)
                .toList();
        long kept =
            keptBy(decision, given.held()).stream()
                .filter(one -> one.host().equals(host.id()) && one.task().kind().pool() == kind)
                .count();
        int slots = host.limits().slots(kind);
        assertTrue(
            fresh.isEmpty() || !kind.isPooled() || fresh.size() + kept <= slots,
            () -> fresh + " beside " + kept + " with " + slots + " slots");
      }
    }
  }

  /** What still holds a slot after the decision: a new task replaces jobs of its sector. */
  private static List<Placement.Held> keptBy(
      Placement.Decision decision, Collection<Placement.Held> held) {
    return held.stream()
        .filter(
            one ->
                decision.assignments().stream()
                    .noneMatch(fresh -> fresh.task().sector().equals(one.task().sector())))
        .toList();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noSectorHasTwoTasksAtOnce(@ForAll("cases") Case given) {
    Placement.Decision decision = Placement.decide(given.waiting(), given.hosts(), given.held());

    for (Placement.Assignment fresh : decision.assignments()) {
      for (Placement.Held one : given.held()) {
        boolean replaced = !one.given() && one.host().equals(fresh.host());
        assertTrue(
            !one.task().sector().equals(fresh.task().sector()) || replaced,
            () -> fresh + " beside " + one);
      }
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void tasksGoToTheirFilesAndWaitOnlyForWhatIsNotThere(@ForAll("cases") Case given) {
    Placement.Decision decision = Placement.decide(given.waiting(), given.hosts(), given.held());

    Map<TaskId, HostId> placed = new LinkedHashMap<>();
    decision.assignments().forEach(one -> placed.put(one.task(), one.host()));
    for (Placement.Waiting waiting : given.waiting()) {
      Optional<HostId> host = Optional.ofNullable(placed.get(waiting.task()));
      assertTrue(host.isEmpty() || waiting.filesOn().isEmpty() || waiting.filesOn().equals(host));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theOrderOfTheInputsDoesNotMatter(@ForAll("cases") Case given) {
    Placement.Decision forwards = Placement.decide(given.waiting(), given.hosts(), given.held());
    Placement.Decision backwards =
        Placement.decide(
            reversed(given.waiting()), reversed(given.hosts()), reversed(given.held()));

    assertEquals(forwards.assignments(), backwards.assignments());
    assertEquals(forwards.reasons().keySet(), backwards.reasons().keySet());
  }

  private static <T> List<T> reversed(List<T> list) {
    List<T> copy = new ArrayList<>(list);
    Collections.reverse(copy);
    return copy;
  }
}
