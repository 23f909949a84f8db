package io.selkie.scheduler;

import io.selkie.filecoin.SectorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which waiting task goes to which host, and why the others do not: a pure function. A sector's
 * files stay where they are, no pool gets more tasks than it has slots, and no sector has two tasks
 * at once.
 */
public final class Placement {
  /** Phases near the end first, so that sectors leave before others come; then what is cheap. */
  private static final List<TaskKind> ORDER =
      List.of(
          TaskKind.RELEASE,
          TaskKind.TRANSFER,
          TaskKind.FINALIZE,
          TaskKind.COMMIT_2,
          TaskKind.COMMIT_1,
          TaskKind.PRE_COMMIT_2,
          TaskKind.PRE_COMMIT_1,
          TaskKind.ADD_PIECE,
          TaskKind.UNSEAL,
          TaskKind.REMOVE);

  private static final Comparator<Waiting> NEXT =
      Comparator.<Waiting, Integer>comparing(waiting -> ORDER.indexOf(waiting.task().kind()))
          .thenComparing(Waiting::since)
          .thenComparing(waiting -> waiting.task().toString());

  private final Map<HostId, Host> hosts;
  private final Map<SectorId, List<Held>> held = new HashMap<>();
  private final Map<HostId, Map<TaskKind, Integer>> used = new HashMap<>();

  private Placement(List<Host> hosts, Collection<Held> held) {
    this.hosts =
        hosts.stream()
            .sorted(Comparator.comparing(Host::id))
            .collect(
                Collectors.toMap(
                    Host::id, Function.identity(), (one, other) -> one, LinkedHashMap::new));
    held.forEach(this::hold);
  }

  /**
   * A task without a host.
   *
   * @param since when it was asked for
   * @param filesOn the one host that can run it, if the sector has files
   */
  public record Waiting(TaskId task, Instant since, Optional<HostId> filesOn) {}

  /**
   * A host that has announced itself.
   *
   * @param slots how many tasks of each pooled kind it runs at once; absent or 0: none
   */
  public record Host(HostId id, Map<TaskKind, Integer> slots) {
    /** The map is copied. */
    public Host {
      slots = Map.copyOf(slots);
    }

    private int slots(TaskKind kind) {
      return slots.getOrDefault(kind, 0);
    }
  }

  /**
   * A task that has a slot already.
   *
   * @param given to the host, by its sector's word; otherwise the host only has a job of it, which
   *     it ends before it starts a newer one of the sector
   */
  public record Held(TaskId task, HostId host, boolean given) {}

  /** A task and the host it is given to. */
  public record Assignment(TaskId task, HostId host) {}

  /**
   * What becomes of the waiting tasks: each has an assignment or a reason.
   *
   * @param reasons one sentence for the operator
   */
  public record Decision(List<Assignment> assignments, Map<TaskId, String> reasons) {}

  /**
   * Decides for all waiting tasks at once.
   *
   * @param waiting in any order
   * @param hosts those that have announced themselves
   * @param held on these hosts or others
   */
  public static Decision decide(
      Collection<Waiting> waiting, List<Host> hosts, Collection<Held> held) {
    Placement placement = new Placement(hosts, held);
    List<Assignment> assignments = new ArrayList<>();
    Map<TaskId, String> reasons = new LinkedHashMap<>();
    for (Waiting next : waiting.stream().sorted(NEXT).toList()) {
      Optional<String> reason = placement.reasonToWait(next);
      if (reason.isPresent()) {
        reasons.put(next.task(), reason.get());
      } else {
        assignments.add(placement.assign(next));
      }
    }
    return new Decision(List.copyOf(assignments), reasons);
  }

  private Assignment assign(Waiting waiting) {
    HostId host = best(waiting);
    jobs(waiting.task().sector()).forEach(job -> count(job, -1));
    held.remove(waiting.task().sector());
    hold(new Held(waiting.task(), host, true));
    return new Assignment(waiting.task(), host);
  }

  private void hold(Held task) {
    held.computeIfAbsent(task.task().sector(), sector -> new ArrayList<>()).add(task);
    count(task, 1);
  }

  private void count(Held task, int by) {
    used.computeIfAbsent(task.host(), host -> new HashMap<>())
        .merge(task.task().kind(), by, Integer::sum);
  }

  private Optional<String> reasonToWait(Waiting waiting) {
    return besideItsSector(waiting)
        .or(() -> withoutHost(waiting))
        .or(
            () -> {
              TaskKind kind = waiting.task().kind();
              List<Host> offering = offering(waiting);
              return offering.stream().anyMatch(host -> room(host, waiting) > 0)
                  ? Optional.empty()
                  : Optional.of(full(offering, kind));
            });
  }

  /** Another task of the sector, where the new one does not replace it. */
  private Optional<String> besideItsSector(Waiting waiting) {
    return held.getOrDefault(waiting.task().sector(), List.of()).stream()
        .filter(other -> other.given() || !only(waiting).equals(Optional.of(other.host())))
        .findFirst()
        .map(other -> "its sector still has " + other.task().kind() + " on host " + other.host());
  }

  private Optional<String> withoutHost(Waiting waiting) {
    TaskKind kind = waiting.task().kind();
    if (waiting.filesOn().isPresent() && !hosts.containsKey(waiting.filesOn().get())) {
      return Optional.of(
          "its files are on host " + waiting.filesOn().get() + ", which has not announced itself");
    }
    if (hosts.isEmpty()) {
      return Optional.of("no host has announced itself");
    }
    if (!offering(waiting).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        only(waiting)
            .map(host -> "its files are on host " + host + ", which does not offer " + kind)
            .orElse("no host offers " + kind));
  }

  private String full(List<Host> offering, TaskKind kind) {
    int inUse =
        offering.stream()
            .mapToInt(host -> used.getOrDefault(host.id(), Map.of()).getOrDefault(kind, 0))
            .sum();
    int slots = offering.stream().mapToInt(host -> host.slots(kind)).sum();
    String where =
        offering.size() == 1 ? "host " + offering.get(0).id() : offering.size() + " hosts";
    return String.format(
        "waits for a free %s slot on %s (%d of %d in use)", kind, where, inUse, slots);
  }

  /** Of the hosts with room the one with most of it. */
  private HostId best(Waiting waiting) {
    return offering(waiting).stream()
        .max(
            Comparator.<Host, Integer>comparing(host -> room(host, waiting))
                .thenComparing(Host::id, Comparator.reverseOrder()))
        .orElseThrow()
        .id();
  }

  /** The one host that may run it: where its files are, or a job of its sector. */
  private Optional<HostId> only(Waiting waiting) {
    return waiting
        .filesOn()
        .or(() -> jobs(waiting.task().sector()).map(Held::host).min(Comparator.naturalOrder()));
  }

  private Stream<Held> jobs(SectorId sector) {
    return held.getOrDefault(sector, List.of()).stream().filter(task -> !task.given());
  }

  private List<Host> offering(Waiting waiting) {
    TaskKind kind = waiting.task().kind();
    Optional<HostId> only = only(waiting);
    return hosts.values().stream()
        .filter(host -> only.isEmpty() || only.get().equals(host.id()))
        .filter(host -> !kind.isPooled() || host.slots(kind) > 0)
        .toList();
  }

  /** Free slots for the task, counting those of jobs that it replaces. */
  private int room(Host host, Waiting waiting) {
    TaskKind kind = waiting.task().kind();
    if (!kind.isPooled()) {
      return Integer.MAX_VALUE;
    }
    long replaced =
        jobs(waiting.task().sector())
            .filter(job -> job.host().equals(host.id()) && job.task().kind() == kind)
            .count();
    int inUse = used.getOrDefault(host.id(), Map.of()).getOrDefault(kind, 0);
    return host.slots(kind) - inUse + (int) replaced;
  }
}
