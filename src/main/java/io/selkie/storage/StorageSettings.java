package io.selkie.storage;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a host uses its storage paths.
 *
 * @param shared cache-mode 1: several hosts seal in the repo, and nothing is ever transferred
 * @param local whether the repo is a storage path
 * @param fullAt percent of a path's capacity that sealed sectors may fill
 * @param trashAge how long what was put into the trash stays there
 * @param lookEvery how often what may be deleted by itself is looked for
 */
public record StorageSettings(
    boolean shared, boolean local, int fullAt, Duration trashAge, Duration lookEvery) {
  private static final int ALL = 100;

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException if one is wrong; one line that names it
   */
  public static StorageSettings of(Config config) {
    int cacheMode = number(config, "selkie.cache-mode", 1);
    boolean local = config.getBoolean("selkie.local-storage");
    if (cacheMode == 1 && !local) {
      throw new IllegalArgumentException(
          "selkie.cache-mode is 1 and selkie.local-storage is off: hosts that share a repo seal in"
              + " it, turn one of them round");
    }
    Duration trashAge = config.getDuration("selkie.storage.trash-age");
    if (trashAge.isNegative()) {
      throw new IllegalArgumentException("selkie.storage.trash-age is negative: use 0 or more");
    }
    Duration lookEvery = config.getDuration("selkie.storage.look-every");
    if (lookEvery.toMillis() < 1) {
      throw new IllegalArgumentException("selkie.storage.look-every is not above 0");
    }
    return new StorageSettings(
        cacheMode == 1, local, number(config, "selkie.storage.full-at", ALL), trashAge, lookEvery);
  }

  private static int number(Config config, String key, int most) {
    int value = config.getInt(key);
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(key + " is " + value + ": use 0 to " + most);
    }
    return value;
  }

  /**
   * Where the list of paths is: in the repo as Lotus has it. Hosts that share a repo have their
   * other disks in other places, so each has a list of its own.
   *
   * @param repo its real path
   */
  public StoragePaths.Settings paths(Path repo, StateDirectory state) {
    Path list = (shared ? state.path() : repo).resolve("storage.json");
    return new StoragePaths.Settings(repo, local, list, fullAt, Optional.of(state.repoId(repo)));
  }
}
