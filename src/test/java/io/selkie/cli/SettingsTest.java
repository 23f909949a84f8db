package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Path EXAMPLE = Path.of("conf/selkie.conf");
  private static final Config REFERENCE =
      ConfigFactory.parseResources("reference.conf")
          .resolve(ConfigResolveOptions.defaults().setUseSystemEnvironment(false));

  @TempDir Path temp;

  /** Every key, each with its true default. */
  @Test
  void theExampleShowsEverySettingWithItsDefault() throws IOException {
    String shown =
        Files.readAllLines(EXAMPLE).stream()
            .filter(line -> line.startsWith("#selkie."))
            .map(line -> line.substring(1))
            .collect(Collectors.joining("\n"));

    assertEquals(
        REFERENCE.getConfig("selkie"), ConfigFactory.parseString(shown).getConfig("selkie"));
  }

  @Test
  void theExampleItselfChangesNothing() {
    assertTrue(ConfigFactory.parseFile(EXAMPLE.toFile()).isEmpty());
  }

  @Test
  void aMisspeltKeyIsRefusedByFileAndLine() throws IOException {
    Path file = Files.writeString(temp.resolve("selkie.conf"), "\nselkie.prover.nise = 3\n");

    IOException refusal =
        assertThrows(
            IOException.class,
            () -> Settings.requireKnown(ConfigFactory.parseFile(file.toFile()), REFERENCE));

    assertEquals(file + ": 2: there is no setting selkie.prover.nise", refusal.getMessage());
  }

  @Test
  void knownKeysAndThoseOfOthersAreFine() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("selkie.conf"),
            "selkie { prover.nice = 3, params { attempts = 2, gateways = [] } }\n"
                + "akka.loglevel = x");

    Settings.requireKnown(ConfigFactory.parseFile(file.toFile()), REFERENCE);
    Settings.requireKnown(ConfigFactory.empty(), REFERENCE);
  }

  @Test
  void systemPropertiesMayHaveAnyName() throws IOException {
    Settings.requireKnown(ConfigFactory.parseMap(Map.of("selkie.home", "/opt")), REFERENCE);
  }
}
