package io.selkie.selftest;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The node is stopped while provers work, and started again. */
class UpgradeIT {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameProversFinish(boolean killed) throws Exception {
    Verdicts.allPass(new Upgrade(killed).run(temp), 3);
  }
}
