package io.selkie.proofs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How provers are started.
 *
 * @param library where the program lies
 * @param jobs directory for the job directories, on a local disk
 * @param priorities which processors provers get, and how readily they give them up
 * @param boundToParent provers end with this process, for one-shot commands; a node's provers do
 *     not
 * @param environment set for a prover on top of what it inherits
 * @param standIn provers seal without proofs, for tests ({@code native/src/stand_in}); real ones
 *     refuse their work
 */
public record ProverSettings(
    ProofsLibrary library,
    Path jobs,
    ProverPriorities priorities,
    boolean boundToParent,
    Map<String, String> environment,
    boolean standIn) {

  /** What keeps every part of the proofs library off the GPU. */
  public static final Map<String, String> WITHOUT_GPU =
      Map.of(
          "BELLMAN_NO_GPU", "1",
          "FIL_PROOFS_USE_GPU_COLUMN_BUILDER", "false",
          "FIL_PROOFS_USE_GPU_TREE_BUILDER", "false",
          "CUDA_VISIBLE_DEVICES", "");

  /** Names a prover inherits: nothing else of the environment reaches it, least of all tokens. */
  private static final Set<String> INHERITED =
      Set.of(
          "PATH",
          "HOME",
          "TMPDIR",
          "LANG",
          "LD_LIBRARY_PATH",
          "RUST_LOG",
          "RUST_BACKTRACE",
          "RAYON_NUM_THREADS",
          "EC_GPU_NUM_THREADS",
          "CUDA_VISIBLE_DEVICES",
          "GPU_DEVICE_ORDINAL");

  private static final Set<String> INHERITED_PREFIXES =
      Set.of("FIL_PROOFS_", "BELLMAN_", "NEPTUNE_", "RUST_GPU_TOOLS_");

  /**
   * What a stand-in inherits besides: the points at which it is to hold, where to say so, and how
   * long it is to take.
   */
  private static final Set<String> INHERITED_BY_STAND_IN =
      Set.of("SELKIE_TEST_FAILPOINTS", "SELKIE_TEST_FAILPOINT_DIR", "SELKIE_TEST_PHASE_TIMES");

  /** Without it the prover refuses to be a stand-in. */
  private static final Map<String, String> STAND_IN_ALLOWED =
      Map.of("SELKIE_TEST_STAND_IN_PROOFS", "on");

  /** A prover works in its job directory, where a relative path would mean another place. */
  private static final Set<String> DIRECTORIES =
      Set.of("FIL_PROOFS_PARAMETER_CACHE", "FIL_PROOFS_PARENT_CACHE");

  /** The map is copied. */
  public ProverSettings {
    environment = Map.copyOf(environment);
  }

  /** Provers that make real proofs, all of one niceness. */
  public ProverSettings(
      ProofsLibrary library,
      Path jobs,
      int nice,
      boolean boundToParent,
      Map<String, String> environment) {
    this(library, jobs, ProverPriorities.nice(nice), boundToParent, environment, false);
  }

  /**
   * The same without proofs, for tests. Checks of such seals need it too; commitments of pieces and
   * data are the true ones, whoever makes them.
   */
  public ProverSettings asStandIn() {
    return new ProverSettings(library, jobs, priorities, boundToParent, environment, true);
  }

  /** The same with one more variable for provers. */
  public ProverSettings with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(name, value);
    return new ProverSettings(library, jobs, priorities, boundToParent, more, standIn);
  }

  /**
   * The command line of the prover of a job.
   *
   * @param idle it waits until it is told that the job is there
   */
  List<String> command(Path job, boolean idle) {
    List<String> command = new ArrayList<>();
    command.add(library.prover().toString());
    if (standIn) {
      command.add("--stand-in");
    }
    if (idle) {
      command.add("--idle");
    }
    command.add(job.toString());
    return command;
  }

  /** The whole environment of a prover, made from this process's. */
  Map<String, String> environmentFrom(Map<String, String> own) {
    Map<String, String> result = new LinkedHashMap<>();
    own.forEach(
        (name, value) -> {
          if (DIRECTORIES.contains(name)) {
            // Empty means the default, to us as to the operator; not so to the proofs library.
            if (!value.isEmpty()) {
              result.put(name, Path.of(value).toAbsolutePath().toString());
            }
          } else if (INHERITED.contains(name)
              || (standIn && INHERITED_BY_STAND_IN.contains(name))
              || INHERITED_PREFIXES.stream().anyMatch(name::startsWith)) {
            result.put(name, value);
          }
        });
    result.putAll(environment);
    if (standIn) {
      result.putAll(STAND_IN_ALLOWED);
    }
    return result;
  }
}
