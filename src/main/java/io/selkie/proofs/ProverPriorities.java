package io.selkie.proofs;

import com.typesafe.config.Config;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which processors provers get, and how readily they give them up to others: settings {@code
 * selkie.prover}.
 *
 * @param common for operations that have nothing of their own
 * @param byOperation such as that of {@code preCommit1}
 */
public record ProverPriorities(Priority common, Map<String, Priority> byOperation) {
  private static final int MAX_NICE = 19;

  /** Operations whose priority may be set, by their names in the settings. */
  private static final Map<String, String> PHASES =
      Map.of(
          "addpiece", "addPiece",
          "precommit1", "preCommit1",
          "precommit2", "preCommit2",
          "commit1", "commit1",
          "commit2", "commit2");

  /** The map is copied. */
  public ProverPriorities {
    byOperation = Map.copyOf(byOperation);
  }

  /**
   * The priority of a process.
   *
   * @param nice 0 to 19
   * @param cpus the processors that it may run on; empty: all
   */
  public record Priority(int nice, SortedSet<Integer> cpus) {}

  /** The same for all operations, on all processors. */
  static ProverPriorities nice(int nice) {
    return new ProverPriorities(new Priority(nice, new TreeSet<>()), Map.of());
  }

  /**
   * Reads the settings.
   *
   * @throws IOException if one is out of range, or names a processor that this machine lacks; one
   *     line
   * @throws com.typesafe.config.ConfigException if one is no number
   */
  public static ProverPriorities of(Config config) throws IOException {
    return of(config, CpuList.online());
  }

  static ProverPriorities of(Config config, Optional<String> online) throws IOException {
    Config prover = config.getConfig("selkie.prover");
    Priority common = new Priority(nice(prover, "nice"), cpus(prover, "cpus", online));
    Map<String, Priority> byOperation = new LinkedHashMap<>();
    for (Map.Entry<String, String> phase : PHASES.entrySet()) {
      String nice = phase.getKey() + ".nice";
      String cpus = phase.getKey() + ".cpus";
      byOperation.put(
          phase.getValue(),
          new Priority(
              prover.getString(nice).isBlank() ? common.nice() : nice(prover, nice),
              prover.getString(cpus).isBlank() ? common.cpus() : cpus(prover, cpus, online)));
    }
    return new ProverPriorities(common, byOperation);
  }

  /** That of an operation. */
  Priority of(String operation) {
    return byOperation.getOrDefault(operation, common);
  }

  private static int nice(Config prover, String key) throws IOException {
    int nice = prover.getInt(key);
    if (nice < 0 || nice > MAX_NICE) {
      throw new IOException("selkie.prover." + key + " is " + nice + ": use 0 to " + MAX_NICE);
    }
    return nice;
  }

  private static SortedSet<Integer> cpus(Config prover, String key, Optional<String> online)
      throws IOException {
    try {
      SortedSet<Integer> cpus = CpuList.parse(prover.getString(key));
      SortedSet<Integer> missing = new TreeSet<>(cpus);
      missing.removeAll(CpuList.parse(online.orElse("")));
      if (online.isPresent() && !missing.isEmpty()) {
        throw new IOException(
            "selkie.prover."
                + key
                + " names processor "
                + missing.first()
                + ": this machine has "
                + online.get());
      }
      return cpus;
    } catch (IllegalArgumentException e) {
      throw new IOException("selkie.prover." + key + " " + e.getMessage(), e);
    }
  }
}
