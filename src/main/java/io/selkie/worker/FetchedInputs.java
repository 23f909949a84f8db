package io.selkie.worker;

import io.selkie.files.Durable;
import io.selkie.files.FileLook;
import io.selkie.files.FileTree;
import io.selkie.scheduler.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host fetched for its Commit2: a directory for each attempt, below the state directory,
 * which lasts as long as the attempt's job. While it is there the attempt reads from it and from
 * nowhere else.
 *
 * @param directory of the node's own; it may be missing
 */
public record FetchedInputs(Path directory) {
  private static final Logger LOG = LoggerFactory.getLogger(FetchedInputs.class);
  private static final String FILE = "c1.json";

  /** Where the attempt's input is fetched to, whether it is there or not. */
  Path file(TaskId.Attempt attempt) {
    return of(attempt.toString()).resolve(FILE);
  }

  /**
   * Makes the place for it, durably: a job that was made with it is only taken up as long as it is
   * there.
   */
  void make(TaskId.Attempt attempt) throws IOException {
    Files.createDirectories(of(attempt.toString()));
    Durable.syncDirectory(directory);
    Durable.syncDirectory(directory.resolveSibling(""));
  }

  /** Forgets what an earlier life of the node fetched, and made no job with. */
  void clear(TaskId.Attempt attempt) throws IOException {
    FileTree.delete(of(attempt.toString()));
  }

  /** Whether the attempt reads what was fetched for it. */
  boolean has(TaskId.Attempt attempt) {
    return Files.isDirectory(of(attempt.toString()));
  }

  /** Names of attempts that have something here. */
  public Set<String> present() throws IOException {
    Set<String> names = new LinkedHashSet<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (NoSuchFileException e) {
      return Set.of(); // nothing was ever fetched
    }
    return names;
  }

  /** The directory of an attempt, whether it is there or not. */
  public Path of(String name) {
    return directory.resolve(name);
  }

  /** Its job has ended. */
  void remove(TaskId.Attempt attempt) {
    try {
      clear(attempt);
    } catch (IOException e) {
      LOG.warn(
          "what was fetched for {} cannot be removed, the next start tries it again: {}",
          attempt,
          e.toString());
    }
  }

  /**
   * Removes what no job reads: the node was killed between the fetch and the job, or between the
   * end of the job and the removal. Nothing may run yet.
   *
   * @param jobs names of those that are there
   * @param all where the directories of jobs are: one that cannot be read may have a prover at work
   */
  public void tidy(Set<String> jobs, Path all) {
    try {
      for (String name : present()) {
        if (!jobs.contains(name) && !FileLook.exists(all.resolve(name))) {
          FileTree.delete(of(name));
          LOG.info("{} was fetched for a job that is not there: removed", of(name));
        }
      }
    } catch (IOException e) {
      LOG.warn("what was fetched in {} and is not needed stays: {}", directory, e.toString());
    }
  }
}
