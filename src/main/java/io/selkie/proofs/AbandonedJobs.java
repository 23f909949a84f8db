package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  private AbandonedJobs() {}

  /**
   * Removes directories in which nothing changed for a minute and whose prover is not alive. What
   * cannot be removed stays for the next time.
   *
   * @param jobs the directory of job directories; may be missing
   * @return how many were removed
   */
  public static int remove(Path jobs) {
    return remove(jobs, Clock.systemUTC(), ProcessIdentity.PROC);
  }

  static int remove(Path jobs, Clock clock, Path proc) {
    int removed = 0;
    for (Path job : entriesIfAny(jobs)) {
      try {
        if (Files.isDirectory(job, LinkOption.NOFOLLOW_LINKS) && isAbandoned(job, clock, proc)) {
          JobFiles.delete(job);
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
      return JobFiles.entries(jobs);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      LOG.warn("cannot look for abandoned jobs: {}", Causes.describe(e));
      return List.of();
    }
  }

  private static boolean isAbandoned(Path job, Clock clock, Path proc) throws IOException {
    if (String.valueOf(job.getFileName()).startsWith(".")) {
      return false; // a job that is being made, or a prover that waits for one: its node's
    }
    Instant lastChange = Files.getLastModifiedTime(job).toInstant();
    for (Path file : JobFiles.entries(job)) {
      Instant change = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      lastChange = change.isAfter(lastChange) ? change : lastChange;
    }
    boolean quiet = lastChange.plus(GRACE).isBefore(clock.instant());
    return quiet && isBoundToParent(job) && !isAlive(job, proc);
  }

  /** A directory without a readable job is one whose command died while it wrote it. */
  private static boolean isBoundToParent(Path job) throws IOException {
    return JobFiles.json(job.resolve(JobFiles.JOB))
        .map(content -> content.path("boundToParent").isIntegralNumber())
        .orElse(true);
  }

  private static boolean isAlive(Path job, Path proc) throws IOException {
    Optional<ProcessIdentity> prover;
    try {
      prover = ProcessIdentity.read(job.resolve(JobFiles.PROVER));
    } catch (JsonProcessingException e) {
      return true; // one that cannot be read is no proof of death
    }
    return prover.isPresent() && prover.get().isAlive(proc);
  }
}
