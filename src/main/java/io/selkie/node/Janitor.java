package io.selkie.node;

import io.selkie.proofs.AbandonedJobs;
import io.selkie.storage.StorageSettings;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Clears by itself, at start and from time to time, what needs nobody's word. */
final class Janitor implements AutoCloseable {
  private final ScheduledExecutorService thread;

  private Janitor(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  /**
   * Begins; the start of the node does not wait for disks.
   *
   * @param jobs directory of job directories
   */
  static Janitor start(OrphanCollector orphans, StorageSettings settings, Path jobs) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "selkie-janitor");
              made.setDaemon(true);
              return made;
            });
    thread.execute(
        () -> {
          AbandonedJobs.remove(jobs);
          orphans.clearFetches();
        });
    long pause = settings.lookEvery().toMillis();
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            () -> {
              orphans.emptyTrash(settings.trashAge(), settings.fullAt());
              orphans.clearCopies();
            },
            pause,
            pause,
            TimeUnit.MILLISECONDS);
    return new Janitor(thread);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
