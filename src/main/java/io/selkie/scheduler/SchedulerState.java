package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
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
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  private final HostSilence silence;

  /** What sectors were told of lost hosts, until they ask again. */
  private final Map<TaskId, HostLoss> told = new HashMap<>();

  private final ExpectedSectors expected = new ExpectedSectors();
  private final List<Wish<A>> wishes = new ArrayList<>();
  private Map<TaskId, String> reasons = Map.of();
  private Set<TaskId> kept = Set.of();
  private Set<HostId> silent = Set.of();
  private boolean changed;

  /** A scheduler that knows of nobody yet. */
  public SchedulerState() {
    this(HostPatience.DEFAULT);
  }

  /** The same with other patience. */
  public SchedulerState(HostPatience patience) {
    this.silence = new HostSilence(patience);
  }

  /**
   * To be told to a sector: its task has a host.
   *
   * @param inputs where that host fetches what is not there, if it does
   */
  public record Answer<A, W>(
      A to, TaskId task, HostId host, W worker, Optional<FileSource> inputs) {}

  /**
   * To be told to a sector: a host that its task needs is gone.
   *
   * @param since when, by the scheduler's clock
   */
  public record Notice<A>(A to, TaskId task, HostId host, HostLoss loss, Instant since) {}

  /**
   * To be told to a sector: its files are to move before the task can begin.
   *
   * @param to the sector
   */
  public record Wish<A>(A to, Placement.Move move) {}

  /**
   * The one task of a sector, with a host or without.
   *
   * @param move that it waits for, told to the sector
   */
  private record Entry<A>(
      Placement.Waiting waiting, Optional<HostId> host, Optional<Placement.Move> move, A replyTo) {
    Entry(Placement.Waiting waiting, Optional<HostId> host, A replyTo) {
      this(waiting, host, Optional.empty(), replyTo);
    }

    TaskId task() {
      return waiting.task();
    }

    /** Where the sector is on its way to. */
    Optional<Placement.Coming> coming() {
      Optional<HostId> goal =
          task().kind() == TaskKind.MOVE ? waiting.route().peer() : move.map(Placement.Move::to);
      return goal.map(to -> new Placement.Coming(task().sector(), waiting.proofType(), to));
    }
  }

  private record Announced<W>(W worker, HostState state) {}

  /** A sector wants a host. */
  public List<Answer<A, W>> submit(Placement.Waiting waiting, A replyTo) {
    told.remove(waiting.task());
    @Nullable Entry<A> known = entries.get(waiting.task().sector());
    if (known != null && known.task().equals(waiting.task())) {
      boolean same = known.waiting().equals(waiting);
      Entry<A> again =
          new Entry<>(
              waiting,
              known.host().filter(host -> isThereFor(waiting, host)),
              known.move().filter(move -> same && isOpen(move.to())),
              replyTo);
      changed |= again.host().isEmpty() && !again.equals(known);
      again.move().ifPresent(move -> wishes.add(new Wish<>(replyTo, move)));
      return put(again);
    }
    if (known != null && !waiting.task().isNewerThan(known.task())) {
      return List.of();
    }
    changed = true;
    if (known != null) {
      told.remove(known.task());
      remember(known);
    }
    return put(new Entry<>(waiting, Optional.empty(), replyTo));
  }

  private boolean isOpen(HostId host) {
    return hosts.containsKey(host) && mode(host) == HostMode.OPEN && !silent.contains(host);
  }

  /** What is to be told to sectors since the last time. */
  public List<Wish<A>> wishes() {
    List<Wish<A>> all = List.copyOf(wishes);
    wishes.clear();
    return all;
  }

  /** A sector that asks for a host has none: one that is gone is not given again. */
  private boolean isThereFor(Placement.Waiting waiting, HostId host) {
    return mode(host) != HostMode.OFF
        && (waiting.task().kind().needsFiles() || !silent.contains(host));
  }

  /**
   * A sector takes up a task on the host that it was given earlier, whatever is free there.
   *
   * @param peer the other host that the task needs
   */
  public List<Answer<A, W>> resume(
      TaskId task,
      Optional<SealProofType> proofType,
      HostId host,
      Optional<HostId> peer,
      A replyTo) {
    told.remove(task);
    @Nullable Entry<A> known = entries.get(task.sector());
    if (known != null && !known.task().equals(task) && !task.isNewerThan(known.task())) {
      return List.of();
    }
    changed = true;
    Optional<SealProofType> type =
        proofType.or(
            () -> Optional.ofNullable(known).flatMap(before -> before.waiting().proofType()));
    boolean moves = task.kind().isMove();
    Placement.Waiting asked =
        new Placement.Waiting(
            task,
            type,
            Instant.EPOCH,
            moves ? Optional.of(host) : peer,
            moves ? new SectorRoute(Set.of(), peer) : SectorRoute.NONE,
            Placement.Urgency.NONE);
    return put(new Entry<>(asked, Optional.of(host), replyTo));
  }

  /** A task needs no host any more, nor does an older one of its sector. */
  public void withdraw(TaskId task) {
    @Nullable Entry<A> known = entries.get(task.sector());
    if (known != null && !known.task().isNewerThan(task)) {
      entries.remove(task.sector());
      told.remove(known.task());
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
    HostState rest = host.state().without(task);
    if (rest.present().size() == host.state().present().size()) {
      return host;
    }
    changed = true;
    return new Announced<>(host.worker(), rest);
  }

  /**
   * A host says what it is and has. Sectors with tasks there are told its worker if that is new.
   */
  public List<Answer<A, W>> report(HostId id, W worker, HostState state, Instant now) {
    silence.heard(id, now);
    Announced<W> announced = new Announced<>(worker, state);
    @Nullable Announced<W> before = hosts.put(id, announced);
    changed |= !announced.equals(before);
    if (before != null && before.worker().equals(worker)) {
      return List.of();
    }
    return entries.values().stream()
        .filter(entry -> entry.host().equals(Optional.of(id)))
        .flatMap(entry -> answer(entry).stream())
        .toList();
  }

  /** What the operator wants of hosts; those that are not named are open. */
  public void order(Map<HostId, HostMode> wanted) {
    changed |= silence.order(wanted);
  }

  /**
   * When nodes of hosts said that they were about to end in order. What such a host has is waited
   * for, and nothing is given to it until it announces itself again.
   */
  public void stopped(Map<HostId, Instant> times) {
    changed |= silence.stopped(times);
  }

  /**
   * What the cluster knows of hosts. One that it has given up is silent soon, also for a scheduler
   * that never heard it. That is all: what fences files and their provers stays as it is.
   */
  public void members(FarmMembers.Seen seen) {
    silence.members(seen);
  }

  /** Why an order cannot be obeyed; empty if it can. */
  public Optional<String> refusal(HostId host, HostMode mode, Instant now) {
    if (!silence.ordered().contains(host) && !hosts.containsKey(host) && !isNeeded(host)) {
      return Optional.of("there is no host " + host + "; selkie hosts list shows all");
    }
    return mode == HostMode.OFF && isHeard(host, now)
        ? Optional.of(
            "host " + host + " still announces itself: stop its node and its provers first")
        : Optional.empty();
  }

  /** Why the host cannot be forgotten; empty if it can. */
  public Optional<String> forgettingRefusal(HostId host, Instant now) {
    Optional<String> refusal = refusal(host, HostMode.OPEN, now);
    if (refusal.isPresent()) {
      return refusal;
    }
    if (isHeard(host, now)) {
      return Optional.of("host " + host + " still announces itself: drain it, and stop its node");
    }
    @Nullable Announced<W> known = hosts.get(host);
    boolean empty = known != null && known.state().sectors().isEmpty();
    return (empty || mode(host) == HostMode.OFF) && !isNeeded(host)
        ? Optional.empty()
        : Optional.of(
            "host "
                + host
                + " may have files of sectors: start it again and drain it, or, if nothing writes"
                + " there any more and its disks are gone, say --host-is-off");
  }

  private boolean isHeard(HostId host, Instant now) {
    return hosts.containsKey(host) && silence.spokeLately(host, now);
  }

  private boolean isNeeded(HostId host) {
    return entries.values().stream()
        .anyMatch(
            entry ->
                entry.host().equals(Optional.of(host))
                    || entry.waiting().filesOn().equals(Optional.of(host)));
  }

  /** The host does not count any more, until it announces itself again. */
  public void forget(HostId host) {
    changed |= hosts.remove(host) != null;
    silence.forget(host);
  }

  private HostMode mode(HostId host) {
    return silence.mode(host);
  }

  /**
   * Where a sector would begin whose first piece is about to come: that host has a place for it,
   * which is kept. What runs there now does not count, since a piece may take long to come.
   *
   * @return empty if no host has room
   */
  public Optional<HostId> begins(SectorId sector, SealProofType type, Instant now) {
    expected.end(now, this::hasBegun);
    Optional<HostId> known = expected.host(sector).filter(this::isOpen);
    expected.drop(sector);
    Optional<HostId> host = known.or(() -> bestToBegin(sector, type, now));
    host.ifPresent(on -> expected.expect(sector, type, on, now));
    return host;
  }

  private Optional<HostId> bestToBegin(SectorId sector, SealProofType type, Instant now) {
    List<Placement.Coming> coming = new ArrayList<>(coming());
    held().stream()
        .filter(held -> held.task().kind().bringsFiles())
        .map(held -> new Placement.Coming(held.task().sector(), held.proofType(), held.host()))
        .forEach(coming::add);
    Placement.Waiting first =
        new Placement.Waiting(
            new TaskId(sector, 1, 1, TaskKind.ADD_PIECE),
            Optional.of(type),
            now,
            Optional.empty(),
            Placement.Urgency.NONE);
    Placement.Farm idle =
        new Placement.Farm(placementHosts(), silence.away(silent), List.of(), coming);
    return Placement.decide(List.of(first), idle, Set.of()).assignments().stream()
        .map(Placement.Assignment::host)
        .findFirst();
  }

  /** Whether its place is counted without being expected. */
  private boolean hasBegun(SectorId sector) {
    return Optional.ofNullable(entries.get(sector)).flatMap(Entry::host).isPresent()
        || hosts.values().stream()
            .flatMap(host -> host.state().sectors().stream())
            .anyMatch(here -> here.counts() && here.sector().equals(sector));
  }

  /** Gives hosts to waiting tasks, if {@link #needsDecision}. */
  public List<Answer<A, W>> decide(Instant now) {
    changed |= expected.isOver(now);
    expected.end(now, this::hasBegun);
    Set<TaskId> starved = starved(now);
    if (!needsDecision(now)) {
      return List.of();
    }
    changed = false;
    kept = starved;
    silent = silence.silent(now);
    Placement.Decision decision =
        Placement.decide(
            waiting(),
            new Placement.Farm(placementHosts(), silence.away(silent), held(), coming()),
            starved);
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
    for (Placement.Move move : decision.moves()) {
      @Nullable Entry<A> entry = entries.get(move.task().sector());
      if (entry != null) {
        put(new Entry<>(entry.waiting(), Optional.empty(), Optional.of(move), entry.replyTo()));
        wishes.add(new Wish<>(entry.replyTo(), move));
      }
    }
    return answers;
  }

  private List<Placement.Coming> coming() {
    return Stream.concat(
            entries.values().stream().flatMap(entry -> entry.coming().stream()),
            expected.coming().filter(sector -> !hasBegun(sector.sector())))
        .toList();
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
    return changed
        || expected.isOver(now)
        || !kept.containsAll(starved(now))
        || !silent.equals(silence.silent(now));
  }

  /**
   * The scheduler itself stood still, or its clock was set: what hosts said meanwhile is still to
   * be read, so their silence counts from here on.
   */
  void stoodStill(Instant now) {
    silence.stoodStill(now);
  }

  /**
   * What sectors have to hear of hosts that are gone: once for each step, and again when they ask
   * again.
   */
  public List<Notice<A>> notices(Instant now) {
    silence.isAwake(now);
    List<Notice<A>> notices = new ArrayList<>();
    for (Entry<A> entry : entries.values()) {
      Optional<HostId> needed =
          removedPeer(entry).or(() -> entry.host().or(() -> entry.waiting().filesOn()));
      needed
          .flatMap(host -> silence.loss(host, now))
          .filter(loss -> isNew(entry, loss))
          .ifPresent(
              loss -> {
                HostId host = needed.get();
                told.put(entry.task(), loss);
                notices.add(
                    new Notice<>(entry.replyTo(), entry.task(), host, loss, silence.spoke(host)));
              });
    }
    return notices;
  }

  /** The other host of a move that has its host, if it was removed: it must not be waited for. */
  private Optional<HostId> removedPeer(Entry<A> entry) {
    return entry.task().kind().isMove() && entry.host().isPresent()
        ? entry.waiting().route().peer().filter(other -> mode(other) == HostMode.OFF)
        : Optional.empty();
  }

  /** Silence alone is of use to a task that can go elsewhere at once. */
  private boolean isNew(Entry<A> entry, HostLoss loss) {
    @Nullable HostLoss before = told.get(entry.task());
    boolean matters =
        loss != HostLoss.SILENT || (entry.host().isPresent() && !entry.task().kind().needsFiles());
    return matters && (before == null || before.compareTo(loss) < 0);
  }

  /** Hosts that have announced themselves, with what they are at. */
  public List<HostStatus> hosts(Instant now) {
    Set<HostId> all = new TreeSet<>(hosts.keySet());
    all.addAll(silence.ordered());
    entries.values().forEach(entry -> entry.host().ifPresent(all::add));
    Map<HostId, List<TaskId>> running = new HashMap<>();
    held()
        .forEach(
            held ->
                running.computeIfAbsent(held.host(), host -> new ArrayList<>()).add(held.task()));
    Map<HostId, Integer> waiting = new HashMap<>();
    entries.values().stream()
        .filter(entry -> entry.host().isEmpty())
        .forEach(
            entry -> entry.waiting().filesOn().ifPresent(on -> waiting.merge(on, 1, Integer::sum)));
    silence.isAwake(now);
    return all.stream()
        .map(
            id ->
                new HostStatus(
                    id,
                    mode(id),
                    silence.loss(id, now),
                    silence.lastWord(id),
                    Optional.ofNullable(hosts.get(id)).map(host -> host.state().limits()),
                    Optional.ofNullable(hosts.get(id)).flatMap(host -> host.state().unfit()),
                    running.getOrDefault(id, List.of()),
                    Optional.ofNullable(hosts.get(id))
                        .map(host -> host.state().sectors())
                        .orElse(List.of()),
                    waiting.getOrDefault(id, 0)))
        .toList();
  }

  /** Why tasks wait, as of the last decision: one sentence for the operator each. */
  public Map<TaskId, String> reasons() {
    Map<TaskId, String> all = new LinkedHashMap<>(reasons);
    for (Entry<A> entry : entries.values()) {
      entry
          .move()
          .ifPresent(
              move ->
                  all.put(
                      entry.task(),
                      "its sector is to move from host " + move.from() + " to host " + move.to()));
      entry
          .host()
          .filter(host -> !hosts.containsKey(host))
          .ifPresent(
              host ->
                  all.put(
                      entry.task(),
                      "it goes on on host " + host + ", which has not announced itself"));
      entry
          .host()
          .filter(silent::contains)
          .ifPresent(
              host ->
                  all.put(entry.task(), "it goes on on host " + host + ", " + silence.quiet(host)));
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
        .filter(id -> mode(id) != HostMode.OFF)
        .flatMap(
            id ->
                Optional.ofNullable(hosts.get(id))
                    .map(
                        host ->
                            new Answer<>(
                                entry.replyTo(),
                                entry.task(),
                                id,
                                host.worker(),
                                inputs(entry, id))));
  }

  /**
   * What needs no files of its own runs anywhere, and has its one input brought there; a move needs
   * the host that it goes to.
   */
  private Optional<FileSource> inputs(Entry<A> entry, HostId host) {
    Placement.Waiting waiting = entry.waiting();
    Optional<HostId> peer =
        entry.task().kind().isMove()
            ? waiting.route().peer()
            : waiting.filesOn().filter(on -> !entry.task().kind().needsFiles());
    return peer.filter(other -> !other.equals(host))
        .flatMap(other -> Optional.ofNullable(hosts.get(other)))
        .flatMap(other -> other.state().files());
  }

  private List<Placement.Host> placementHosts() {
    return hosts.entrySet().stream()
        .filter(host -> !silent.contains(host.getKey()) && !silence.isStopped(host.getKey()))
        .filter(host -> mode(host.getKey()) != HostMode.OFF)
        .map(
            host -> {
              HostState state = host.getValue().state();
              return new Placement.Host(
                  host.getKey(),
                  state.limits(),
                  state.sectors(),
                  state.unfit(),
                  mode(host.getKey()),
                  state.files().isPresent());
            })
        .toList();
  }

  private List<Placement.Waiting> waiting() {
    return entries.values().stream()
        .filter(entry -> entry.host().isEmpty() && entry.move().isEmpty())
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
                .filter(task -> !isPlacedOn(task.sector(), id) && fences(task, id))
                .forEach(
                    task ->
                        held.add(
                            new Placement.Held(
                                task, host.state().proofType(task.sector()), id, false))));
    return held;
  }

  /** Whether a job that nobody speaks of any more is in the way of the sector's next task. */
  private boolean fences(TaskId task, HostId host) {
    return mode(host) != HostMode.OFF && (task.kind().needsFiles() || !silent.contains(host));
  }

  /** Whether the host has a task of the sector: what else it has of the sector is that task's. */
  private boolean isPlacedOn(SectorId sector, HostId host) {
    @Nullable Entry<A> entry = entries.get(sector);
    return entry != null && entry.host().equals(Optional.of(host));
  }
}
