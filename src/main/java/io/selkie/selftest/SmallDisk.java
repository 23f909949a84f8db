package io.selkie.selftest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A file system in memory that really fills. Only root may mount one. */
final class SmallDisk {
  private SmallDisk() {}

  /**
   * Mounts one.
   *
   * @return why that cannot be done here
   */
  static Optional<String> mount(Path directory, long bytes)
      throws IOException, InterruptedException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("only root may mount a tmpfs, which is what is filled");
    }
    try {
      return run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", directory.toString())
          .map(line -> "no tmpfs can be mounted here: " + line);
    } catch (IOException e) {
      return Optional.of("no tmpfs can be mounted here: " + e.getMessage());
    }
  }

  /** Gives it up, whatever still has files open there. */
  static void unmount(Path directory) throws IOException, InterruptedException {
    Optional<String> trouble = run("umount", "-l", directory.toString());
    if (trouble.isPresent()) {
      throw new IOException("unmount " + directory + " by hand: " + trouble.get());
    }
  }

  private static Optional<String> run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    boolean ended = process.waitFor(10, TimeUnit.SECONDS);
    return ended && process.exitValue() == 0
        ? Optional.empty()
        : Optional.of(output.lines().findFirst().orElse("no answer"));
  }
}
