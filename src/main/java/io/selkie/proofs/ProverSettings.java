package io.selkie.proofs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How provers are started.
 *
 * @param library where the program lies
 * @param jobs directory for the job directories, on a local disk
 * @param nice niceness of a prover, 0 to 19
 * @param boundToParent provers end with this process, for one-shot commands; a node's provers do
 *     not
 * @param environment set for a prover on top of what it inherits
 */
public record ProverSettings(
    ProofsLibrary library,
    Path jobs,
    int nice,
    boolean boundToParent,
    Map<String, String> environment) {

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

  /** A prover works in its job directory, where a relative path would mean another place. */
  private static final Set<String> DIRECTORIES =
      Set.of("FIL_PROOFS_PARAMETER_CACHE", "FIL_PROOFS_PARENT_CACHE");

  /** The map is copied. */
  public ProverSettings {
    environment = Map.copyOf(environment);
  }

  /** The same with one more variable for provers. */
  public ProverSettings with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(name, value);
    return new ProverSettings(library, jobs, nice, boundToParent, more);
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
              || INHERITED_PREFIXES.stream().anyMatch(name::startsWith)) {
            result.put(name, value);
          }
        });
    result.putAll(environment);
    return result;
  }
}
