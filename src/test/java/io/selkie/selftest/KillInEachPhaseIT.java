package io.selkie.selftest;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real proofs: the node is killed with -9 in every phase of one sector. */
class KillInEachPhaseIT {
  @TempDir Path temp;

  @Test
  void theSectorIsProvenWithEachPhaseStartedOnce() throws Exception {
    Verdicts.allPass(new KillInEachPhase().run(temp), Phases.ALL.size());
  }
}
