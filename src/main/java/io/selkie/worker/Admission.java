package io.selkie.worker;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostLoad;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The host's own look at its limits before a job begins. The scheduler placed the task with them in
 * view, but a scheduler that started anew may not have known of all that was on its way here. A job
 * that is here already goes on in any case, and counts. Pure.
 */
public final class Admission {
  private final HostId host;
  private final Map<TaskId.Attempt, HostLoad.Load> begun = new HashMap<>();

  /**
   * A host that finds some jobs when it starts.
   *
   * @param found attempts that have a job
   */
  public Admission(HostId host, Set<TaskId.Attempt> found) {
    this.host = host;
    found.forEach(
        attempt ->
            begun.put(
                attempt,
                new HostLoad.Load(attempt.task().kind(), attempt.sector(), Optional.empty())));
  }

  /**
   * An attempt is to begin.
   *
   * @param present whether it has a job already
   * @return why it cannot; empty if it can, and counts from now on
   */
  public Optional<Failure> begin(
      TaskId.Attempt attempt,
      TaskRequest request,
      boolean present,
      HostLimits limits,
      List<HostSector> sectors,
      Optional<String> unfit) {
    HostLoad.Load load =
        new HostLoad.Load(request.kind(), attempt.sector(), Optional.of(request.proofType()));
    if (!present) {
      HostLoad now = new HostLoad(host, limits, sectors, unfit);
      begun.forEach(
          (other, more) -> {
            if (!other.equals(attempt)) {
              now.add(more);
            }
          });
      Optional<HostLoad.Refusal> refusal = now.refusal(load);
      if (refusal.isPresent()) {
        return Optional.of(failure(refusal.get()));
      }
    }
    begun.put(attempt, load);
    return Optional.empty();
  }

  private static Failure failure(HostLoad.Refusal refusal) {
    return switch (refusal.limit()) {
      case FITNESS -> new Failure(Failure.Action.HALT, Failures.UNFIT, refusal.reason());
      case OFFER, SLOTS -> new Failure(Failure.Action.RETRY, Failure.NO_SLOT, refusal.reason());
      default -> new Failure(Failure.Action.RETRY, Failure.NO_ROOM, refusal.reason());
    };
  }

  /** Nothing works on the attempt any more. */
  public void over(TaskId.Attempt attempt) {
    begun.remove(attempt);
  }
}
