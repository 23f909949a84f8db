package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.proofs.ProofsFailure;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskKind;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailuresTest {
  @ParameterizedTest
  @CsvSource({
    "DIED, PRE_COMMIT_1, RETRY",
    "RETIRED, COMMIT_1, RETRY",
    "NO_SPACE, PRE_COMMIT_1, RETRY",
    "BUSY, PRE_COMMIT_2, RETRY",
    "ERROR, COMMIT_2, RETRY",
    "PANIC, COMMIT_2, RETRY",
    "ERROR, UNSEAL, ABANDON",
    "PANIC, UNSEAL, ABANDON",
    "DIED, UNSEAL, RETRY",
    "MISSING, PRE_COMMIT_1, REDO",
    "MISSING, PRE_COMMIT_2, REDO",
    "MISSING, COMMIT_1, REDO",
    "MISSING, COMMIT_2, REDO",
    "MISSING, ADD_PIECE, ABANDON",
    "MISSING, FINALIZE, ABANDON",
    "MISSING, UNSEAL, ABANDON",
    "REDO_PRE_COMMIT1, PRE_COMMIT_2, REDO",
    "BAD_REQUEST, ADD_PIECE, ABANDON",
  })
  void whatIsToBeDone(ProofsFailure.Kind failure, TaskKind task, Failure.Action action) {
    assertEquals(
        new Failure(action, failure.name().toLowerCase(Locale.ROOT), "why"),
        Failures.of(task, ProofsFailure.of(failure, "why")));
  }

  @ParameterizedTest
  @EnumSource
  void theCodeIsTheKind(ProofsFailure.Kind kind) {
    assertEquals(
        kind.name().toLowerCase(Locale.ROOT),
        Failures.of(TaskKind.COMMIT_1, ProofsFailure.of(kind, "why")).code());
  }
}
