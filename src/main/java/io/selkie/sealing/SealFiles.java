package io.selkie.sealing;

import io.selkie.scheduler.HostId;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * What drivers do with files, which lie on the host that seals and not where the driver runs. Both
 * may be done again. A stage fails if the host cannot be reached, or its disk refuses.
 */
public interface SealFiles {
  /**
   * Writes the record of a seal beside the sector's files.
   *
   * @param host that has them; empty: this one
   */
  CompletionStage<Void> write(Optional<HostId> host, SealRecord record);

  /**
   * Deletes uploaded files, as far as they are there.
   *
   * @param host that they were sent to; empty: this one
   */
  CompletionStage<Void> delete(Optional<HostId> host, List<Path> uploads);

  /**
   * The files of this host alone.
   *
   * @param blocking where disks are waited for
   */
  static SealFiles here(SectorPlaces places, Executor blocking) {
    return new SealFiles() {
      @Override
      public CompletionStage<Void> write(Optional<HostId> host, SealRecord record) {
        return run(() -> record.write(places.own(record.sector()).seal()));
      }

      @Override
      public CompletionStage<Void> delete(Optional<HostId> host, List<Path> uploads) {
        return run(() -> Spool.delete(uploads));
      }

      private CompletionStage<Void> run(FileWork work) {
        return CompletableFuture.runAsync(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            },
            blocking);
      }
    };
  }

  /** Something that waits for a disk. */
  @FunctionalInterface
  interface FileWork {
    /** Does it. */
    void run() throws IOException;
  }
}
