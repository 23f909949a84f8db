package io.selkie.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.selkie.api.ApiSettings;
import io.selkie.filecoin.MinerId;
import io.selkie.journal.DatabaseSettings;
import io.selkie.lotus.ApiConfig;
import io.selkie.lotus.HostPort;
import io.selkie.lotus.LotusSettings;
import io.selkie.lotus.MinerFinder;
import io.selkie.post.PostSettings;
import io.selkie.proofs.Labelling;
import io.selkie.proofs.ProverPriorities;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostPatience;
import io.selkie.sealing.SealingSettings;
import io.selkie.sector.RetryPolicy;
import io.selkie.sector.SectorSettings;
import io.selkie.storage.StateDirectory;
import io.selkie.storage.StoragePaths;
import io.selkie.storage.StorageSettings;
import io.selkie.transfer.TransferSettings;
import io.selkie.worker.HostSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a node runs: {@code selkie.*} read and checked once.
 *
 * @param repo the storage path, an existing directory
 * @param state what is this node's own
 * @param config all settings, for those parts that read their own
 * @param miner for whom sectors are sealed
 * @param host the limits of this host
 * @param cluster how the host is part of a farm
 * @param database where its journal lies
 * @param chain where tickets and seeds come from; empty: what the repo was last worked on with
 * @param lotus how the miner is looked for, if it is
 * @param environment of this process
 * @param blockTime of the development chain
 * @param challengeDelay of the development chain: epochs from a pre-commit to its seed
 * @param priorities of provers
 * @param labelling how they make labels
 * @param idleProvers how many are started ahead of their jobs
 * @param inProcess whether phases run in the node itself, for demos and tests
 * @param test what only tests set
 */
public record NodeSettings(
    Path repo,
    StateDirectory state,
    Config config,
    MinerId miner,
    HostSettings host,
    ClusterSettings cluster,
    DatabaseSettings database,
    Optional<ChainKind> chain,
    Optional<LotusSettings> lotus,
    Map<String, String> environment,
    SectorSettings sectors,
    SealingSettings sealing,
    StorageSettings storage,
    ApiSettings api,
    TransferSettings transfer,
    Duration blockTime,
    long challengeDelay,
    ProverPriorities priorities,
    Labelling labelling,
    int idleProvers,
    boolean inProcess,
    Test test) {
  private static final Set<String> EXECUTORS = Set.of("process", "in-process");
  private static final int MOST_RETRIES = 10_000;
  private static final int MOST_IDLE_PROVERS = 100;

  /**
   * What only tests set.
   *
   * @param standInProofs provers do no proofs, and the chain takes only what they mark
   * @param failPoints places at which the node holds
   * @param proverFailPoints places at which provers hold
   * @param failPointDirectory where whatever holds leaves a file of that name
   * @param phaseTimes how long stand-in provers take at least, such as {@code PreCommit1=18000}, in
   *     milliseconds
   */
  public record Test(
      boolean standInProofs,
      Set<String> failPoints,
      Set<String> proverFailPoints,
      Path failPointDirectory,
      List<String> phaseTimes) {
    /** What stand-in provers read these from. */
    Map<String, String> proverEnvironment() {
      return Map.of(
          "SELKIE_TEST_FAILPOINTS", String.join(",", proverFailPoints),
          "SELKIE_TEST_FAILPOINT_DIR", failPointDirectory.toString(),
          "SELKIE_TEST_PHASE_TIMES", String.join(",", phaseTimes));
    }
  }

  /** Checks that hosts which join each other have one journal, and a lease that fits. */
  public NodeSettings {
    if (cluster.isFarm() && !database.isShared()) {
      throw new IllegalArgumentException(
          "selkie.cluster joins other hosts, and the journal is embedded in this one: name a"
              + " PostgreSQL by selkie.database.url, see docs/farm.md");
    }
    Duration decision = cluster.timing().pause().plus(cluster.timing().stableAfter());
    if (cluster.isFarm() && database.lease().timeout().compareTo(decision) >= 0) {
      throw new IllegalArgumentException(
          "selkie.database.lease.timeout is "
              + database.lease().timeout().toSeconds()
              + " s: use less than selkie.cluster.pause and stable-after together, or the hosts that"
              + " are left end as well when the one that has the lease is lost");
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
      NodeSettings settings =
          new NodeSettings(
              repo.toRealPath(), // of one repo there is one spelling: requests name its files
              StateDirectory.of(repo, environment),
              config,
              MinerId.parse(selkie.getString("miner")),
              HostSettings.of(selkie, environment),
              ClusterSettings.of(config),
              DatabaseSettings.of(config),
              ChainKind.of(selkie.getString("chain")),
              lotus(repo, environment, selkie),
              Map.copyOf(environment),
              sectors(config),
              SealingSettings.of(config),
              StorageSettings.of(config),
              ApiSettings.of(config),
              TransferSettings.of(config),
              Bounds.atLeast(config, "selkie.dev-chain.block-time", Duration.ofMillis(1)),
              Bounds.number(config, "selkie.dev-chain.precommit-challenge-delay", 1, 1000),
              ProverPriorities.of(config),
              Labelling.of(config),
              Bounds.number(config, "selkie.prover.idle", 0, MOST_IDLE_PROVERS),
              inProcess(selkie),
              new Test(
                  selkie.getBoolean("test.stand-in-proofs"),
                  Set.copyOf(selkie.getStringList("test.failpoints")),
                  Set.copyOf(selkie.getStringList("test.prover-failpoints")),
                  Path.of(selkie.getString("test.failpoint-dir")).toAbsolutePath(),
                  List.copyOf(selkie.getStringList("test.phase-times"))));
      HostPatience unused = settings.hosts(); // out of range shows now, not in the scheduler
      PostSettings unusedYet = PostSettings.of(config);
      return settings;
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } catch (ConfigException e) {
      throw new IOException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  private static boolean inProcess(Config selkie) {
    String executor = selkie.getString("prover.executor");
    if (!EXECUTORS.contains(executor)) {
      throw new IllegalArgumentException(
          "selkie.prover.executor is " + executor + ": use process or in-process");
    }
    boolean inProcess = executor.equals("in-process");
    if (inProcess && selkie.getBoolean("test.stand-in-proofs")) {
      throw new IllegalArgumentException(
          "selkie.prover.executor is in-process: stand-in proofs are made by processes alone");
    }
    return inProcess;
  }

  /**
   * Whether sealed sectors leave for long-term storage; in a shared directory never.
   *
   * @param paths of this host
   */
  boolean sendsAway(StoragePaths paths) {
    return !storage.shared() && (!transfer.targets().isEmpty() || !paths.stores().isEmpty());
  }

  /**
   * How long hosts may be silent.
   *
   * @throws IllegalArgumentException if that is out of range; one line
   */
  HostPatience hosts() {
    return new HostPatience(
        config.getDuration("selkie.hosts.silence"),
        config.getDuration("selkie.hosts.grace"),
        config.getDuration("selkie.hosts.restart"));
  }

  /** Who shares the repo has a spool of its own in it: what is in it belongs to its own calls. */
  Path spool(HostId host) {
    Path spool = repo.resolve("selkie").resolve("spool");
    return storage.shared() ? spool.resolve(host.toString()) : spool;
  }

  private static Optional<LotusSettings> lotus(
      Path repo, Map<String, String> environment, Config selkie) throws IOException {
    if (!selkie.getBoolean("lotus.enabled")) {
      return Optional.empty();
    }
    Optional<Path> miner =
        given(selkie, "storage-repo").map(text -> Path.of(text).toAbsolutePath());
    Optional<URI> announced = given(selkie, "lotus.announce-url").map(NodeSettings::announced);
    boolean alone = selkie.getBoolean("lotus.one-worker-per-host");
    if (alone && announced.isPresent()) {
      throw new IllegalArgumentException(
          "selkie.lotus.announce-url is for the farm, and selkie.lotus.one-worker-per-host makes each"
              + " host a worker with an address of its own: give one of them");
    }
    Optional<HostPort> address = given(selkie, "lotus.address").map(NodeSettings::address);
    Optional<ApiConfig> file =
        address.isPresent() || isOf(new MinerFinder(miner, environment).repo(), repo)
            ? Optional.empty()
            : ApiConfig.in(repo).filter(config -> config.listen().isPresent());
    return Optional.of(
        new LotusSettings(
            miner,
            address.or(() -> file.flatMap(ApiConfig::listen)),
            file.flatMap(ApiConfig::remote),
            announced,
            alone));
  }

  /** What stands in the repo of a miner is the miner's own address. */
  private static boolean isOf(Path miner, Path repo) throws IOException {
    return Files.exists(miner) && Files.isSameFile(miner, repo);
  }

  private static HostPort address(String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("selkie.lotus.address: " + e.getMessage(), e);
    }
  }

  private static URI announced(String text) {
    try {
      URI url = URI.create(text.replaceAll("/+$", ""));
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (isHttp && url.getHost() != null && url.getPath().isEmpty() && url.getQuery() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "selkie.lotus.announce-url is " + text + ": use one such as http://farm.example:3456");
  }

  private static Optional<String> given(Config selkie, String key) {
    return Optional.of(selkie.getString(key)).filter(text -> !text.isEmpty());
  }

  private static SectorSettings sectors(Config config) {
    RetryPolicy retries =
        new RetryPolicy(
            Bounds.number(config, "selkie.sector.retries", 0, MOST_RETRIES),
            Bounds.atLeast(config, "selkie.sector.first-retry", Duration.ofMillis(1)),
            Bounds.atLeast(config, "selkie.sector.longest-retry", Duration.ofMillis(1)));
    return new SectorSettings(
        retries,
        Bounds.atLeast(config, "selkie.sector.repeat", Duration.ofMillis(10)),
        Bounds.atLeast(config, "selkie.sector.passivate-after", Duration.ofMillis(10)));
  }
}
