package io.selkie.params;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ParameterDirectoryTest {
  @Test
  void isWhatTheEnvironmentNames() {
    assertEquals(
        "/data/params",
        ParameterDirectory.fromEnvironment(Map.of("FIL_PROOFS_PARAMETER_CACHE", "/data/params/"))
            .toString());
  }

  @Test
  void isTheLibrarysDefaultIfNothingIsNamed() {
    String usual = "/var/tmp/filecoin-proof-parameters";

    assertEquals(usual, ParameterDirectory.fromEnvironment(Map.of()).toString());
    assertEquals(
        usual,
        ParameterDirectory.fromEnvironment(Map.of("FIL_PROOFS_PARAMETER_CACHE", "")).toString());
  }
}
