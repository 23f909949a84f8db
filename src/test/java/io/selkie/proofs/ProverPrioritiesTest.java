package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProverPrioritiesTest {
  private static ProverPriorities of(String settings) throws IOException {
    Config config = ConfigFactory.parseString(settings).withFallback(ConfigFactory.load());
    return ProverPriorities.of(config, Optional.of("0-15"));
  }

  private static ProverPriorities.Priority priority(int nice, Integer... cpus) {
    return new ProverPriorities.Priority(nice, new TreeSet<>(Set.of(cpus)));
  }

  @Test
  void proversAreNicerThanTheirNodeAndRunAnywhere() throws IOException {
    assertEquals(priority(5), of("").of("preCommit1"));
    assertEquals(priority(5), of("").of("unseal"));
  }

  @Test
  void aPhaseMayHaveItsOwn() throws IOException {
    ProverPriorities priorities =
        of(
            """
            selkie.prover { nice = 3, cpus = "0-2", precommit1 { cpus = "4-5,8" }
              commit2 { nice = 0 } }
            """);

    assertEquals(priority(3, 4, 5, 8), priorities.of("preCommit1"));
    assertEquals(priority(0, 0, 1, 2), priorities.of("commit2"));
    assertEquals(priority(3, 0, 1, 2), priorities.of("preCommit2"));
    assertEquals(priority(3, 0, 1, 2), priorities.of("clearCache"));
  }

  @Test
  void aNicenessThatIsNoNumberIsNamed() {
    ConfigException refusal =
        assertThrows(ConfigException.class, () -> of("selkie.prover.commit1.nice = low"));

    assertTrue(String.valueOf(refusal.getMessage()).contains("commit1.nice"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nice = 20| selkie.prover.nice is 20: use 0 to 19",
        "nice = -1| selkie.prover.nice is -1: use 0 to 19",
        "commit1.nice = 21| selkie.prover.commit1.nice is 21: use 0 to 19",
        "cpus = x| selkie.prover.cpus is 'x': use numbers of processors such as 0-3,8",
        "precommit2.cpus = 3-1| selkie.prover.precommit2.cpus is '3-1': use numbers of processors"
            + " such as 0-3,8",
        "precommit2.cpus = \"1,,2\"| selkie.prover.precommit2.cpus is '1,,2': use numbers of"
            + " processors such as 0-3,8",
        "addpiece.cpus = \"15-17\"| selkie.prover.addpiece.cpus names processor 16: this machine"
            + " has 0-15",
      })
  void aWrongSettingIsNamed(String setting, String line) {
    IOException refusal =
        assertThrows(IOException.class, () -> of("selkie.prover." + setting.strip()));

    assertEquals(line, refusal.getMessage());
  }
}
