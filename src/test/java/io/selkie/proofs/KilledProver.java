package io.selkie.proofs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Kills the prover of a call with SIGKILL at a chosen moment. */
final class KilledProver {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private KilledProver() {}

  /** A call to the proofs. */
  @FunctionalInterface
  interface Call {
    void run(Proofs proofs) throws ProofsException;
  }

  /** Something that becomes true while a prover works. */
  @FunctionalInterface
  interface Moment {
    boolean isNow() throws IOException;
  }

  /**
   * Makes the call and kills its prover once it is in the stage and the moment has come.
   *
   * @return what the call failed with; null if it came through before
   */
  static ProofsException kill(
      ProverSettings settings, Predicate<ProofsProgress> stage, Moment moment, Call call) {
    ProverProofs watched =
        new ProverProofs(settings)
            .listening(
                progress -> {
                  if (stage.test(progress)) {
                    waitFor(moment, settings.jobs());
                    proversOf(settings.jobs()).forEach(ProcessHandle::destroyForcibly);
                  }
                });
    try {
      call.run(watched);
      return null;
    } catch (ProofsException e) {
      return e;
    }
  }

  /** The children of this process that work on a job below a directory. */
  static Stream<ProcessHandle> proversOf(Path jobs) {
    return ProcessHandle.current().children().filter(child -> worksBelow(child, jobs));
  }

  private static boolean worksBelow(ProcessHandle child, Path jobs) {
    String[] arguments = child.info().arguments().orElse(new String[0]);
    return arguments.length == 1 && Path.of(arguments[0]).startsWith(jobs.toAbsolutePath());
  }

  private static void waitFor(Moment moment, Path jobs) {
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      while (!moment.isNow() && proversOf(jobs).findAny().isPresent()) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("the moment to kill a prover did not come");
        }
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot see how far a prover is", e);
    }
  }
}
