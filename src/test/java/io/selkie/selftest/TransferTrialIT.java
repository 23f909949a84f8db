package io.selkie.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sectors on their way, each side killed once for many of them; and a disk that fills. */
class TransferTrialIT {
  @TempDir Path temp;

  @Test
  void whateverHappensSectorsArriveWholeOrStay() throws Exception {
    nothingFails(new TransferTrial(TransferCell.some()).run(temp));
  }

  @Test
  void sectorsThatDoNotFitWaitAndNoneMeetsAFullDisk() throws Exception {
    nothingFails(new FullDisk().run(temp));
  }

  static void nothingFails(List<Verdict> verdicts) {
    assertEquals(
        List.of(), verdicts.stream().filter(verdict -> verdict.problem().isPresent()).toList());
  }
}
