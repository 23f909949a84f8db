package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.selkie.api.OperationException;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.sector.Sector;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UnsealingTest {
  private static final TaskId TASK =
      new TaskId(SectorId.parse("s-t01000-7"), 1, 9, TaskKind.UNSEAL);

  @Test
  void whoReadsFromALostHostHearsWhichAndSinceWhen() {
    Instant since = Instant.parse("2026-11-22T07:00:00Z");

    OperationException refusal =
        refusal(new Sector.HostIsLost(TASK, new HostId("prover-2"), since));

    assertEquals(OperationException.Kind.UNAVAILABLE, refusal.kind());
    assertEquals(
        "the files of s-t01000-7 are on host prover-2, which was last heard at"
            + " 2026-11-22T07:00:00Z: start it again, and ask again then",
        refusal.getMessage());
  }

  @Test
  void whatASectorRefusesIsAConflict() {
    OperationException refusal = refusal(new Sector.Refused("s-t01000-7 is removed", true));

    assertEquals(OperationException.Kind.CONFLICT, refusal.kind());
  }

  private static OperationException refusal(Sector.Answer answer) {
    return assertInstanceOf(OperationException.class, Unsealing.refusal(answer));
  }
}
