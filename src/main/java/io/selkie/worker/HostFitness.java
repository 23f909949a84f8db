package io.selkie.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Whether a host can run provers at all; otherwise its tasks are not to blame. */
@FunctionalInterface
public interface HostFitness {
  /** What a job directory holds at least: a job, a log, a result. */
  int JOB_BYTES = 64 << 10;

  /** What its operator has to put right, on one line; empty: nothing. Blocks for a moment. */
  Optional<String> problem();

  /**
   * The host of a prover program.
   *
   * @param jobs where the job directories are made
   */
  static HostFitness of(Path program, Path jobs) {
    return () -> {
      if (!Files.isRegularFile(program)) {
        return Optional.of("the prover program " + program + " is not there: install it again");
      }
      if (!Files.isExecutable(program)) {
        return Optional.of(
            "the prover program " + program + " cannot be executed: check its permissions");
      }
      return writable(jobs);
    };
  }

  private static Optional<String> writable(Path jobs) {
    Path probe = jobs.resolve(".fit");
    try {
      Files.createDirectories(jobs);
      try (FileChannel file =
          FileChannel.open(
              probe,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.allocate(JOB_BYTES);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(true);
      } finally {
        Files.deleteIfExists(probe);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("no job can be written below " + jobs + ": " + e);
    }
  }
}
