package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The provers of one job directory, to be ended. */
final class ProverProcesses {
  private static final Duration POLL = Duration.ofMillis(10);
  private static final Pattern PID = Pattern.compile("[1-9][0-9]*");

  private ProverProcesses() {}

  /**
   * Kills every prover of the job and waits until it is dead.
   *
   * @throws IOException if one does not die within the limit: it hangs in the kernel
   */
  static void end(Path job, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (Set<ProcessIdentity> found = of(job); !found.isEmpty(); found = of(job)) {
      for (ProcessIdentity prover : found) {
        prover.kill();
      }
      if (System.nanoTime() - deadline > 0) {
        String pids =
            found.stream()
                .map(prover -> Long.toString(prover.pid()))
                .collect(Collectors.joining(", "));
        throw new IOException(
            "prover process "
                + pids
                + " of "
                + job.getFileName()
                + " was killed and does not end: a disk or a GPU that it waits for may hang");
      }
      pause();
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a prover was ended");
    }
  }

  /** The living ones: whom the job names, and who was started for it and did not say so yet. */
  private static Set<ProcessIdentity> of(Path job) throws IOException {
    Set<ProcessIdentity> found = new HashSet<>();
    Optional<ProcessIdentity> named = named(job);
    if (named.isPresent() && named.get().isAlive(ProcessIdentity.PROC)) {
      found.add(named.get());
    }
    for (Path process : JobFiles.entries(ProcessIdentity.PROC)) {
      String pid = String.valueOf(process.getFileName());
      if (PID.matcher(pid).matches() && isProverOf(job, process)) {
        ProcessIdentity.of(Long.parseLong(pid), ProcessIdentity.PROC).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<ProcessIdentity> named(Path job) throws IOException {
    try {
      return ProcessIdentity.read(job.resolve(JobFiles.PROVER));
    } catch (JsonProcessingException e) {
      return Optional.empty(); // the other way finds it
    }
  }

  private static boolean isProverOf(Path job, Path process) {
    List<String> arguments;
    try {
      arguments = List.of(Files.readString(process.resolve("cmdline")).split("\0"));
    } catch (IOException e) {
      return false; // it ended, or is of another user
    }
    int last = arguments.size() - 1;
    return arguments.subList(0, last).stream().anyMatch(name -> name.endsWith("/selkie-prover"))
        && (arguments.get(last).equals(job.toString()) || worksIn(job, process));
  }

  /** A prover that waited for its job was started when the directory had another name. */
  private static boolean worksIn(Path job, Path process) {
    try {
      return Files.isSameFile(process.resolve("cwd"), job);
    } catch (IOException e) {
      return false; // it ended, is of another user, or there is no such directory
    }
  }
}
