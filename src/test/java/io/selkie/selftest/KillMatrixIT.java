package io.selkie.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many sectors, each held at another point; the node is killed once for all. */
class KillMatrixIT {
  @TempDir Path temp;

  @Test
  void everyRowOfTheTablesHasItsCellsOrAReasonToHaveNone() {
    assertEquals(Set.of(), KillCell.missing());
  }

  @Test
  void whateverIsKilledEverySectorComesToItsEndWithEachPhaseDoneOnce() throws Exception {
    Verdicts.allPass(new KillMatrix(KillCell.some()).run(temp), KillCell.some().size());
  }
}
