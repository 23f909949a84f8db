package io.selkie.proofs;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The native side that the build left in {@code selkie.native.dir}, for tests of real proofs. */
final class RealProofs {
  private RealProofs() {}

  static ProofsLibrary library() {
    return ProofsLibrary.find(ConfigFactory.load());
  }

  /** In this process. Loaded once: its settings and thread pool last as long as the process. */
  static NativeProofs here() {
    return Here.PROOFS;
  }

  /** In child processes that end with this one. */
  static ProverProofs provers(Path jobs) {
    return new ProverProofs(settings(jobs));
  }

  static ProverSettings settings(Path jobs) {
    return new ProverSettings(library(), jobs, 0, true, Map.of());
  }

  /** Of a node, which its provers outlive. */
  static ProverSettings ofNode(Path jobs) {
    return new ProverSettings(library(), jobs, 0, false, Map.of());
  }

  /** The result of a job with one sector. */
  static <R> R only(List<Outcome<R>> outcomes) throws ProofsException {
    if (outcomes.size() != 1) {
      throw new AssertionError("expected one outcome, got " + outcomes);
    }
    return outcomes.get(0).orThrow();
  }

  /** The failure of an outcome that has to be one. */
  static ProofsFailure failure(Outcome<?> outcome) {
    if (outcome instanceof Outcome.Failed<?> failed) {
      return failed.failure();
    }
    throw new AssertionError("should have failed: " + outcome);
  }

  private static final class Here {
    static final NativeProofs PROOFS = NativeProofs.load(library());
  }
}
