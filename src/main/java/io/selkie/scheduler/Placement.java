package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which waiting task goes to which host, and why the others do not: a pure function. A sector's
 * files stay where they are, no limit of a host is passed ({@link HostLoad}), and no sector has two
 * tasks at once.
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
          .thenComparing(waiting -> waiting.urgency().deadline().orElse(Instant.MAX))
          .thenComparing(waiting -> !waiting.urgency().deals())
          .thenComparing(Waiting::since)
          .thenComparing(waiting -> waiting.task().toString());

  /** Stands in the reason of a task that no host does which may run it. */
  public static final String NOT_OFFERED = "which does not offer ";

  /** Likewise. */
  public static final String NO_HOST_OFFERS = "no host offers ";

  private final Map<HostId, HostLoad> hosts = new LinkedHashMap<>();
  private final Map<SectorId, List<Held>> held = new HashMap<>();

  private Placement(List<Host> hosts, Collection<Held> held) {
    hosts.stream()
        .sorted(Comparator.comparing(Host::id))
        .forEach(
            host ->
                this.hosts.put(
                    host.id(),
                    new HostLoad(host.id(), host.limits(), host.sectors(), host.unfit())));
    held.forEach(this::hold);
  }

  /**
   * How much a task hurries.
   *
   * @param deadline after which the work is lost, if there is one
   * @param deals whether the sector has data of clients
   */
  public record Urgency(Optional<Instant> deadline, boolean deals) {
    /** Of a sector without data and deadline. */
    public static final Urgency NONE = new Urgency(Optional.empty(), false);
  }

  /**
   * A task without a host.
   *
   * @param proofType empty where only its sector knows
   * @param since when it was asked for
   * @param filesOn the one host that can run it, if the sector has files
   */
  public record Waiting(
      TaskId task,
      Optional<SealProofType> proofType,
      Instant since,
      Optional<HostId> filesOn,
      Urgency urgency) {
    private HostLoad.Load load() {
      return new HostLoad.Load(task.kind(), task.sector(), proofType);
    }
  }

  /**
   * A host that has announced itself.
   *
   * @param sectors that have files there
   * @param unfit why it takes no work, if it does not
   */
  public record Host(
      HostId id, HostLimits limits, List<HostSector> sectors, Optional<String> unfit) {
    /** The list is copied. */
    public Host {
      sectors = List.copyOf(sectors);
    }
  }

  /**
   * A task that has a slot already.
   *
   * @param proofType empty where it is not known
   * @param given to the host, by its sector's word; otherwise the host only has a job of it, which
   *     it ends before it starts a newer one of the sector
   */
  public record Held(TaskId task, Optional<SealProofType> proofType, HostId host, boolean given) {
    private HostLoad.Load load() {
      return new HostLoad.Load(task.kind(), task.sector(), proofType);
    }
  }

  /** A task and the host it is given to. */
  public record Assignment(TaskId task, HostId host) {}

  /**
   * What becomes of the waiting tasks: each has an assignment or a reason.
   *
   * @param reasons one sentence for the operator
   * @param shortOfMemory those that wait for memory and nothing else
   */
  public record Decision(
      List<Assignment> assignments, Map<TaskId, String> reasons, Set<TaskId> shortOfMemory) {}

  /** The same without any that has waited for memory too long. */
  public static Decision decide(
      Collection<Waiting> waiting, List<Host> hosts, Collection<Held> held) {
    return decide(waiting, hosts, held, Set.of());
  }

  /**
   * Decides for all waiting tasks at once.
   *
   * @param waiting in any order
   * @param hosts those that have announced themselves
   * @param held on these hosts or others
   * @param starved tasks that have waited for memory so long that what comes free is kept for them;
   *     on each host for one
   */
  public static Decision decide(
      Collection<Waiting> waiting, List<Host> hosts, Collection<Held> held, Set<TaskId> starved) {
    Placement placement = new Placement(hosts, held);
    List<Assignment> assignments = new ArrayList<>();
    Map<TaskId, String> reasons = new LinkedHashMap<>();
    Set<TaskId> shortOfMemory = new LinkedHashSet<>();
    for (Waiting next : waiting.stream().sorted(NEXT).toList()) {
      Optional<String> reason = placement.besideItsSector(next).or(() -> placement.noHost(next));
      if (reason.isPresent()) {
        reasons.put(next.task(), reason.get());
        continue;
      }
      Map<HostId, HostLoad.Refusal> refusals = placement.refusals(next);
      if (refusals.size() < placement.candidates(next).size()) {
        assignments.add(placement.assign(next, refusals.keySet()));
        continue;
      }
      reasons.put(next.task(), placement.summary(next, refusals));
      if (refusals.values().stream().anyMatch(Placement::isForMemory)) {
        shortOfMemory.add(next.task());
        if (starved.contains(next.task())) {
          placement.keepMemory(next, refusals);
        }
      }
    }
    return new Decision(List.copyOf(assignments), reasons, Set.copyOf(shortOfMemory));
  }

  private static boolean isForMemory(HostLoad.Refusal refusal) {
    return refusal.limit() == HostLoad.Limit.MEMORY && refusal.passing();
  }

  private void keepMemory(Waiting waiting, Map<HostId, HostLoad.Refusal> refusals) {
    refusals.entrySet().stream()
        .filter(refusal -> isForMemory(refusal.getValue()))
        .map(refusal -> load(refusal.getKey()))
        .filter(host -> !host.keepsMemory())
        .findFirst()
        .ifPresent(host -> host.keepMemory(waiting.load()));
  }

  private HostLoad load(HostId host) {
    return Optional.ofNullable(hosts.get(host)).orElseThrow();
  }

  private Assignment assign(Waiting waiting, Set<HostId> full) {
    HostId host =
        candidates(waiting).stream()
            .filter(candidate -> !full.contains(candidate))
            .max(
                Comparator.<HostId, Integer>comparing(
                        candidate -> load(candidate).room(waiting.task().kind()))
                    .thenComparing(Comparator.reverseOrder()))
            .orElseThrow();
    jobs(waiting.task().sector()).forEach(this::drop);
    held.remove(waiting.task().sector());
    hold(new Held(waiting.task(), waiting.proofType(), host, true));
    return new Assignment(waiting.task(), host);
  }

  private void hold(Held task) {
    held.computeIfAbsent(task.task().sector(), sector -> new ArrayList<>()).add(task);
    Optional.ofNullable(hosts.get(task.host())).ifPresent(host -> host.add(task.load()));
  }

  private void drop(Held task) {
    Optional.ofNullable(hosts.get(task.host())).ifPresent(host -> host.remove(task.load()));
  }

  /** Another task of the sector, where the new one does not replace it. */
  private Optional<String> besideItsSector(Waiting waiting) {
    return held.getOrDefault(waiting.task().sector(), List.of()).stream()
        .filter(other -> other.given() || !only(waiting).equals(Optional.of(other.host())))
        .findFirst()
        .map(other -> "its sector still has " + other.task().kind() + " on host " + other.host());
  }

  private Optional<String> noHost(Waiting waiting) {
    if (waiting.filesOn().isPresent() && !hosts.containsKey(waiting.filesOn().get())) {
      return Optional.of(
          "its files are on host " + waiting.filesOn().get() + ", which has not announced itself");
    }
    return candidates(waiting).isEmpty()
        ? Optional.of("no host has announced itself")
        : Optional.empty();
  }

  /** What is in the way on each host that cannot take it. */
  private Map<HostId, HostLoad.Refusal> refusals(Waiting waiting) {
    // What the new task replaces is gone before it begins.
    List<Held> replaced = jobs(waiting.task().sector()).toList();
    replaced.forEach(this::drop);
    Map<HostId, HostLoad.Refusal> refusals = new TreeMap<>();
    for (HostId host : candidates(waiting)) {
      load(host).refusal(waiting.load()).ifPresent(refusal -> refusals.put(host, refusal));
    }
    replaced.forEach(
        job -> Optional.ofNullable(hosts.get(job.host())).ifPresent(host -> host.add(job.load())));
    return refusals;
  }

  /** One reason for all hosts: that of the host which is nearest to taking the task. */
  private String summary(Waiting waiting, Map<HostId, HostLoad.Refusal> refusals) {
    TaskKind kind = waiting.task().kind();
    List<HostLoad.Refusal> all = List.copyOf(refusals.values());
    if (all.stream().allMatch(refusal -> refusal.limit() == HostLoad.Limit.OFFER)) {
      return only(waiting)
          .map(host -> "its files are on host " + host + ", " + NOT_OFFERED + kind)
          .orElse(NO_HOST_OFFERS + kind);
    }
    List<HostLoad.Refusal> offering =
        all.stream().filter(refusal -> refusal.limit() != HostLoad.Limit.OFFER).toList();
    HostLoad.Refusal nearest =
        offering.stream()
            .max(
                Comparator.comparing(HostLoad.Refusal::passing)
                    .thenComparing(HostLoad.Refusal::limit))
            .orElseThrow();
    int others = offering.size() - 1;
    return others == 0
        ? nearest.reason()
        : nearest.reason()
            + "; "
            + others
            + (others == 1 ? " other host has" : " other hosts have")
            + " no room either";
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

  private List<HostId> candidates(Waiting waiting) {
    Optional<HostId> only = only(waiting);
    return hosts.keySet().stream()
        .filter(host -> only.isEmpty() || only.get().equals(host))
        .toList();
  }
}
