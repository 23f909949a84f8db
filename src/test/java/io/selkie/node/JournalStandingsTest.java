package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.TestTasks;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import io.selkie.storage.SectorStanding;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JournalStandingsTest {
  private static SectorStanding after(TaskKind... done) {
    List<SectorFacts.Answered> answers =
        Stream.of(done)
            .map(
                kind ->
                    new SectorFacts.Answered(
                        TestTasks.task(1, 1, kind),
                        kind.toString(),
                        TestTasks.request(kind),
                        new TaskResult.Finalized(1)))
            .toList();
    return JournalStandings.of(
        new SectorState.Idle(
            new SectorFacts(
                TestTasks.sector(1),
                TestTasks.TYPE,
                1,
                9,
                TaskKind.FINALIZE,
                true,
                Optional.empty(),
                answers)));
  }

  /**
   * What only sealing needs may go from a sealed sector, but not between two steps of an update.
   */
  @Test
  void aSectorIsBusyFromTheFirstStepOfAnUpdateToItsLast() {
    assertEquals(SectorStanding.SEALED, after(TaskKind.FINALIZE));
    assertEquals(
        SectorStanding.BUSY,
        after(TaskKind.FINALIZE, TaskKind.REPLICA_UPDATE, TaskKind.PROVE_REPLICA_UPDATE_1));
    assertEquals(
        SectorStanding.SEALED,
        after(
            TaskKind.FINALIZE,
            TaskKind.REPLICA_UPDATE,
            TaskKind.PROVE_REPLICA_UPDATE_1,
            TaskKind.FINALIZE_REPLICA_UPDATE));
  }
}
