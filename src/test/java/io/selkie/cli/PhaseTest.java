package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.scheduler.TaskKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PhaseTest {
  @Test
  void theOrderIsThatOfSealing() {
    assertEquals(
        List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize"),
        Arrays.stream(Phase.values()).map(Phase::toString).toList());
  }

  @Test
  void everyTaskThatIsAPhaseIsOneHereToo() {
    for (TaskKind kind : TaskKind.values()) {
      assertEquals(kind.isPhase(), Phase.of(kind).isPresent(), kind.toString());
    }
    assertEquals(Optional.of(Phase.COMMIT2), Phase.of(TaskKind.COMMIT_2));
  }
}
