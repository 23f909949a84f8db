package io.selkie.sector;

import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The sectors that drivers step. A stage fails with a {@link java.util.concurrent.TimeoutException}
 * if no answer came in time: the question may be asked again, and is the same one then.
 */
public interface SectorTasks {
  /** What drivers ask for; that somebody reads a sector's data is none of theirs. */
  Set<TaskKind> DRIVEN = Set.copyOf(EnumSet.complementOf(EnumSet.of(TaskKind.UNSEAL)));

  /**
   * Has the sector do a task; answers when it is done, has failed, or is refused.
   *
   * @param deadline after which the work is lost, if there is one
   * @param pin the host that is to do it, unless files of the sector are elsewhere
   */
  CompletionStage<Sector.Answer> perform(
      SectorId sector, TaskRequest request, Optional<Instant> deadline, Optional<HostId> pin);

  /** The same on whichever host has room. */
  default CompletionStage<Sector.Answer> perform(
      SectorId sector, TaskRequest request, Optional<Instant> deadline) {
    return perform(sector, request, deadline, Optional.empty());
  }

  /**
   * Ends the sector's task; answers when its prover is dead and what the task wrote is gone: a
   * driver that wants it again wants it from its beginning.
   */
  CompletionStage<Sector.Answer> abort(SectorId sector, String by, String cause);

  /** What the sector is doing. */
  CompletionStage<SectorState> state(SectorId sector);

  /**
   * The sectors of the cluster.
   *
   * @param patience how long an answer is waited for
   */
  static SectorTasks of(ClusterSharding sharding, Duration patience) {
    return new SectorTasks() {
      private EntityRef<Sector.Command> entity(SectorId sector) {
        return sharding.entityRefFor(Sector.KEY, sector.toString());
      }

      @Override
      public CompletionStage<Sector.Answer> perform(
          SectorId sector, TaskRequest request, Optional<Instant> deadline, Optional<HostId> pin) {
        return entity(sector)
            .ask(replyTo -> new Sector.Perform(request, deadline, pin, replyTo), patience);
      }

      @Override
      public CompletionStage<Sector.Answer> abort(SectorId sector, String by, String cause) {
        return entity(sector)
            .ask(
                replyTo -> new Sector.Abort(by, cause, DRIVEN, Optional.empty(), true, replyTo),
                patience);
      }

      @Override
      public CompletionStage<SectorState> state(SectorId sector) {
        return entity(sector).ask(Sector.Get::new, patience);
      }
    };
  }
}
