package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageSettingsTest {
  private static final Path REPO = Path.of("/repo");
  private static final StateDirectory STATE = new StateDirectory(Path.of("/state"));

  @Test
  void aHostAloneHasItsListInTheRepoAsLotusHas() {
    StoragePaths.Settings paths = StorageSettings.of(config("")).paths(REPO, STATE);

    assertEquals(Path.of("/repo/storage.json"), paths.list());
    assertTrue(paths.repoIsPath());
  }

  @Test
  void hostsThatShareARepoHaveTheirOwnLists() {
    StorageSettings settings = StorageSettings.of(config("selkie.cache-mode = 1"));

    assertTrue(settings.shared());
    assertEquals(Path.of("/state/storage.json"), settings.paths(REPO, STATE).list());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "selkie.cache-mode = 2",
        "selkie.cache-mode = -1",
        "selkie.storage.full-at = 101",
        "selkie.storage.trash-age = -1 s",
        "selkie.storage.look-every = 0 s",
        "selkie.cache-mode = 1, selkie.local-storage = off"
      })
  void whatIsWrongIsOneLineThatNamesIt(String wrong) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> StorageSettings.of(config(wrong)));

    String line = String.valueOf(refusal.getMessage());
    assertTrue(line.contains(wrong.substring(0, wrong.indexOf(' '))), line);
    assertEquals(1, line.lines().count());
  }

  private static Config config(String text) {
    return ConfigFactory.parseString(text).withFallback(ConfigFactory.defaultReference()).resolve();
  }
}
