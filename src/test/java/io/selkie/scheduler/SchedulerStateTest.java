package io.selkie.scheduler;

import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulerStateTest {
  private static final HostId A = new HostId("a");
  private static final HostId B = new HostId("b");
  private static final Map<TaskKind, Integer> ONE_PC1 = Map.of(TaskKind.PRE_COMMIT_1, 1);

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private SchedulerState<String, String> state =
      new SchedulerState<>(new HostPatience(Duration.ofDays(1), Duration.ofDays(2)));

  private static TaskId preCommit1(long sector) {
    return task(sector, 2, TaskKind.PRE_COMMIT_1);
  }

  private List<String> submit(TaskId task) {
    return submit(task, "sector " + task.sector().number());
  }

  private List<String> submit(TaskId task, String replyTo) {
    return all(
        state.submit(
            new Placement.Waiting(
                task,
                Optional.of(TestTasks.TYPE),
                Instant.EPOCH.plusSeconds(task.task()),
                Optional.empty(),
                Placement.Urgency.NONE),
            replyTo));
  }

  private List<String> resume(TaskId task, HostId host) {
    return all(
        state.resume(
            task,
            Optional.of(TestTasks.TYPE),
            host,
            Optional.of(host),
            "sector " + task.sector().number()));
  }

  private List<String> report(HostId host, TaskId.Attempt... present) {
    return reportAs("worker " + host, host, present);
  }

  private List<String> reportAs(String worker, HostId host, TaskId.Attempt... present) {
    return all(
        state.report(
            host,
            worker,
            new HostState(TestLimits.slots(ONE_PC1), Set.of(present), List.of(), Optional.empty()),
            NOW));
  }

  private List<String> withdraw(TaskId task) {
    state.withdraw(task);
    return all(List.of());
  }

  /** What was answered at once and by the decision that follows. */
  private List<String> all(List<SchedulerState.Answer<String, String>> answers) {
    List<SchedulerState.Answer<String, String>> all = new ArrayList<>(answers);
    all.addAll(state.decide(NOW));
    return all.stream()
        .map(
            answer ->
                answer.to()
                    + ": t"
                    + answer.task().task()
                    + " on "
                    + answer.host()
                    + ", "
                    + answer.worker())
        .toList();
  }

  @Test
  void aTaskWaitsUntilAHostAnnouncesItself() {
    assertEquals(List.of(), submit(preCommit1(1)));
    assertEquals(Map.of(preCommit1(1), "no host has announced itself"), state.reasons());

    assertEquals(List.of("sector 1: t2 on a, worker a"), report(A));
    assertEquals(Map.of(), state.reasons());
  }

  @Test
  void theSameTaskAskedForAgainGetsTheSameHost() {
    report(A);
    report(B);
    List<String> first = submit(preCommit1(1));

    assertEquals(first, submit(preCommit1(1)));
    assertEquals(List.of("new address: t2 on a, worker a"), submit(preCommit1(1), "new address"));
  }

  @Test
  void aSlotIsFreeOnceItsTaskIsWithdrawn() {
    report(A);
    submit(preCommit1(1));
    assertEquals(List.of(), submit(preCommit1(2)));

    assertEquals(List.of("sector 2: t2 on a, worker a"), withdraw(preCommit1(1)));
    assertEquals(List.of(), withdraw(preCommit1(1)));
  }

  @Test
  void aWithdrawnTaskDoesNotWaitAnyMore() {
    submit(preCommit1(1));
    withdraw(preCommit1(1));

    assertEquals(List.of(), report(A));
    assertEquals(Map.of(), state.reasons());
  }

  @Test
  void aWordOnALaterTaskWithdrawsTheOlderOneToo() {
    report(A);
    submit(preCommit1(1));
    submit(preCommit1(2));

    assertEquals(List.of("sector 2: t2 on a, worker a"), withdraw(task(1, 3, TaskKind.UNSEAL)));
  }

  @Test
  void aTaskIsWithdrawnByItsNumberWhateverItsKind() {
    report(A, preCommit1(1).attempt(1));
    submit(preCommit1(2));

    assertEquals(List.of("sector 2: t2 on a, worker a"), withdraw(task(1, 2, TaskKind.ADD_PIECE)));
  }

  @Test
  void aWithdrawnTaskFreesItsSlotBeforeItsWorkerSaysSo() {
    report(A);
    submit(preCommit1(1));
    report(A, preCommit1(1).attempt(1));
    submit(preCommit1(2));

    assertEquals(List.of("sector 2: t2 on a, worker a"), withdraw(preCommit1(1)));
  }

  @Test
  void resumedTasksKeepTheirHostAboveItsLimit() {
    report(A);

    assertEquals(List.of("sector 1: t2 on a, worker a"), resume(preCommit1(1), A));
    assertEquals(List.of("sector 2: t2 on a, worker a"), resume(preCommit1(2), A));
    assertEquals(List.of(), submit(preCommit1(3)));
    withdraw(preCommit1(1));
    assertEquals(
        Map.of(
            preCommit1(3),
            "waits for a free PreCommit1 slot on host a (1 of 1 in use;"
                + " selkie.parallel.precommit1)"),
        state.reasons());
    assertEquals(List.of("sector 3: t2 on a, worker a"), withdraw(preCommit1(2)));
  }

  @Test
  void aResumedTaskIsAnsweredWhenItsHostAnnouncesItself() {
    assertEquals(List.of(), resume(preCommit1(1), A));
    assertEquals(
        Map.of(preCommit1(1), "it goes on on host a, which has not announced itself"),
        state.reasons());

    assertEquals(List.of(), report(B));
    assertEquals(List.of("sector 1: t2 on a, worker a"), report(A));
  }

  @Test
  void aJobWhoseSectorHasNotSpokenHoldsItsSlot() {
    report(A, preCommit1(1).attempt(1));

    assertEquals(List.of(), submit(preCommit1(2)));
    assertEquals(List.of("sector 1: t2 on a, worker a"), resume(preCommit1(1), A));
    assertEquals(List.of("sector 2: t2 on a, worker a"), withdraw(preCommit1(1)));
  }

  @Test
  void aJobThatIsGoneHoldsNothing() {
    report(A, preCommit1(1).attempt(1));
    submit(preCommit1(2));

    assertEquals(List.of("sector 2: t2 on a, worker a"), report(A));
  }

  @Test
  void aSectorThatAsksAnewGoesToItsOldJob() {
    report(A);
    report(B, preCommit1(1).attempt(1));

    assertEquals(List.of("sector 1: t2 on b, worker b"), submit(preCommit1(1)));
  }

  @Test
  void anotherWorkerOfTheHostIsTold() {
    report(A);
    submit(preCommit1(1));

    assertEquals(List.of(), report(A, preCommit1(1).attempt(1)));
    assertEquals(
        List.of("sector 1: t2 on a, its next life"),
        reportAs("its next life", A, preCommit1(1).attempt(1)));
  }

  @Test
  void aNewerTaskOfTheSectorEndsTheOlderOne() {
    TaskId newer = task(1, 3, TaskKind.PRE_COMMIT_1);
    report(A);
    submit(preCommit1(1));

    assertEquals(List.of("sector 1: t3 on a, worker a"), submit(newer));
    assertEquals(List.of(), submit(preCommit1(2)));
  }

  @Test
  void lateWordsOnAnOlderTaskChangeNothing() {
    TaskId newer = task(1, 3, TaskKind.PRE_COMMIT_1);
    report(A);
    submit(newer);

    assertEquals(List.of(), submit(preCommit1(1)));
    assertEquals(List.of(), resume(preCommit1(1), A));
    assertEquals(List.of(), withdraw(preCommit1(1)));
    assertEquals(List.of("sector 1: t3 on a, worker a"), submit(newer));
  }

  @Test
  void whatChangesNothingNeedsNoDecision() {
    report(A);
    submit(preCommit1(1));
    submit(preCommit1(1));
    report(A);

    assertFalse(state.needsDecision(NOW));
  }

  private static final HostPatience SHORT =
      new HostPatience(Duration.ofSeconds(15), Duration.ofMinutes(1));

  private static HostState serving(HostId host) {
    return new HostState(
        TestLimits.slots(Map.of(TaskKind.PRE_COMMIT_1, 1, TaskKind.COMMIT_2, 1)),
        Set.of(),
        List.of(),
        Optional.empty(),
        Optional.of(new FileSource(host, java.net.URI.create("http://" + host + ":4721"))));
  }

  private void submitOn(TaskId task, HostId files) {
    state.submit(
        new Placement.Waiting(
            task, Optional.of(TestTasks.TYPE), NOW, Optional.of(files), Placement.Urgency.NONE),
        "sector");
  }

  @Test
  void aCommit2ElsewhereIsToldWhereItsInputIs() {
    state = new SchedulerState<>(SHORT);
    state.report(A, "worker a", serving(A), NOW);
    state.report(B, "worker b", serving(B), NOW);
    submitOn(task(1, 5, TaskKind.COMMIT_2), A);
    submitOn(task(2, 5, TaskKind.COMMIT_2), A);

    Map<HostId, Optional<HostId>> inputs = new java.util.TreeMap<>();
    state
        .decide(NOW)
        .forEach(answer -> inputs.put(answer.host(), answer.inputs().map(FileSource::host)));

    assertEquals(Map.of(A, Optional.empty(), B, Optional.of(A)), inputs);
  }

  @Test
  void silenceMovesACommit2AndGraceTellsTheRest() {
    state = new SchedulerState<>(SHORT);
    state.report(A, "worker a", serving(A), NOW);
    state.report(B, "worker b", serving(B), NOW);
    TaskId proving = task(1, 5, TaskKind.COMMIT_2);
    TaskId labels = task(2, 2, TaskKind.PRE_COMMIT_1);
    state.resume(proving, Optional.of(TestTasks.TYPE), B, Optional.of(A), "prover");
    state.resume(labels, Optional.of(TestTasks.TYPE), B, Optional.of(B), "labels");
    state.decide(NOW);

    Instant silent = NOW.plusSeconds(16);
    state.report(A, "worker a", serving(A), silent);
    assertEquals(
        List.of(new SchedulerState.Notice<>("prover", proving, B, HostLoss.SILENT, NOW)),
        state.notices(silent));
    assertEquals(List.of(), state.notices(silent), "once is enough");
    state.withdraw(proving);
    submitOn(proving, A);
    assertEquals(List.of(A), state.decide(silent).stream().map(a -> a.host()).toList());

    Instant lost = NOW.plusSeconds(61);
    state.report(A, "worker a", serving(A), lost);
    assertEquals(
        List.of(new SchedulerState.Notice<>("labels", labels, B, HostLoss.LOST, NOW)),
        state.notices(lost));

    state.order(Map.of(B, HostMode.OFF));
    assertEquals(
        List.of(new SchedulerState.Notice<>("labels", labels, B, HostLoss.REMOVED, NOW)),
        state.notices(lost));
  }

  /** A restart that takes longer than a silent host is waited for. */
  @Test
  void aHostThatIsStoppedInOrderIsWaitedForAndGetsNothing() {
    state = new SchedulerState<>(SHORT);
    TaskId proving = task(1, 5, TaskKind.COMMIT_2);
    state.report(A, "worker a", serving(A), NOW);
    state.resume(proving, Optional.of(TestTasks.TYPE), A, Optional.of(A), "prover");
    state.decide(NOW);
    state.stopped(Map.of(A, NOW));
    submitOn(task(2, 2, TaskKind.PRE_COMMIT_1), A);

    assertTrue(state.needsDecision(NOW));
    assertEquals(List.of(), state.decide(NOW));
    assertEquals(
        "its files are on host a, which was stopped at " + NOW + " and has not started again",
        state.reasons().get(task(2, 2, TaskKind.PRE_COMMIT_1)));
    Instant waiting = NOW.plus(SHORT.restart()).minusSeconds(1);
    assertEquals(List.of(), state.notices(waiting));

    Instant back = NOW.plusSeconds(40);
    state.report(A, "worker a again", serving(A), back);
    assertEquals(
        List.of(task(2, 2, TaskKind.PRE_COMMIT_1)),
        state.decide(back).stream().map(SchedulerState.Answer::task).toList());
    assertEquals(List.of(), state.notices(back.plusSeconds(15)), "it is heard again");
    assertEquals(1, state.notices(back.plusSeconds(16)).size(), "the word is used up");
  }

  /** A scheduler that has begun since, and never heard the host, knows it from the journal. */
  @Test
  void aHostThatWasStoppedAndNeverCameBackIsSilentInTheEnd() {
    state = new SchedulerState<>(SHORT);
    TaskId proving = task(1, 5, TaskKind.COMMIT_2);
    state.stopped(Map.of(A, NOW));
    state.resume(proving, Optional.of(TestTasks.TYPE), A, Optional.of(A), "prover");
    state.decide(NOW.plusSeconds(5));

    assertEquals(List.of(), state.notices(NOW.plus(SHORT.restart()).minusSeconds(1)));
    assertEquals(1, state.notices(NOW.plus(SHORT.restart()).plusSeconds(1)).size());
  }

  /** A machine that slept for hours, or a clock that was set. */
  @Test
  void nobodyIsLostWhileTheSchedulerItselfStoodStill() {
    state = new SchedulerState<>(SHORT);
    state.report(A, "worker a", serving(A), NOW);
    TaskId labels = task(2, 2, TaskKind.PRE_COMMIT_1);
    state.resume(labels, Optional.of(TestTasks.TYPE), A, Optional.of(A), "labels");
    state.decide(NOW);

    Instant awake = NOW.plusSeconds(7200);
    state.stoodStill(awake);

    assertEquals(List.of(), state.notices(awake));
    assertEquals(List.of(), state.notices(awake.plusSeconds(10)));
    assertEquals(
        List.of(new SchedulerState.Notice<>("labels", labels, A, HostLoss.LOST, awake)),
        state.notices(awake.plusSeconds(61)));
  }

  /** The cluster has given up A, and this scheduler never heard it. */
  private void givenUp(HostId host, Instant at) {
    state.members(new FarmMembers.Seen(Map.of(host, NOW.minusSeconds(900)), Map.of(host, at)));
  }

  private void joined(HostId host, Instant at) {
    state.members(new FarmMembers.Seen(Map.of(host, at), Map.of()));
  }

  private List<HostLoss> losses(Instant now) {
    return state.notices(now).stream().map(SchedulerState.Notice::loss).toList();
  }

  private static final TaskId PROVING = task(1, 5, TaskKind.COMMIT_2);

  private void resumeProvingOn(HostId host, Instant now) {
    state = new SchedulerState<>(SHORT);
    state.resume(PROVING, Optional.of(TestTasks.TYPE), host, Optional.of(B), "prover");
    state.decide(now);
  }

  @Test
  void aHostThatTheClusterGaveUpIsSilentToANewSchedulerAtOnce() {
    resumeProvingOn(A, NOW);
    givenUp(A, NOW.minusSeconds(6));
    assertTrue(state.needsDecision(NOW));
    state.report(B, "worker b", serving(B), NOW);
    state.decide(NOW);

    assertEquals(List.of(HostLoss.SILENT), losses(NOW));
    assertEquals(
        "it goes on on host a, which the cluster gave up at " + NOW.minusSeconds(6),
        state.reasons().get(PROVING));

    // Its word that it has given the host up may be lost, and its next one is heard.
    submitOn(PROVING, B);
    assertEquals(List.of(B), state.decide(NOW).stream().map(a -> a.host()).toList());
  }

  @Test
  void aHostThatTheClusterGivesUpHasAMomentToComeBack() {
    resumeProvingOn(A, NOW);
    state.report(A, "worker a", serving(A), NOW);
    givenUp(A, NOW.plusSeconds(2));
    assertEquals(List.of(), losses(NOW.plusSeconds(7)));
    assertEquals(List.of(HostLoss.SILENT), losses(NOW.plusSeconds(8)));

    resumeProvingOn(A, NOW);
    state.report(A, "worker a", serving(A), NOW);
    givenUp(A, NOW.plusSeconds(9));
    joined(A, NOW.plusSeconds(13));
    assertEquals(List.of(), losses(NOW.plusSeconds(28)), "who joined is about to speak");
    assertEquals(List.of(HostLoss.SILENT), losses(NOW.plusSeconds(29)));
  }

  /** Its word is newer than what the cluster knows. */
  @Test
  void aHostThatSpeaksAfterTheClusterGaveItUpIsThere() {
    resumeProvingOn(A, NOW);
    givenUp(A, NOW.minusSeconds(60));
    state.report(A, "worker a", serving(A), NOW);

    assertEquals(List.of(), losses(NOW.plusSeconds(15)));
    assertEquals(List.of(HostLoss.SILENT), losses(NOW.plusSeconds(16)));
  }

  @Test
  void aHostThatWasStoppedInOrderIsWaitedForWhateverTheClusterSays() {
    resumeProvingOn(A, NOW);
    state.stopped(Map.of(A, NOW.minusSeconds(20)));
    givenUp(A, NOW.minusSeconds(10));

    assertEquals(List.of(), losses(NOW));
    assertEquals(List.of(), losses(NOW.minusSeconds(21).plus(SHORT.restart())));
    assertEquals(1, losses(NOW.minusSeconds(19).plus(SHORT.restart())).size());
  }

  /** Nobody knows whether its provers run: only the operator does. */
  @Test
  void whatTheClusterGaveUpKeepsItsFilesAndWhatWorksOnThem() {
    state = new SchedulerState<>(SHORT);
    TaskId labels = task(2, 2, TaskKind.PRE_COMMIT_1);
    state.resume(labels, Optional.of(TestTasks.TYPE), A, Optional.of(A), "labels");
    state.report(B, "worker b", serving(B), NOW);
    givenUp(A, NOW.minusSeconds(60));
    state.decide(NOW);

    assertEquals(List.of(), losses(NOW));
    submitOn(task(3, 2, TaskKind.PRE_COMMIT_1), A);
    assertEquals(List.of(), state.decide(NOW));
    assertTrue(state.held().stream().anyMatch(held -> held.task().equals(labels)));
    assertEquals(List.of(), losses(NOW.plusSeconds(59)));
    assertEquals(HostLoss.LOST, losses(NOW.plusSeconds(61)).get(0));
  }

  /** What it heard of the cluster may be as old as what it heard of hosts. */
  @Test
  void whoStoodStillTrustsNothingThatTheClusterGaveUpBefore() {
    resumeProvingOn(A, NOW);
    givenUp(A, NOW.plusSeconds(1));
    state.stoodStill(NOW.plusSeconds(9));

    assertEquals(List.of(), losses(NOW.plusSeconds(24)));
    assertEquals(List.of(HostLoss.SILENT), losses(NOW.plusSeconds(25)));
  }

  /** Its word that the task has no host may come when the one it had counts still. */
  @Test
  void aTaskThatIsAskedForAgainLeavesARemovedHost() {
    state = new SchedulerState<>(SHORT);
    state.report(A, "worker a", serving(A), NOW);
    state.report(B, "worker b", serving(B), NOW);
    TaskId task = task(1, 2, TaskKind.PRE_COMMIT_1);
    state.resume(task, Optional.of(TestTasks.TYPE), B, Optional.of(B), "sector");
    state.order(Map.of(B, HostMode.OFF));
    state.decide(NOW);

    assertEquals(List.of("sector 1: t2 on a, worker a"), submit(task));
  }

  @Test
  void aHostThatSpeaksIsNotTakenForOff() {
    state = new SchedulerState<>(SHORT);
    state.report(A, "worker a", serving(A), NOW);

    assertTrue(state.refusal(A, HostMode.OFF, NOW).isPresent());
    assertEquals(Optional.empty(), state.refusal(A, HostMode.OFF, NOW.plusSeconds(16)));
    assertEquals(
        Optional.of("there is no host b; selkie hosts list shows all"),
        state.refusal(B, HostMode.CORDONED, NOW));
  }

  private static final long GIB = 1L << 30;

  private void reportMemory(long gib) {
    reportMemory(gib, Optional.empty());
  }

  private void reportMemory(long gib, Optional<String> unfit) {
    HostLimits ample = TestLimits.slots(Map.of(TaskKind.PRE_COMMIT_1, 9, TaskKind.COMMIT_2, 9));
    HostLimits limits =
        new HostLimits(
            ample.slots(),
            ample.maxTasks(),
            ample.transferBuffer(),
            gib * GIB,
            ample.needs(),
            ample.devices(),
            List.of());
    state.report(A, "worker a", new HostState(limits, Set.of(), List.of(), unfit), NOW);
  }

  private List<Long> askLarge(Instant at, TaskId... tasks) {
    for (TaskId task : tasks) {
      state.submit(
          new Placement.Waiting(
              task,
              Optional.of(SealProofType.STACKED_DRG_32GIB_V1_1),
              at,
              Optional.empty(),
              Placement.Urgency.NONE),
          "sector");
    }
    return state.decide(at).stream().map(answer -> answer.task().sector().number()).toList();
  }

  @Test
  void anotherLimitInBetweenDoesNotBeginTheWaitForMemoryAnew() {
    reportMemory(114);
    askLarge(NOW, preCommit1(1), preCommit1(2));
    TaskId large = task(3, 5, TaskKind.COMMIT_2);
    askLarge(NOW, large);

    reportMemory(114, Optional.of("its prover program is not there"));
    askLarge(NOW.plusSeconds(300));
    assertEquals(
        "host a takes no work: its prover program is not there", state.reasons().get(large));
    reportMemory(114);
    askLarge(NOW.plusSeconds(301));

    state.withdraw(preCommit1(1));
    Instant later = NOW.plus(SchedulerState.PATIENCE).plusSeconds(1);
    assertEquals(List.of(), askLarge(later, preCommit1(5)), "its memory is kept for the other");
  }

  @Test
  void aTaskThatWaitedTenMinutesForMemoryHasItKept() {
    reportMemory(114);
    assertEquals(List.of(1L, 2L), askLarge(NOW, preCommit1(1), preCommit1(2)));
    TaskId large = task(3, 5, TaskKind.COMMIT_2);
    assertEquals(List.of(), askLarge(NOW, large, preCommit1(4)));

    // Small ones pass by it at first: 58 GiB are free, it takes 62.
    state.withdraw(preCommit1(1));
    assertEquals(List.of(4L), askLarge(NOW.plusSeconds(300), preCommit1(5)));

    Instant later = NOW.plus(SchedulerState.PATIENCE).plusSeconds(1);
    assertTrue(state.needsDecision(later), "time has gone by");
    state.withdraw(preCommit1(2));
    assertEquals(List.of(), askLarge(later));
    assertEquals(
        "waits for memory on host a: PreCommit1 of a 32GiB sector is counted with 56.0 GiB, of 114"
            + " GiB are 0 bytes free, 62 GiB are kept for Commit2 of s-t01000-3 (selkie.memory)",
        state.reasons().get(preCommit1(5)));
    assertFalse(state.needsDecision(later));

    state.withdraw(preCommit1(4));
    assertEquals(List.of(3L), askLarge(later.plusSeconds(1)));
  }

  /** A host for two sectors, of which it adds pieces to one at a time. */
  private void reportSmall(HostId host, HostSector... sectors) {
    HostLimits all = TestLimits.slots(Map.of(TaskKind.ADD_PIECE, 1));
    HostLimits small =
        new HostLimits(all.slots(), 1, 1, all.memory(), all.needs(), all.devices(), all.disks());
    state.report(
        host,
        "worker " + host,
        new HostState(small, Set.of(), List.of(sectors), Optional.empty()),
        NOW);
    state.decide(NOW);
  }

  private Optional<HostId> begins(long sector, Instant now) {
    return state.begins(TestTasks.sector(sector), TestTasks.TYPE, now);
  }

  @Test
  void sectorsWhosePiecesComeAreSpreadAndKeepTheirPlaces() {
    reportSmall(A);
    reportSmall(B);

    assertEquals(Optional.of(A), begins(1, NOW));
    assertEquals(Optional.of(B), begins(2, NOW));
    assertEquals(Optional.of(A), begins(1, NOW), "it is expected there");
    assertEquals(Optional.of(A), begins(3, NOW));
    assertEquals(Optional.of(B), begins(4, NOW));
    assertEquals(Optional.empty(), begins(5, NOW), "both are full of what is to come");
    assertEquals(List.of(), submit(task(6, 1, TaskKind.ADD_PIECE)));

    Instant later = NOW.plus(ExpectedSectors.PATIENCE);
    assertTrue(state.needsDecision(later));
    assertEquals(1, state.decide(later).size(), "what did not come is not waited for any more");
  }

  @Test
  void aSectorThatHasComeIsNotExpectedAsWell() {
    reportSmall(A);
    assertEquals(Optional.of(A), begins(1, NOW));
    TaskId first = task(1, 1, TaskKind.ADD_PIECE);
    assertEquals(List.of("sector 1: t1 on a, worker a"), submit(first));
    assertEquals(Optional.of(A), begins(2, NOW), "one place is left");

    state.withdraw(first);
    reportSmall(
        A, new HostSector(TestTasks.sector(1), TestTasks.TYPE, HostSector.Presence.SEALING, false));

    assertEquals(List.of("sector 2: t1 on a, worker a"), submit(task(2, 1, TaskKind.ADD_PIECE)));
    assertEquals(Optional.empty(), begins(3, NOW));
  }

  @Test
  void aSlotThatIsTakenNowIsNoReasonToBeginElsewhere() {
    reportSmall(A);
    submit(task(1, 1, TaskKind.ADD_PIECE));

    assertEquals(Optional.of(A), begins(2, NOW), "its piece takes a while to come");
  }
}
