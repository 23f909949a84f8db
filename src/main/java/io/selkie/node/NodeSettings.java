package io.selkie.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.selkie.api.ApiSettings;
import io.selkie.filecoin.MinerId;
import io.selkie.scheduler.TaskKind;
import io.selkie.sealing.SealingSettings;
import io.selkie.sector.RetryPolicy;
import io.selkie.sector.SectorSettings;
import io.selkie.storage.StateDirectory;
import io.selkie.storage.StorageSettings;
import io.selkie.transfer.TransferSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * How a node runs: {@code selkie.*} read and checked once.
 *
 * @param repo the storage path, an existing directory
 * @param state what is this node's own
 * @param config all settings, for those parts that read their own
 * @param miner for whom sectors are sealed
 * @param slots how many tasks of each pooled kind run at once
 * @param blockTime of the development chain
 * @param challengeDelay of the development chain: epochs from a pre-commit to its seed
 * @param nice niceness of provers
 * @param test what only tests set
 */
public record NodeSettings(
    Path repo,
    StateDirectory state,
    Config config,
    MinerId miner,
    Map<TaskKind, Integer> slots,
    SectorSettings sectors,
    SealingSettings sealing,
    StorageSettings storage,
    ApiSettings api,
    TransferSettings transfer,
    Duration blockTime,
    long challengeDelay,
    int nice,
    Test test) {
  private static final int MOST_SLOTS = 10_000;
  private static final int MAX_NICE = 19;
  private static final Map<TaskKind, String> PARALLEL =
      Map.of(
          TaskKind.ADD_PIECE, "addpiece",
          TaskKind.PRE_COMMIT_1, "precommit1",
          TaskKind.PRE_COMMIT_2, "precommit2",
          TaskKind.COMMIT_1, "commit1",
          TaskKind.COMMIT_2, "commit2");

  /**
   * What only tests set.
   *
   * @param standInProofs provers do no proofs, and the chain takes only what they mark
   * @param failPoints places at which the node holds
   * @param proverFailPoints places at which provers hold
   * @param failPointDirectory where whatever holds leaves a file of that name
   */
  public record Test(
      boolean standInProofs,
      Set<String> failPoints,
      Set<String> proverFailPoints,
      Path failPointDirectory) {
    /** What stand-in provers read these from. */
    Map<String, String> proverEnvironment() {
      return Map.of(
          "SELKIE_TEST_FAILPOINTS", String.join(",", proverFailPoints),
          "SELKIE_TEST_FAILPOINT_DIR", failPointDirectory.toString());
    }
  }

  /**
   * Reads the settings.
   *
   * @throws IOException if one is wrong; one line that names it
   */
  public static NodeSettings of(Path repo, Map<String, String> environment, Config config)
      throws IOException {
    try {
      Config selkie = config.getConfig("selkie");
      return new NodeSettings(
          repo.toRealPath(), // of one repo there is one spelling: requests name its files
          StateDirectory.of(repo, environment),
          config,
          MinerId.parse(selkie.getString("miner")),
          slots(selkie),
          sectors(selkie),
          SealingSettings.of(config),
          StorageSettings.of(config),
          ApiSettings.of(config),
          TransferSettings.of(config),
          atLeast(selkie, "dev-chain.block-time", Duration.ofMillis(1)),
          number(selkie, "dev-chain.precommit-challenge-delay", 1, 1000),
          number(selkie, "prover.nice", 0, MAX_NICE),
          new Test(
              selkie.getBoolean("test.stand-in-proofs"),
              Set.copyOf(selkie.getStringList("test.failpoints")),
              Set.copyOf(selkie.getStringList("test.prover-failpoints")),
              Path.of(selkie.getString("test.failpoint-dir")).toAbsolutePath()));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } catch (ConfigException e) {
      throw new IOException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  /**
   * Whether sealed sectors leave for long-term storage; in a shared directory never (A3).
   *
   * @param attached how many of the host's paths store sealed sectors and do not seal
   */
  boolean transfers(int attached) {
    return !storage.shared() && (!transfer.targets().isEmpty() || attached > 0);
  }

  private static Map<TaskKind, Integer> slots(Config selkie) throws IOException {
    Map<TaskKind, Integer> slots = new EnumMap<>(TaskKind.class);
    for (Map.Entry<TaskKind, String> phase : PARALLEL.entrySet()) {
      slots.put(phase.getKey(), number(selkie, "parallel." + phase.getValue(), 0, MOST_SLOTS));
    }
    return Map.copyOf(slots);
  }

  private static SectorSettings sectors(Config selkie) throws IOException {
    RetryPolicy retries =
        new RetryPolicy(
            number(selkie, "sector.retries", 0, MOST_SLOTS),
            atLeast(selkie, "sector.first-retry", Duration.ofMillis(1)),
            atLeast(selkie, "sector.longest-retry", Duration.ofMillis(1)));
    return new SectorSettings(
        retries,
        atLeast(selkie, "sector.repeat", Duration.ofMillis(10)),
        atLeast(selkie, "sector.passivate-after", Duration.ofMillis(10)));
  }

  private static int number(Config selkie, String key, int least, int most) throws IOException {
    int value = selkie.getInt(key);
    if (value < least || value > most) {
      throw new IOException("selkie." + key + " is " + value + ": use " + least + " to " + most);
    }
    return value;
  }

  private static Duration atLeast(Config selkie, String key, Duration least) throws IOException {
    Duration value = selkie.getDuration(key);
    if (value.compareTo(least) < 0) {
      throw new IOException(
          "selkie."
              + key
              + " is "
              + value.toMillis()
              + " ms: use "
              + least.toMillis()
              + " or more");
    }
    return value;
  }
}
