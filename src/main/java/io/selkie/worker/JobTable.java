package io.selkie.worker;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a worker has to do, decided without actor, clock or I/O: a simulation drives it as the
 * {@link Worker} does. Every call returns what is to be done, in order.
 *
 * <p>It fences provers. A sector that speaks of an attempt is done with every older one: such a job
 * is ended, and its death confirmed, before the newer one begins. So no sector has two provers.
 *
 * <p>A job directory stays until the sector has persisted the end of its attempt. After a crash of
 * the worker the directories are all that is known; the sectors say what is to become of them.
 */
public final class JobTable {
  /** How often {@link #tick} is called. */
  public static final Duration TICK = Duration.ofSeconds(1);

  /** Ticks between two announcements: the scheduler may have started anew. */
  static final int ANNOUNCE_EVERY = 5;

  /** Ticks before an unanswered report is repeated; they double each time. */
  static final int FIRST_WAIT = 5;

  static final int LONGEST_WAIT = 60;

  private final HostId host;
  private final Map<TaskId.Attempt, Job> jobs = new LinkedHashMap<>();
  private final Newest newest;
  private Set<TaskId.Attempt> announced = Set.of();
  private long now;

  /** To be done by the worker. */
  public sealed interface Effect {
    /**
     * Run the attempt.
     *
     * @param present whether it has a job already, which holds its slot whatever else does
     */
    record Run(TaskId.Attempt attempt, TaskRequest request, boolean present) implements Effect {}

    /** Tell the sector of the attempt. */
    record Tell(TaskReport report) implements Effect {}

    /** End the attempt and say when nothing works on it any more. */
    record Kill(TaskId.Attempt attempt) implements Effect {}

    /** Remove what the attempt has written for itself: nothing works on its sector any more. */
    record Discard(TaskId.Attempt attempt) implements Effect {}

    /** Remove the job directory, if it is there. */
    record Remove(TaskId.Attempt attempt) implements Effect {}

    /** Tell the scheduler which attempts hold slots. */
    record Announce(Set<TaskId.Attempt> present) implements Effect {}
  }

  private sealed interface Job {
    /** Its directory was found; the sector has not said yet what is to become of it. */
    record Found(Repeat report) implements Job {}

    /** It begins once all older attempts of its sector are dead. */
    record Held(TaskRequest request, boolean present) implements Job {}

    record Running(boolean durable) implements Job {}

    /**
     * It is being ended.
     *
     * @param tell whether the sector waits to hear of it
     * @param discard whether what it has written is to go after that
     * @param again when to try again, after a try that failed
     */
    record Stopping(boolean tell, boolean discard, Optional<Repeat> again) implements Job {}

    /** Nothing works on it any more; what it has written is being removed. */
    record Discarding() implements Job {}

    /** It ended; the sector has not said yet that it knows. */
    record Over(TaskReport end, Repeat report) implements Job {}
  }

  private record Repeat(long at, int waited) {
    Repeat next(long now) {
      int wait = waited == 0 ? FIRST_WAIT : Math.min(2 * waited, LONGEST_WAIT);
      return new Repeat(now + wait, wait);
    }
  }

  /**
   * The table of a worker that starts.
   *
   * @param present attempts that have a job directory
   * @param newest what the worker before heard that had the same address
   */
  public JobTable(HostId host, Set<TaskId.Attempt> present, Newest newest) {
    this.host = host;
    this.newest = newest;
    for (TaskId.Attempt attempt : present) {
      jobs.put(attempt, new Job.Found(new Repeat(0, 0)));
      remember(attempt);
    }
  }

  /** The sector wants the attempt to run, or to hear of it. */
  public List<Effect> start(TaskId.Attempt attempt, TaskRequest request) {
    Optional<TaskId.Attempt> known = newest.of(attempt.sector());
    if (known.isPresent() && known.get().isNewerThan(attempt)) {
      return stop(attempt, false);
    }
    List<Effect> effects = new ArrayList<>(supersede(attempt));
    @Nullable Job job = jobs.get(attempt);
    if (job == null && known.equals(Optional.of(attempt))) {
      // It was acknowledged or stopped, and this message is late.
      effects.add(new Effect.Tell(new TaskReport.Stopped(attempt, host)));
    } else if (job == null || job instanceof Job.Found) {
      jobs.put(attempt, new Job.Held(request, job != null));
      effects.addAll(runIfAlone(attempt.sector()));
    } else if (job instanceof Job.Running running && running.durable()) {
      effects.add(new Effect.Tell(new TaskReport.Started(attempt, host)));
    } else if (job instanceof Job.Over over) {
      effects.add(new Effect.Tell(over.end()));
    }
    return announcing(effects);
  }

  /** The sector has persisted the end of the attempt. */
  public List<Effect> acknowledge(TaskId.Attempt attempt) {
    List<Effect> effects = new ArrayList<>(supersede(attempt));
    effects.addAll(end(attempt, false, false));
    return announcing(effects);
  }

  /**
   * The sector wants the attempt to end.
   *
   * @param discard whether what it has written is to go; not where a newer attempt is known, whose
   *     files they are then
   */
  public List<Effect> stop(TaskId.Attempt attempt, boolean discard) {
    List<Effect> effects = new ArrayList<>(supersede(attempt));
    boolean newest = this.newest.of(attempt.sector()).equals(Optional.of(attempt));
    effects.addAll(end(attempt, true, discard && newest));
    return announcing(effects);
  }

  /** The attempt survives a crash of this process from here on. */
  public List<Effect> durable(TaskId.Attempt attempt) {
    if (!(jobs.get(attempt) instanceof Job.Running)) {
      return List.of();
    }
    jobs.put(attempt, new Job.Running(true));
    return List.of(new Effect.Tell(new TaskReport.Started(attempt, host)));
  }

  /** The attempt ended. */
  public List<Effect> ended(TaskId.Attempt attempt, Ended end) {
    if (!(jobs.get(attempt) instanceof Job.Running)) {
      return List.of();
    }
    TaskReport report = end.report(attempt, host);
    jobs.put(attempt, new Job.Over(report, new Repeat(now, 0).next(now)));
    List<Effect> effects = new ArrayList<>();
    effects.add(new Effect.Tell(report));
    return announcing(effects);
  }

  /** Nothing works any more on an attempt that was to be killed. */
  public List<Effect> stopped(TaskId.Attempt attempt) {
    if (!(jobs.get(attempt) instanceof Job.Stopping stopping)) {
      return List.of();
    }
    List<Effect> effects = new ArrayList<>(dead(attempt, stopping.tell(), stopping.discard()));
    effects.addAll(runIfAlone(attempt.sector()));
    return announcing(effects);
  }

  /** What the stopped attempt had written is gone, as far as that can be. */
  public List<Effect> discarded(TaskId.Attempt attempt) {
    if (!(jobs.get(attempt) instanceof Job.Discarding)) {
      return List.of();
    }
    List<Effect> effects = new ArrayList<>(dead(attempt, true, false));
    effects.addAll(runIfAlone(attempt.sector()));
    return announcing(effects);
  }

  /** An attempt that was to be killed may still be at work. It is tried again. */
  public List<Effect> stopFailed(TaskId.Attempt attempt) {
    if (jobs.get(attempt) instanceof Job.Stopping stopping) {
      Repeat again = stopping.again().orElse(new Repeat(now, 0)).next(now);
      jobs.put(attempt, new Job.Stopping(stopping.tell(), stopping.discard(), Optional.of(again)));
    }
    return List.of();
  }

  /** A {@link #TICK} has gone by. The first is at once: it tells what was found. */
  public List<Effect> tick() {
    List<Effect> effects = new ArrayList<>();
    if (now % ANNOUNCE_EVERY == 0) {
      announced = present();
      effects.add(new Effect.Announce(announced));
    }
    jobs.replaceAll((attempt, job) -> repeated(attempt, job, effects));
    now++;
    return effects;
  }

  private Job repeated(TaskId.Attempt attempt, Job job, List<Effect> effects) {
    if (job instanceof Job.Found found && found.report().at() <= now) {
      effects.add(new Effect.Tell(new TaskReport.Found(attempt, host)));
      return new Job.Found(found.report().next(now));
    }
    if (job instanceof Job.Over over && over.report().at() <= now) {
      effects.add(new Effect.Tell(over.end()));
      return new Job.Over(over.end(), over.report().next(now));
    }
    if (job instanceof Job.Stopping stopping
        && stopping.again().map(again -> again.at() == now).orElse(false)) {
      effects.add(new Effect.Kill(attempt));
    }
    return job;
  }

  /** The sector knows of this attempt: older ones are of no use to it. */
  private List<Effect> supersede(TaskId.Attempt attempt) {
    Optional<TaskId.Attempt> known = newest.of(attempt.sector());
    if (known.isPresent() && known.get().isNewerThan(attempt)) {
      return List.of();
    }
    remember(attempt);
    List<Effect> effects = new ArrayList<>();
    for (TaskId.Attempt older : jobsOf(attempt.sector())) {
      if (attempt.isNewerThan(older)) {
        effects.addAll(end(older, false, false));
      }
    }
    return effects;
  }

  private List<Effect> end(TaskId.Attempt attempt, boolean tell, boolean discard) {
    @Nullable Job job = jobs.get(attempt);
    if (job instanceof Job.Stopping stopping) {
      jobs.put(
          attempt,
          new Job.Stopping(
              stopping.tell() || tell, stopping.discard() || discard, stopping.again()));
      return List.of();
    }
    if (job instanceof Job.Discarding) {
      return List.of(); // told when it is done
    }
    if (discard && job instanceof Job.Over over && over.end() instanceof TaskReport.Succeeded) {
      return List.of(new Effect.Tell(over.end())); // a result that came before stands
    }
    if (mayLive(job)) {
      jobs.put(attempt, new Job.Stopping(tell, discard, Optional.empty()));
      return List.of(new Effect.Kill(attempt));
    }
    return dead(attempt, tell, discard);
  }

  /** Nothing works on the attempt. */
  private List<Effect> dead(TaskId.Attempt attempt, boolean tell, boolean discard) {
    boolean alone = jobsOf(attempt.sector()).stream().allMatch(other -> other.equals(attempt));
    if (discard && alone) {
      jobs.put(attempt, new Job.Discarding());
      return List.of(new Effect.Discard(attempt));
    }
    jobs.remove(attempt);
    if (discard) {
      // An older attempt may still write. The sector says it again, and hears then.
      return List.of(new Effect.Remove(attempt));
    }
    Effect remove = new Effect.Remove(attempt);
    return tell
        ? List.of(remove, new Effect.Tell(new TaskReport.Stopped(attempt, host)))
        : List.of(remove);
  }

  /** A task may have failed for what kept this host from its prover, which works on. */
  private static boolean mayLive(@Nullable Job job) {
    return job instanceof Job.Found
        || job instanceof Job.Running
        || (job instanceof Job.Held held && held.present())
        || (job instanceof Job.Over over && over.end() instanceof TaskReport.Failed);
  }

  private List<Effect> runIfAlone(SectorId sector) {
    List<TaskId.Attempt> all = jobsOf(sector);
    if (all.size() == 1 && jobs.get(all.get(0)) instanceof Job.Held held) {
      jobs.put(all.get(0), new Job.Running(false));
      return List.of(new Effect.Run(all.get(0), held.request(), held.present()));
    }
    return List.of();
  }

  private List<TaskId.Attempt> jobsOf(SectorId sector) {
    return jobs.keySet().stream().filter(attempt -> attempt.sector().equals(sector)).toList();
  }

  /** Attempts that have, or may have, somebody working on them. */
  private Set<TaskId.Attempt> present() {
    return jobs.entrySet().stream()
        .filter(job -> !(job.getValue() instanceof Job.Over))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  private List<Effect> announcing(List<Effect> effects) {
    Set<TaskId.Attempt> present = present();
    if (!present.equals(announced)) {
      announced = present;
      effects.add(new Effect.Announce(present));
    }
    return effects;
  }

  private void remember(TaskId.Attempt attempt) {
    newest.remember(attempt, jobs.size(), sector -> !jobsOf(sector).isEmpty());
  }
}
