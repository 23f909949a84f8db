package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler knows, and the only waiting queue there is. No actor, clock or I/O: a
 * simulation drives it as the {@link Scheduler} does, each call followed by {@link #decide}.
 *
 * <p>It may know less than the sectors and the workers: after a restart it knows nothing, and they
 * tell it again. A sector works on one task at a time, so its word on a newer task ends every older
 * one here, also when a {@link SchedulerCommand.Withdraw} was lost.
 *
 * @param <A> the address of a sector
 * @param <W> the address of a worker
 */
public final class SchedulerState<A, W> {
  /** A task that has waited for memory so long has what comes free kept for it. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Map<SectorId, Entry<A>> entries = new LinkedHashMap<>();
  private final Map<HostId, Announced<W>> hosts = new TreeMap<>();

  /** When tasks that still wait were first short of memory, whatever else stopped them since. */
  private final Map<TaskId, Instant> shortOfMemory = new HashMap<>();

  private Map<TaskId, String> reasons = Map.of();
  private Set<TaskId> kept = Set.of();
  private boolean changed;

  /** To be told to a sector: its task has a host. */
  public record Answer<A, W>(A to, TaskId task, HostId host, W worker) {}

  /** The one task of a sector, with a host or without. */
  private record Entry<A>(Placement.Waiting waiting, Optional<HostId> host, A replyTo) {
    TaskId task() {
      return waiting.task();
    }
  }

  private record Announced<W>(W worker, HostState state) {}

  /**
   * What a host says of itself.
   *
   * @param present the attempts that it has a job of and knows no end of
   * @param sectors that have files there
   * @param unfit why it takes no work, if it does not
   */
  public record HostState(
      HostLimits limits,
      Set<TaskId.Attempt> present,
      List<HostSector> sectors,
      Optional<String> unfit) {
    /** Set and list are copied. */
    public HostState {
      present = Set.copyOf(present);
      sectors = List.copyOf(sectors);
    }

    private HostState having(HostSector sector) {
      if (sectors.stream()
          .anyMatch(here -> here.sector().equals(sector.sector()) && here.counts())) {
        return this;
      }
      List<HostSector> more = new ArrayList<>(sectors);
      more.removeIf(here -> here.sector().equals(sector.sector()));
      more.add(sector);
      return new HostState(
          limits.keeping(SectorSpace.peak(sector.proofType(), SectorSpace.Stage.SEALING)),
          present,
          more,
          unfit);
    }

    private Optional<SealProofType> proofType(SectorId sector) {
      return sectors.stream()
          .filter(here -> here.sector().equals(sector))
          .findFirst()
          .map(HostSector::proofType);
    }
  }

  /** A sector wants a host. */
  public List<Answer<A, W>> submit(Placement.Waiting waiting, A replyTo) {
    @Nullable Entry<A> known = entries.get(waiting.task().sector());
    if (known != null && known.task().equals(waiting.task())) {
      Entry<A> again = new Entry<>(waiting, known.host(), replyTo);
      changed |= known.host().isEmpty() && !known.waiting().equals(waiting);
      return put(again);
    }
    if (known != null && !waiting.task().isNewerThan(known.task())) {
      return List.of();
    }
    changed = true;
    if (known != null) {
      remember(known);
    }
    return put(new Entry<>(waiting, Optional.empty(), replyTo));
  }

  /** A sector takes up a task on the host that it was given earlier, whatever is free there. */
  public List<Answer<A, W>> resume(
      TaskId task, Optional<SealProofType> proofType, HostId host, A replyTo) {
    @Nullable Entry<A> known = entries.get(task.sector());
    if (known != null && !known.task().equals(task) && !task.isNewerThan(known.task())) {
      return List.of();
    }
    changed = true;
    Optional<SealProofType> type =
        proofType.or(
            () -> Optional.ofNullable(known).flatMap(before -> before.waiting().proofType()));
    Placement.Waiting asked =
        new Placement.Waiting(task, type, Instant.EPOCH, Optional.of(host), Placement.Urgency.NONE);
    return put(new Entry<>(asked, Optional.of(host), replyTo));
  }

  /** A task needs no host any more, nor does an older one of its sector. */
  public void withdraw(TaskId task) {
    @Nullable Entry<A> known = entries.get(task.sector());
    if (known != null && !known.task().isNewerThan(task)) {
      entries.remove(task.sector());
      remember(known);
      changed = true;
    }
    // Its worker's next report says the same; the slot need not wait for it.
    hosts.replaceAll((id, host) -> without(host, task));
  }

  /** The task is over, the sector's files are not: its host may not have spoken of them yet. */
  private void remember(Entry<A> over) {
    SectorId sector = over.task().sector();
    Optional<SealProofType> type = over.waiting().proofType();
    if (over.task().kind().bringsFiles() && over.host().isPresent() && type.isPresent()) {
      HostSector here = new HostSector(sector, type.get(), HostSector.Presence.SEALING, false);
      hosts.computeIfPresent(
          over.host().get(),
          (id, host) -> new Announced<>(host.worker(), host.state().having(here)));
    }
  }

  private Announced<W> without(Announced<W> host, TaskId task) {
    HostState state = host.state();
    Set<TaskId.Attempt> rest =
        state.present().stream()
            .filter(attempt -> !isSame(attempt.task(), task))
            .collect(Collectors.toUnmodifiableSet());
    if (rest.size() == state.present().size()) {
      return host;
    }
    changed = true;
    return new Announced<>(
        host.worker(), new HostState(state.limits(), rest, state.sectors(), state.unfit()));
  }

  /** By number alone: a sector that is done with a task may not know its kind any more. */
  private static boolean isSame(TaskId one, TaskId other) {
    return one.sector().equals(other.sector())
        && !one.isNewerThan(other)
        && !other.isNewerThan(one);
  }

  /**
   * A host says what it is and has. Sectors with tasks there are told its worker if that is new.
   */
  public List<Answer<A, W>> report(HostId id, W worker, HostState state) {
    Announced<W> now = new Announced<>(worker, state);
    @Nullable Announced<W> before = hosts.put(id, now);
    changed |= !now.equals(before);
    if (before != null && before.worker().equals(worker)) {
      return List.of();
    }
    return entries.values().stream()
        .filter(entry -> entry.host().equals(Optional.of(id)))
        .flatMap(entry -> answer(entry).stream())
        .toList();
  }

  /** Gives hosts to waiting tasks, if {@link #needsDecision}. */
  public List<Answer<A, W>> decide(Instant now) {
    Set<TaskId> starved = starved(now);
    if (!needsDecision(now)) {
      return List.of();
    }
    changed = false;
    kept = starved;
    Placement.Decision decision = Placement.decide(waiting(), placementHosts(), held(), starved);
    reasons = decision.reasons();
    shortOfMemory.keySet().retainAll(reasons.keySet());
    decision.shortOfMemory().forEach(task -> shortOfMemory.putIfAbsent(task, now));
    List<Answer<A, W>> answers = new ArrayList<>();
    for (Placement.Assignment assignment : decision.assignments()) {
      SectorId sector = assignment.task().sector();
      @Nullable Entry<A> entry = entries.get(sector);
      if (entry != null) {
        answers.addAll(
            put(new Entry<>(entry.waiting(), Optional.of(assignment.host()), entry.replyTo())));
      }
    }
    return answers;
  }

  private Set<TaskId> starved(Instant now) {
    return shortOfMemory.entrySet().stream()
        .filter(wait -> !wait.getValue().plus(PATIENCE).isAfter(now))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether {@link #decide} has something to do: anything has changed since the last time, or a
   * task has waited too long for memory.
   */
  public boolean needsDecision(Instant now) {
    return changed || !kept.containsAll(starved(now));
  }

  /** Why tasks wait, as of the last decision: one sentence for the operator each. */
  public Map<TaskId, String> reasons() {
    Map<TaskId, String> all = new LinkedHashMap<>(reasons);
    for (Entry<A> entry : entries.values()) {
      entry
          .host()
          .filter(host -> !hosts.containsKey(host))
          .ifPresent(
              host ->
                  all.put(
                      entry.task(),
                      "it goes on on host " + host + ", which has not announced itself"));
    }
    return all;
  }

  private List<Answer<A, W>> put(Entry<A> entry) {
    entries.put(entry.task().sector(), entry);
    return answer(entry).map(List::of).orElse(List.of());
  }

  private Optional<Answer<A, W>> answer(Entry<A> entry) {
    return entry
        .host()
        .flatMap(
            id ->
                Optional.ofNullable(hosts.get(id))
                    .map(host -> new Answer<>(entry.replyTo(), entry.task(), id, host.worker())));
  }

  private List<Placement.Host> placementHosts() {
    return hosts.entrySet().stream()
        .map(
            host -> {
              HostState state = host.getValue().state();
              return new Placement.Host(
                  host.getKey(), state.limits(), state.sectors(), state.unfit());
            })
        .toList();
  }

  private List<Placement.Waiting> waiting() {
    return entries.values().stream()
        .filter(entry -> entry.host().isEmpty())
        .map(Entry::waiting)
        .toList();
  }

  Set<Placement.Held> held() {
    Set<Placement.Held> held = new LinkedHashSet<>();
    for (Entry<A> entry : entries.values()) {
      entry
          .host()
          .ifPresent(
              host ->
                  held.add(
                      new Placement.Held(entry.task(), entry.waiting().proofType(), host, true)));
    }
    hosts.forEach(
        (id, host) ->
            host.state().present().stream()
                .map(TaskId.Attempt::task)
                .filter(task -> !isPlacedOn(task.sector(), id))
                .forEach(
                    task ->
                        held.add(
                            new Placement.Held(
                                task, host.state().proofType(task.sector()), id, false))));
    return held;
  }

  /** Whether the host has a task of the sector: what else it has of the sector is that task's. */
  private boolean isPlacedOn(SectorId sector, HostId host) {
    @Nullable Entry<A> entry = entries.get(sector);
    return entry != null && entry.host().equals(Optional.of(host));
  }
}
