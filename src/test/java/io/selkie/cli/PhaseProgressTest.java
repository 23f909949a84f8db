package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.proofs.ProofsProgress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhaseProgressTest {
  private final ShownProgress shown = new ShownProgress();
  private final PhaseProgress progress = new PhaseProgress(shown);

  @Test
  void showsStages() {
    progress.begin("PreCommit1", "preCommit1");
    tell("preCommit1", "layer", 1, 2);
    progress.end();

    assertEquals(List.of("begin PreCommit1 of 1000", "layer 2 of 2", "515", "end"), shown.shown);
  }

  @Test
  void doesNotGoBackWhenTheLibraryRepeatsAStage() {
    progress.begin("Commit2", "commit2");
    tell("commit2", "proving", 95, 100);
    tell("commit2", "parameters", 0, 1);

    assertEquals(List.of("begin Commit2 of 1000", "proving", "965"), shown.shown);
  }

  @Test
  void ignoresWordOfAnOperationThatIsOver() {
    progress.begin("PreCommit2", "preCommit2");
    tell("preCommit1", "layer", 2, 2);
    progress.end();
    tell("preCommit2", "digest", 0, 1);

    assertEquals(List.of("begin PreCommit2 of 1000", "end"), shown.shown);
  }

  @Test
  void ignoresAnOperationThatHasNoStageYet() {
    progress.begin("Commit1", "commit1");
    tell("commit1", "", 0, 0);

    assertEquals(List.of("begin Commit1 of 1000"), shown.shown);
  }

  private void tell(String operation, String stage, long done, long total) {
    progress.onProgress(new ProofsProgress(operation, "s-t01000-1", stage, done, total));
  }
}
