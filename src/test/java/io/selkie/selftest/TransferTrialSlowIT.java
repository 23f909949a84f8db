package io.selkie.selftest;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every point of a transfer at which either side may die. */
class TransferTrialSlowIT {
  @TempDir Path temp;

  @Test
  void whateverHappensSectorsArriveWholeOrStay() throws Exception {
    TransferTrialIT.nothingFails(new TransferTrial(TransferCell.all()).run(temp));
  }
}
