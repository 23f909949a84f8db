package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskIdTest {
  @Property(edgeCases = EdgeCasesMode.NONE)
  void everyAttemptSurvivesItsName(
      @ForAll @LongRange(min = 0) long miner,
      @ForAll @LongRange(min = 0) long number,
      @ForAll @IntRange(min = 1) int generation,
      @ForAll @IntRange(min = 1) int task,
      @ForAll TaskKind kind,
      @ForAll @IntRange(min = 1) int attempt) {
    TaskId.Attempt one =
        new TaskId(new SectorId(new MinerId(miner), number), generation, task, kind)
            .attempt(attempt);

    assertEquals(one, TaskId.Attempt.parse(one.toString()));
  }

  @Property
  void anAcceptedTextIsTheNameOfItsAttempt(@ForAll String tail) {
    String text = "s-t01000-1.g1.t2.PreCommit1.a" + tail;
    try {
      assertEquals(text, TaskId.Attempt.parse(text).toString());
    } catch (IllegalArgumentException refused) {
      assertTrue(refused.getMessage().startsWith("not the name of an attempt"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s-t01000-1",
        "s-t01000-1.g1.t2.PreCommit1",
        "s-t01000-1.g1.t2.PreCommit1.a",
        "s-t01000-1.g1.t2.PreCommit1.a0",
        "s-t01000-1.g1.t2.PreCommit1.a01",
        "s-t01000-1.g1.t2.PreCommit1.a-1",
        "s-t01000-1.g1.t2.PreCommit1.a2147483648",
        "s-t01000-1.g1.t2.PreCommit1.a9999999999",
        "s-t01000-1.g1.t2.PreCommit1.a1\n",
        "s-t01000-1.g1.t2.PreCommit1.a1.tmp",
        ".s-t01000-1.g1.t2.PreCommit1.a1.new",
        "s-t01000-1.g0.t2.PreCommit1.a1",
        "s-t01000-1.g1.t2.Precommit1.a1",
        "s-t01000-1.g1.t2.PRE_COMMIT_1.a1",
        "s-t1000-1.g1.t2.PreCommit1.a1",
        "../s-t01000-1.g1.t2.PreCommit1.a1",
      })
  void otherTextsAreNoNames(String text) {
    assertThrows(IllegalArgumentException.class, () -> TaskId.Attempt.parse(text));
  }

  @Test
  void attemptsAreOrderedByGenerationThenTaskThenNumber() {
    TaskId first = new TaskId(TestTasks.sector(1), 1, 2, TaskKind.PRE_COMMIT_1);
    TaskId later = new TaskId(TestTasks.sector(1), 1, 3, TaskKind.PRE_COMMIT_2);
    TaskId again = new TaskId(TestTasks.sector(1), 2, 4, TaskKind.PRE_COMMIT_1);

    assertTrue(first.attempt(2).isNewerThan(first.attempt(1)));
    assertTrue(later.attempt(1).isNewerThan(first.attempt(2)));
    assertTrue(again.attempt(1).isNewerThan(later.attempt(9)));
    assertFalse(first.attempt(1).isNewerThan(first.attempt(1)));
    assertFalse(first.attempt(9).isNewerThan(later.attempt(1)));
  }

  @Test
  void attemptsOfTwoSectorsHaveNoOrder() {
    TaskId one = TestTasks.task(1, 1, TaskKind.ADD_PIECE);
    TaskId other = TestTasks.task(2, 2, TaskKind.ADD_PIECE);

    assertThrows(IllegalArgumentException.class, () -> one.isNewerThan(other));
  }
}
