package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Job directories of one-shot commands that were killed before they could remove them. Jobs that
 * are not bound to their parent belong to a node, which collects them itself.
 */
public final class AbandonedJobs {
  private static final Logger LOG = LoggerFactory.getLogger(AbandonedJobs.class);

  /** A job may be about to start, or its result about to be read. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  private static final Path PROC = Path.of("/proc");

  private AbandonedJobs() {}

  /**
   * Removes directories in which nothing changed for a minute and whose prover is not alive. What
   * cannot be removed stays for the next time.
   *
   * @param jobs the directory of job directories; may be missing
   * @return how many were removed
   */
  public static int remove(Path jobs) {
    return remove(jobs, Clock.systemUTC(), PROC);
  }

  static int remove(Path jobs, Clock clock, Path proc) {
    int removed = 0;
    for (Path job : entriesIfAny(jobs)) {
      try {
        if (Files.isDirectory(job, LinkOption.NOFOLLOW_LINKS) && isAbandoned(job, clock, proc)) {
          delete(job);
          removed++;
        }
      } catch (NoSuchFileException e) {
        LOG.debug("job {} was removed by its owner meanwhile", job);
      } catch (IOException e) {
        LOG.warn("cannot clear the abandoned job {}: {}", job, Causes.describe(e));
      }
    }
    return removed;
  }

  private static List<Path> entriesIfAny(Path jobs) {
    try {
      return entries(jobs);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      LOG.warn("cannot look for abandoned jobs: {}", Causes.describe(e));
      return List.of();
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isAbandoned(Path job, Clock clock, Path proc) throws IOException {
    Instant lastChange = Files.getLastModifiedTime(job).toInstant();
    for (Path file : entries(job)) {
      Instant change = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      lastChange = change.isAfter(lastChange) ? change : lastChange;
    }
    boolean quiet = lastChange.plus(GRACE).isBefore(clock.instant());
    return quiet && isBoundToParent(job) && !isAlive(job, proc);
  }

  /** A directory without a readable job is one whose command died while it wrote it. */
  private static boolean isBoundToParent(Path job) throws IOException {
    return json(job.resolve("job.json"))
        .map(content -> content.path("boundToParent").isIntegralNumber())
        .orElse(true);
  }

  private static boolean isAlive(Path job, Path proc) throws IOException {
    Optional<JsonNode> identity = json(job.resolve("prover.json"));
    if (identity.isEmpty()) {
      // One that cannot be read is no proof of death.
      return Files.exists(job.resolve("prover.json"));
    }
    String bootId = Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    return identity.get().path("bootId").asText().equals(bootId)
        && startTime(proc.resolve(identity.get().path("pid").asText("0")).resolve("stat"))
            .equals(Optional.of(identity.get().path("startTime").asText()));
  }

  /** Field 22 of a process's stat; its name, in parentheses, may hold anything. */
  private static Optional<String> startTime(Path stat) throws IOException {
    try {
      String text = Files.readString(stat);
      return Stream.of(text.substring(text.lastIndexOf(')') + 2).split(" ", -1))
          .skip(19)
          .findFirst();
    } catch (IOException e) {
      if (Files.exists(stat)) {
        throw e;
      }
      return Optional.empty(); // it ended, perhaps just now
    }
  }

  private static Optional<JsonNode> json(Path file) throws IOException {
    try {
      return Optional.of(JsonProofs.JSON.readTree(Files.readAllBytes(file)));
    } catch (NoSuchFileException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static void delete(Path job) throws IOException {
    Optional<JsonNode> content = json(job.resolve("job.json"));
    // First the file that keeps a prover going, should one come to life after all.
    Files.deleteIfExists(job.resolve("job.json"));
    deleteTree(job);
    if (content.isPresent()) {
      deleteSocket(job, Path.of(content.get().path("socket").asText()));
    }
  }

  /** Where the path of a socket would be too long, it lies in a temporary directory of its own. */
  private static void deleteSocket(Path job, Path socket) throws IOException {
    Path beside = socket.toAbsolutePath().resolveSibling("");
    String name = String.valueOf(beside.getFileName());
    if (name.startsWith("selkie-" + job.getFileName()) && Files.isDirectory(beside)) {
      deleteTree(beside);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
