package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabellingTest {
  private static Labelling read(String settings) throws IOException {
    Config config = ConfigFactory.parseString(settings);
    return Labelling.of(config.withFallback(ConfigFactory.defaultReference()).resolve());
  }

  @Test
  void sectorsArePairedWhereCoresAreScarceUnlessSomethingElseIsSaid() throws IOException {
    Labelling expected =
        new Labelling(Labeller.AUTO, Labelling.Pairs.AUTO, Duration.ofMinutes(15), false);

    assertEquals(expected, read(""));
  }

  @Test
  void proversAreToldByVariables() throws IOException {
    Labelling labelling =
        read(
            """
            selkie.prover.labeller = library
            selkie.prover.precommit1 { pairs = never, pair-patience = 90s, cpus = "0" }
            """);

    assertEquals(
        Map.of(
            "SELKIE_LABELLER", "library",
            "SELKIE_PAIRS", "never",
            "SELKIE_PAIRS_DIRECTORY", "/state/pairs",
            "SELKIE_PAIRS_PATIENCE", "90",
            "SELKIE_PAIRS_PINNED", "on"),
        labelling.environment(Path.of("/state/pairs")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pairs = two          | selkie.prover.precommit1.pairs is two: use auto, always or never",
        "pair-patience = -1s  | selkie.prover.precommit1.pair-patience is -1s: use 0s or more",
      })
  void aValueThatIsNoneIsRefusedInOneLine(String setting, String expected) {
    IOException refused =
        assertThrows(IOException.class, () -> read("selkie.prover.precommit1." + setting));

    assertEquals(expected, refused.getMessage());
  }
}
