package io.selkie.sealing;

import io.selkie.scheduler.TaskKind;
import io.selkie.storage.SealRecord.PhaseTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How a sector came along.
 *
 * @param since when it came to the step that it is at
 * @param stepsBack how often it went back to an earlier phase, since an operator last retried it
 * @param phases how long the finished ones took, their waiting included
 */
public record Course(Instant since, int stepsBack, List<PhaseTime> phases) {
  /** The list is copied. */
  public Course {
    phases = List.copyOf(phases);
  }

  static Course begun(Instant at) {
    return new Course(at, 0, List.of());
  }

  Course at(Instant now) {
    return new Course(now, stepsBack, phases);
  }

  /** The phase ended; where it had run before, only this time counts. */
  Course after(TaskKind phase, Instant now) {
    List<PhaseTime> more = new ArrayList<>(phases);
    more.removeIf(earlier -> earlier.phase().equals(phase.toString()));
    more.add(time(phase, now));
    return new Course(now, stepsBack, more);
  }

  /** How long the phase took that began with this step. */
  PhaseTime time(TaskKind phase, Instant now) {
    return new PhaseTime(phase.toString(), Math.max(0, Duration.between(since, now).toMillis()));
  }

  Course back(Instant now) {
    return new Course(now, stepsBack + 1, phases);
  }

  Course retried(Instant now) {
    return new Course(now, 0, phases);
  }
}
