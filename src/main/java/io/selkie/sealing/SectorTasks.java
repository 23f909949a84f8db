package io.selkie.sealing;

import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sector.Sector;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The sector that a driver steps. A stage fails with a {@link
 * java.util.concurrent.TimeoutException} if no answer came in time: the question may be asked
 * again, and is the same one then.
 */
public interface SectorTasks {
  /** Has the sector do a task; answers when it is done, has failed, or is refused. */
  CompletionStage<Sector.Answer> perform(SectorId sector, TaskRequest request);

  /** Has the sector try its failed or aborted task again. */
  CompletionStage<Sector.Answer> retry(SectorId sector, String by);

  /** Ends the sector's task; answers when its prover is dead. */
  CompletionStage<Sector.Answer> abort(SectorId sector, String by, String cause);

  /**
   * The sectors of the cluster.
   *
   * @param patience how long an answer is waited for
   */
  static SectorTasks of(ClusterSharding sharding, Duration patience) {
    return new SectorTasks() {
      @Override
      public CompletionStage<Sector.Answer> perform(SectorId sector, TaskRequest request) {
        return sharding
            .entityRefFor(Sector.KEY, sector.toString())
            .ask(replyTo -> new Sector.Perform(request, replyTo), patience);
      }

      @Override
      public CompletionStage<Sector.Answer> retry(SectorId sector, String by) {
        return sharding
            .entityRefFor(Sector.KEY, sector.toString())
            .ask(replyTo -> new Sector.Retry(by, replyTo), patience);
      }

      @Override
      public CompletionStage<Sector.Answer> abort(SectorId sector, String by, String cause) {
        return sharding
            .entityRefFor(Sector.KEY, sector.toString())
            .ask(replyTo -> new Sector.Abort(by, cause, replyTo), patience);
      }
    };
  }
}
