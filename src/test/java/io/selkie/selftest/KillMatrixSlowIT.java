package io.selkie.selftest;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each cell of the kill matrix alone, in nodes of its own. */
class KillMatrixSlowIT {
  @TempDir Path temp;

  static Stream<KillCell> cells() {
    return KillCell.all().stream();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aloneInItsCellTheSectorComesToItsEnd(KillCell cell) throws Exception {
    Verdicts.allPass(new KillMatrix(List.of(cell)).run(temp), 1);
  }
}
