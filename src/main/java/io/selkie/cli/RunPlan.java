package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.selkie.lotus.HostPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the flags of a worker mean, as settings that stand above all others. Nothing is read but the
 * flags, the settings below them and the environment: MISSION.md A1 to A6 and B1.
 *
 * <p>Every refusal is an {@link IllegalArgumentException} of one line that names the flag.
 */
final class RunPlan {
  static final String REPO = "selkie.repo";
  static final String SEALED_REPO = "selkie.sealed-repo";
  private static final String STORAGE_REPO = "selkie.storage-repo";
  private static final String TARGETS = "selkie.transfer.targets";
  private static final String MAX_TASKS = "selkie.max-tasks";
  static final String CACHE_MODE = "selkie.cache-mode";
  private static final String TRANSFER_BUFFER = "selkie.transfer-buffer";
  private static final String GPU = "selkie.gpu.enabled";
  private static final String LOCAL_STORAGE = "selkie.local-storage";
  private static final String ADDRESS = "selkie.lotus.address";
  private static final String LOTUS = "selkie.lotus.enabled";
  static final String CHAIN = "selkie.chain";
  private static final String ROLES = "selkie.cluster.roles";
  private static final String AUTO = "auto";

  /** As many sectors as no host has. */
  private static final int MOST = 10_000;

  private static final int MAX_PORT = 65_535;
  private static final Set<String> CHAINS = Set.of("none", "dev");

  private final RunFlags flags;
  private final Config settings;
  private final Map<String, String> environment;
  private final Map<String, Object> overlay = new TreeMap<>();

  private RunPlan(RunFlags flags, Config settings, Map<String, String> environment) {
    this.flags = flags;
    this.settings = settings;
    this.environment = environment;
  }

  /** A phase: the flag and the setting of its bound, and the older flag that offers it. */
  private record Phase(
      String flag, String setting, Optional<Integer> bound, String type, Optional<Boolean> typed) {
    boolean isOffered() {
      return typed.orElse(false);
    }
  }

  /**
   * All settings of a worker.
   *
   * @param settings of file and environment, with every default
   * @throws IllegalArgumentException if flags contradict each other or the settings; one line
   */
  static Config of(RunFlags flags, Config settings, Map<String, String> environment) {
    return new RunPlan(flags, settings, environment).merged();
  }

  private Config merged() {
    boolean older = isOlderDialect();
    if (older) {
      requireOlderDialect();
    }
    directories();
    limits();
    phases(older);
    flags.gpu.ifPresent(on -> overlay.put(GPU, on));
    flags.noLocalStorage.ifPresent(on -> overlay.put(LOCAL_STORAGE, !on));
    flags.apiPort.ifPresent(
        port -> overlay.put(NodeFinder.PORT, within("--api-port", port, 0, MAX_PORT)));
    address();
    chain();
    overlay.put(LOTUS, true);
    Config merged = ConfigFactory.parseMap(overlay, "the command line").withFallback(settings);
    check(merged);
    return withTarget(merged);
  }

  /** One of these flags is enough; those that both dialects have tell nothing. */
  private boolean isOlderDialect() {
    return flags.workerRepo.isPresent()
        || flags.address.isPresent()
        || types().anyMatch(Phase::isOffered)
        || flags.noLocalStorage.orElse(false);
  }

  private Stream<Phase> types() {
    return all().stream().filter(phase -> !phase.type().isEmpty());
  }

  private List<Phase> all() {
    Optional<Boolean> none = Optional.empty();
    return List.of(
        new Phase("--parallel-addpiece", "addpiece", flags.addPiece, "", none),
        new Phase(
            "--parallel-precommit1",
            "precommit1",
            flags.preCommit1,
            "--precommit1",
            flags.doPreCommit1),
        new Phase(
            "--parallel-precommit2",
            "precommit2",
            flags.preCommit2,
            "--precommit2",
            flags.doPreCommit2),
        new Phase("--parallel-commit1", "commit1", flags.commit1, "", none),
        new Phase("--parallel-commit2", "commit2", flags.commit2, "--commit", flags.doCommit));
  }

  private void requireOlderDialect() {
    String because = " (asked for by " + olderFlag() + ")";
    if (flags.address.isEmpty()) {
      throw new IllegalArgumentException(
          "--address is missing: give HOST:PORT, where the miner reaches this host" + because);
    }
    if (types().noneMatch(Phase::isOffered)) {
      throw new IllegalArgumentException(
          "no task type is given: give at least one of --precommit1, --precommit2, --commit"
              + because);
    }
    types()
        .filter(phase -> phase.isOffered() && phase.bound().isPresent())
        .findFirst()
        .ifPresent(
            both -> {
              throw new IllegalArgumentException(
                  both.type()
                      + " and "
                      + both.flag()
                      + " are two ways to say how many: give one of them");
            });
  }

  private String olderFlag() {
    if (flags.workerRepo.isPresent()) {
      return "--workerrepo";
    }
    if (flags.address.isPresent()) {
      return "--address";
    }
    return types()
        .filter(Phase::isOffered)
        .map(Phase::type)
        .findFirst()
        .orElse("--no-local-storage");
  }

  private void directories() {
    if (flags.repo.isPresent() && flags.workerRepo.isPresent()) {
      throw new IllegalArgumentException(
          "--repo and --workerrepo are two names of one directory: give one of them");
    }
    flags.repo.ifPresent(path -> directory("--repo", REPO, path));
    flags.workerRepo.ifPresent(path -> directory("--workerrepo", REPO, path));
    flags.storageRepo.ifPresent(path -> directory("--storagerepo", STORAGE_REPO, path));
    flags.sealedRepo.ifPresent(path -> directory("--sealedrepo", SEALED_REPO, path));
  }

  private void directory(String flag, String setting, Path path) {
    if (path.toString().isBlank()) {
      throw new IllegalArgumentException(flag + " is empty: give a directory");
    }
    overlay.put(setting, path.toAbsolutePath().normalize().toString());
  }

  private void limits() {
    flags.maxTasks.ifPresent(n -> overlay.put(MAX_TASKS, within("--max-tasks", n, 0, MOST)));
    flags.transferBuffer.ifPresent(
        n -> overlay.put(TRANSFER_BUFFER, within("--transfer-buffer", n, 0, MOST)));
    flags.cacheMode.ifPresent(
        mode -> {
          if (mode != 0 && mode != 1) {
            throw new IllegalArgumentException(
                "--cache-mode is " + mode + ": use 0 (local disk) or 1 (shared directory)");
          }
          overlay.put(CACHE_MODE, mode);
        });
  }

  private void phases(boolean older) {
    boolean withPieces = flags.doPreCommit1.orElse(false);
    for (Phase phase : all()) {
      Optional<Integer> bound = phase.bound().map(given -> within(phase.flag(), given, 0, MOST));
      if (bound.isEmpty() && older) {
        boolean offered =
            phase.isOffered()
                || phase.setting().equals("commit1")
                || (withPieces && phase.setting().equals("addpiece"));
        bound = Optional.of(offered ? 1 : 0);
      }
      bound.ifPresent(value -> overlay.put("selkie.parallel." + phase.setting(), value));
    }
  }

  private static int within(String flag, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(flag + " is " + value + ": use " + least + " to " + most);
    }
    return value;
  }

  private void address() {
    if (flags.address.isPresent()) {
      overlay.put(ADDRESS, parsed("--address", flags.address.get()).toString());
    } else if (settings.getString(ADDRESS).isEmpty()) {
      netIp()
          .ifPresent(ip -> overlay.put(ADDRESS, new HostPort(ip, HostPort.WORKER_PORT).toString()));
    }
  }

  private static HostPort parsed(String flag, String text) {
    try {
      HostPort address = HostPort.parse(text);
      if (address.port() == 0) {
        throw new IllegalArgumentException("a miner cannot call at port 0");
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(flag + ": " + e.getMessage(), e);
    }
  }

  /** The address that a script found; of two it cannot be told which one is meant. */
  private Optional<String> netIp() {
    List<String> lines =
        environment
            .getOrDefault("NETIP", "")
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.size() > 1) {
      throw new IllegalArgumentException(
          "NETIP has more than one address: "
              + String.join(", ", lines)
              + "; set it to one of them, or give --address");
    }
    return lines.stream()
        .findFirst()
        .map(
            ip -> {
              if (!IpAddress.isOne(ip)) {
                throw new IllegalArgumentException(
                    "NETIP is '" + ip + "': set it to an IP address of this host, or unset it");
              }
              return ip;
            });
  }

  /** Without a word of the operator a worker has no chain: the miner's will be its own. */
  private void chain() {
    flags.chain.ifPresent(
        name -> {
          if (!CHAINS.contains(name)) {
            throw new IllegalArgumentException("--chain is '" + name + "': use none or dev");
          }
          overlay.put(CHAIN, name);
        });
    if (flags.chain.isEmpty() && settings.getString(CHAIN).equals(AUTO)) {
      overlay.put(CHAIN, "none");
    }
  }

  /** What flags, file and environment say together. */
  private void check(Config merged) {
    String sealed = merged.getString(SEALED_REPO);
    boolean same = !sealed.isEmpty() && path(sealed).equals(path(merged.getString(REPO)));
    if (same && merged.getInt(CACHE_MODE) == 0) {
      throw new IllegalArgumentException(
          sameDirectory(flags.workerRepo.isPresent() ? "--workerrepo" : "--repo"));
    }
    boolean off =
        all().stream().allMatch(phase -> merged.getInt("selkie.parallel." + phase.setting()) == 0);
    if (off && !merged.getStringList(ROLES).contains("post")) {
      throw new IllegalArgumentException(
          "every phase is off: give 1 or more to at least one of "
              + all().stream().map(Phase::flag).collect(Collectors.joining(", ")));
    }
  }

  /** What is sealed goes there first, where a node moves sectors at all. */
  private static Config withTarget(Config merged) {
    String sealed = merged.getString(SEALED_REPO);
    boolean moves = merged.getInt(CACHE_MODE) == 0 && merged.hasPath(TARGETS);
    if (sealed.isEmpty() || !moves) {
      return merged;
    }
    List<Object> targets = new ArrayList<>(List.of(path(sealed).toString()));
    targets.addAll(merged.getList(TARGETS).unwrapped());
    return merged.withValue(
        TARGETS, ConfigValueFactory.fromIterable(targets, "selkie.sealed-repo"));
  }

  static String sameDirectory(String repoFlag) {
    return "--sealedrepo is the directory of "
        + repoFlag
        + ": give another one, or --cache-mode=1 if it is shared and nothing is to be moved";
  }

  static String nestedDirectories(String repoFlag) {
    return "--sealedrepo and the directory of "
        + repoFlag
        + " lie in one another: give two that do not";
  }

  private static Path path(String text) {
    return Path.of(text).toAbsolutePath().normalize();
  }
}
