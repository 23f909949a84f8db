package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PhaseTest {
  @Test
  void theOrderIsThatOfSealing() {
    assertEquals(
        List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize"),
        Arrays.stream(Phase.values()).map(Phase::toString).toList());
  }

  @Test
  void parsesItsNameInAnyCase() {
    for (Phase phase : Phase.values()) {
      assertEquals(phase, Phase.parse(phase.toString()));
      assertEquals(phase, Phase.parse(phase.toString().toLowerCase(Locale.ROOT)));
    }
  }

  @Test
  void refusesAnotherNameAndListsThePhases() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> Phase.parse("c1"));

    assertEquals(
        "no phase is named 'c1'; the phases are addpiece, precommit1, precommit2, commit1, commit2,"
            + " finalize",
        refusal.getMessage());
  }
}
