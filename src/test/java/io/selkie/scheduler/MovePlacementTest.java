package io.selkie.scheduler;

import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where a sector goes that cannot stay. */
class MovePlacementTest {
  private static final HostId A = new HostId("a");
  private static final HostId B = new HostId("b");
  private static final HostId C = new HostId("c");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final TaskId TASK = task(1, 3, TaskKind.PRE_COMMIT_2);
  private static final TaskKind[] BEGINS = {TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1};
  private static final TaskKind[] REST = {
    TaskKind.PRE_COMMIT_2, TaskKind.COMMIT_1, TaskKind.COMMIT_2
  };

  private static Placement.Host host(HostId id, HostMode mode, TaskKind... offered) {
    return new Placement.Host(id, limits(offered), List.of(), Optional.empty(), mode, true);
  }

  private static HostLimits limits(TaskKind... offered) {
    Map<TaskKind, Integer> slots = new HashMap<>();
    Stream.of(offered).forEach(kind -> slots.put(kind, 1));
    return TestLimits.slots(slots);
  }

  private static Placement.Host open(HostId id, TaskKind... offered) {
    return host(id, HostMode.OPEN, offered);
  }

  private static Placement.Waiting waits(TaskId task, SectorRoute route) {
    return new Placement.Waiting(
        task, Optional.of(TestTasks.TYPE), NOON, Optional.of(A), route, Placement.Urgency.NONE);
  }

  private static Placement.Decision decide(SectorRoute route, Placement.Host... hosts) {
    return Placement.decide(List.of(waits(TASK, route)), List.of(hosts), List.of());
  }

  private static String reason(Placement.Decision decision) {
    assertEquals(List.of(), decision.moves());
    assertEquals(List.of(), decision.assignments());
    return String.valueOf(decision.reasons().get(TASK));
  }

  private static Placement.Move move(HostId to, boolean lack) {
    return new Placement.Move(TASK, A, to, lack);
  }

  @Test
  void aSectorGoesWhereItsNextPhaseIsOffered() {
    Placement.Decision decision = decide(SectorRoute.NONE, open(A, BEGINS), open(B, REST));

    assertEquals(List.of(move(B, true)), decision.moves());
    assertEquals(Map.of(), decision.reasons());
    assertEquals(List.of(), decision.assignments());
  }

  @Test
  void aSectorThatCanGoOnStays() {
    assertEquals(
        List.of(new Placement.Assignment(TASK, A)),
        decide(SectorRoute.NONE, open(A, REST), open(B, REST)).assignments());
  }

  @Test
  void theHostWithTheLongestWayIsTaken() {
    assertEquals(
        List.of(move(C, true)),
        decide(SectorRoute.NONE, open(A, BEGINS), open(B, TaskKind.PRE_COMMIT_2), open(C, REST))
            .moves());
  }

  @Test
  void aSectorWaitsForThatHostRatherThanToMoveTwice() {
    Placement.Host full =
        new Placement.Host(
            C,
            limits(REST),
            List.of(),
            Optional.of("the prover program is not there"),
            HostMode.OPEN,
            true);

    assertEquals(
        "its sector is to leave host a, and host c takes no work: the prover program is not there",
        reason(decide(SectorRoute.NONE, open(A, BEGINS), open(B, TaskKind.PRE_COMMIT_2), full)));
  }

  @Test
  void aSectorGoesBackOnlyWhereNobodyElseCanGoOn() {
    SectorRoute came = new SectorRoute(Set.of(B), Optional.empty());

    assertEquals(
        List.of(move(C, true)),
        decide(came, open(A, BEGINS), open(B, REST), open(C, TaskKind.PRE_COMMIT_2)).moves());
    assertEquals(
        List.of(move(B, true)), decide(came, open(A, BEGINS), open(B, REST), open(C)).moves());
  }

  @Test
  void aMoveThatWasBegunGoesOnToTheSameHost() {
    SectorRoute begun = new SectorRoute(Set.of(), Optional.of(C));

    assertEquals(
        List.of(move(C, true)),
        decide(begun, open(A, BEGINS), open(B, REST), host(C, HostMode.CORDONED, REST)).moves());
    assertEquals(
        "its files are on host a, which does not offer PreCommit2; it cannot move: a part of its"
            + " files is on host c already",
        reason(decide(begun, open(A, BEGINS), open(B, REST))));
  }

  @Test
  void whatWasOnARemovedHostBindsNobody() {
    Placement.Decision decision =
        Placement.decide(
            List.of(waits(TASK, new SectorRoute(Set.of(), Optional.of(C)))),
            new Placement.Farm(
                List.of(open(A, BEGINS), open(B, REST)), Map.of(C, Placement.REMOVED), List.of()),
            Set.of());

    assertEquals(List.of(move(B, true)), decision.moves());
  }

  @Test
  void theReasonNamesHostsThatTakeNobody() {
    Placement.Host alone =
        new Placement.Host(C, limits(REST), List.of(), Optional.empty(), HostMode.OPEN, false);

    assertEquals(
        "its files are on host a, which does not offer PreCommit2; it cannot move: host b is"
            + " cordoned; selkie hosts uncordon b ends that; host c takes no sectors from others"
            + " (selkie.transfer.host is not an address that the farm reaches)",
        reason(decide(SectorRoute.NONE, open(A, BEGINS), host(B, HostMode.CORDONED, REST), alone)));
    assertEquals(
        "its files are on host a, which does not offer PreCommit2; no other host offers PreCommit2",
        reason(decide(SectorRoute.NONE, open(A, BEGINS), open(B, BEGINS))));
  }

  @Test
  void anEvacuatedHostIsLeftAndGetsNothing() {
    Placement.Host evacuated = host(A, HostMode.EVACUATING, REST);
    TaskId finalize = task(2, 6, TaskKind.FINALIZE);
    TaskId fresh = task(3, 1, TaskKind.ADD_PIECE);
    TaskId transfer = task(4, 9, TaskKind.TRANSFER);
    Placement.Decision decision =
        Placement.decide(
            List.of(
                waits(TASK, SectorRoute.NONE),
                waits(finalize, SectorRoute.NONE),
                waits(transfer, SectorRoute.NONE),
                new Placement.Waiting(
                    fresh,
                    Optional.of(TestTasks.TYPE),
                    NOON,
                    Optional.empty(),
                    Placement.Urgency.NONE)),
            List.of(evacuated, open(B, REST)),
            List.of());

    assertEquals(
        Set.of(move(B, false), new Placement.Move(finalize, A, B, false)),
        Set.copyOf(decision.moves()));
    assertEquals(List.of(new Placement.Assignment(transfer, A)), decision.assignments());
    assertTrue(decision.reasons().containsKey(fresh));
  }

  @Test
  void anEvacuatedHostProvesOnlyWhatNobodyElseCanFetch() {
    TaskId prove = task(1, 5, TaskKind.COMMIT_2);
    Placement.Host serving = host(A, HostMode.EVACUATING, REST);
    Placement.Host alone =
        new Placement.Host(
            A, limits(REST), List.of(), Optional.empty(), HostMode.EVACUATING, false);

    assertEquals(
        List.of(new Placement.Assignment(prove, B)),
        Placement.decide(
                List.of(waits(prove, SectorRoute.NONE)), List.of(serving, open(B, REST)), List.of())
            .assignments());
    assertEquals(
        List.of(new Placement.Assignment(prove, A)),
        Placement.decide(
                List.of(waits(prove, SectorRoute.NONE)), List.of(alone, open(B, REST)), List.of())
            .assignments());
  }

  @Test
  void sectorsOnTheirWayTakeTheSpaceOfTheHostTheyGoTo() {
    HostLimits one =
        new HostLimits(
            limits(REST).slots(),
            1,
            0,
            1L << 60,
            TaskMemory.defaults(),
            new HostLimits.Devices(1, false),
            List.of());
    Placement.Host small =
        new Placement.Host(B, one, List.of(), Optional.empty(), HostMode.OPEN, true);
    TaskId other = task(2, 3, TaskKind.PRE_COMMIT_2);

    Placement.Decision both =
        Placement.decide(
            List.of(waits(TASK, SectorRoute.NONE), waits(other, SectorRoute.NONE)),
            List.of(open(A, BEGINS), small),
            List.of());
    Placement.Decision later =
        Placement.decide(
            List.of(waits(other, SectorRoute.NONE)),
            new Placement.Farm(
                List.of(open(A, BEGINS), small),
                Map.of(),
                List.of(),
                List.of(new Placement.Coming(TASK.sector(), Optional.of(TestTasks.TYPE), B))),
            Set.of());

    assertEquals(List.of(move(B, true)), both.moves());
    assertEquals(Set.of(other), both.reasons().keySet());
    assertEquals(List.of(), later.moves());
    assertTrue(
        String.valueOf(later.reasons().get(other)).contains("waits for a sector to leave host b"));
  }

  @Test
  void theSchedulerSaysItUntilTheSectorAsksForAHostForTheMove() {
    SchedulerState<String, String> state = new SchedulerState<>();
    HostState begins = new HostState(limits(BEGINS), Set.of(), List.of(), Optional.empty());
    HostState rest =
        new HostState(
            limits(REST),
            Set.of(),
            List.of(),
            Optional.empty(),
            Optional.of(new FileSource(B, URI.create("http://10.0.0.2:1"))));
    state.report(A, "worker-a", begins, NOON);
    state.report(B, "worker-b", rest, NOON);

    state.submit(waits(TASK, SectorRoute.NONE), "sector");
    assertEquals(List.of(), state.decide(NOON));
    assertEquals(List.of(new SchedulerState.Wish<>("sector", move(B, true))), state.wishes());
    assertEquals(List.of(), state.wishes());
    state.submit(waits(TASK, SectorRoute.NONE), "sector");
    assertEquals(List.of(new SchedulerState.Wish<>("sector", move(B, true))), state.wishes());
    assertEquals(Map.of(TASK, "its sector is to move from host a to host b"), state.reasons());

    TaskId moves = task(1, 4, TaskKind.MOVE);
    state.submit(waits(moves, new SectorRoute(Set.of(), Optional.of(B))), "sector");
    List<SchedulerState.Answer<String, String>> answers = new ArrayList<>(state.decide(NOON));

    assertEquals(1, answers.size());
    assertEquals(A, answers.get(0).host());
    assertEquals(Optional.of(B), answers.get(0).inputs().map(FileSource::host));
    assertFalse(state.wishes().stream().anyMatch(wish -> wish.move().task().equals(TASK)));
  }

  private static final TaskId FIRST = task(1, 1, TaskKind.ADD_PIECE);

  private static Placement.Decision asked(TaskId task, HostId of, Placement.Host... hosts) {
    Placement.Waiting waiting =
        new Placement.Waiting(
            task,
            Optional.of(TestTasks.TYPE),
            NOON,
            Optional.empty(),
            SectorRoute.NONE.pinnedTo(Optional.of(of)),
            Placement.Urgency.NONE);
    return Placement.decide(List.of(waiting), List.of(hosts), List.of());
  }

  @Test
  void whatWasAskedOfAHostIsDoneThereOrWaits() {
    TaskId proof = task(1, 5, TaskKind.COMMIT_2);

    assertEquals(
        List.of(new Placement.Assignment(FIRST, B)),
        asked(FIRST, B, open(A, BEGINS), open(B, BEGINS)).assignments());
    assertEquals(
        List.of(new Placement.Assignment(proof, B)),
        asked(proof, B, open(A, TaskKind.COMMIT_2), open(B, REST)).assignments());
    assertEquals(
        Map.of(FIRST, "it was asked of host c, which has not announced itself"),
        asked(FIRST, C, open(A, BEGINS)).reasons());
    assertEquals(
        Map.of(FIRST, "host b is cordoned; selkie hosts uncordon b ends that"),
        asked(FIRST, B, open(A, BEGINS), host(B, HostMode.CORDONED, BEGINS)).reasons());
  }

  @Test
  void filesCountMoreThanWhoWasAskedAndASectorThatHasToLeaveGoesThere() {
    SectorRoute asked = SectorRoute.NONE.pinnedTo(Optional.of(B));

    assertEquals(
        List.of(new Placement.Assignment(TASK, A)),
        decide(asked, open(A, REST), open(B, REST)).assignments());
    assertEquals(
        List.of(move(B, true)),
        decide(asked, open(A, BEGINS), open(B, TaskKind.PRE_COMMIT_2), open(C, REST)).moves(),
        "although it could go on for longer elsewhere");
  }
}
