package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
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
          TaskKind.MOVE,
          TaskKind.FINALIZE,
          TaskKind.FINALIZE_REPLICA_UPDATE,
          TaskKind.COMMIT_2,
          TaskKind.COMMIT_1,
          TaskKind.PRE_COMMIT_2,
          TaskKind.PRE_COMMIT_1,
          // As with Lotus after what seals: an update has no deadline of the chain.
          TaskKind.PROVE_REPLICA_UPDATE_2,
          TaskKind.PROVE_REPLICA_UPDATE_1,
          TaskKind.REPLICA_UPDATE,
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

  private final FarmHosts hosts;
  private final MoveGoals goals;
  private final Map<TaskKind, Integer> longestWay = new EnumMap<>(TaskKind.class);

  /** Holds for the rest of the decision: hosts only get fuller. */
  private final Map<Shape, NoRoom> noRoomFor = new HashMap<>();

  private Optional<Set<SectorId>> present = Optional.empty();
  private final Map<SectorId, List<Held>> held = new HashMap<>();

  /** What is known of a host whose operator said that it is off. */
  static final String REMOVED = "which was removed";

  /** Above any number of slots. */
  private static final long SPARE = 1L << 40;

  /**
   * What decides whether hosts can take a task that is bound to none.
   *
   * @param own the host of its files, if that takes only its own
   */
  private record Shape(TaskKind kind, SealProofType type, Optional<HostId> own) {}

  private record NoRoom(Map<HostId, HostLoad.Refusal> refusals, String reason) {}

  private Placement(Farm farm) {
    this.hosts = new FarmHosts(farm);
    this.goals = new MoveGoals(hosts);
    farm.held().forEach(this::hold);
    farm.coming().forEach(this::comes);
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
   * @param filesOn the host that has the sector's files, or its source, if any has: the one that
   *     can run it, unless it is Commit2
   * @param route what is known of the sector's moves
   */
  public record Waiting(
      TaskId task,
      Optional<SealProofType> proofType,
      Instant since,
      Optional<HostId> filesOn,
      SectorRoute route,
      Urgency urgency) {
    /** Of a sector that has not moved. */
    public Waiting(
        TaskId task,
        Optional<SealProofType> proofType,
        Instant since,
        Optional<HostId> filesOn,
        Urgency urgency) {
      this(task, proofType, since, filesOn, SectorRoute.NONE, urgency);
    }

    HostLoad.Load load() {
      return new HostLoad.Load(task.kind(), task.sector(), proofType);
    }

    boolean hasFilesOn(HostId host) {
      return filesOn.equals(Optional.of(host));
    }
  }

  /**
   * A host that has announced itself.
   *
   * @param sectors that have files there
   * @param unfit why it takes no work, if it does not
   * @param mode what the operator wants of it
   * @param serves whether other hosts can reach its transfer address: to fetch the input of a
   *     Commit2, and to bring sectors
   */
  public record Host(
      HostId id,
      HostLimits limits,
      List<HostSector> sectors,
      Optional<String> unfit,
      HostMode mode,
      boolean serves) {
    /** The list is copied. */
    public Host {
      sectors = List.copyOf(sectors);
    }

    /** A host that takes what it has room for. */
    public Host(HostId id, HostLimits limits, List<HostSector> sectors, Optional<String> unfit) {
      this(id, limits, sectors, unfit, HostMode.OPEN, false);
    }
  }

  /**
   * What there is.
   *
   * @param hosts that have announced themselves and are not silent
   * @param away what is known of others, such as {@code which is silent since …}
   * @param held on these hosts or others
   * @param coming sectors on their way between hosts
   */
  public record Farm(
      List<Host> hosts, Map<HostId, String> away, Collection<Held> held, List<Coming> coming) {
    /** The collections are copied. */
    public Farm {
      hosts = List.copyOf(hosts);
      away = Map.copyOf(away);
      held = List.copyOf(held);
      coming = List.copyOf(coming);
    }

    /** Without moves. */
    public Farm(List<Host> hosts, Map<HostId, String> away, Collection<Held> held) {
      this(hosts, away, held, List.of());
    }
  }

  /** A sector whose files are to be on the host soon: its space there is taken. */
  public record Coming(SectorId sector, Optional<SealProofType> proofType, HostId host) {}

  /**
   * A sector has to move before its task can begin.
   *
   * @param leavesForLack whether the host that it leaves does not offer the task; else its operator
   *     wants it empty
   */
  public record Move(TaskId task, HostId from, HostId to, boolean leavesForLack) {}

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
   * What becomes of the waiting tasks: each has an assignment, or its sector moves for it, or it
   * has a reason.
   *
   * @param reasons one sentence for the operator
   * @param shortOfMemory those that wait for memory and nothing else
   */
  public record Decision(
      List<Assignment> assignments,
      List<Move> moves,
      Map<TaskId, String> reasons,
      Set<TaskId> shortOfMemory) {}

  /** The same without any that has waited for memory too long. */
  public static Decision decide(
      Collection<Waiting> waiting, List<Host> hosts, Collection<Held> held) {
    return decide(waiting, new Farm(hosts, Map.of(), held), Set.of());
  }

  /** The same where no host is known to be away. */
  public static Decision decide(
      Collection<Waiting> waiting, List<Host> hosts, Collection<Held> held, Set<TaskId> starved) {
    return decide(waiting, new Farm(hosts, Map.of(), held), starved);
  }

  /**
   * Decides for all waiting tasks at once.
   *
   * @param waiting in any order
   * @param starved tasks that have waited for memory so long that what comes free is kept for them;
   *     on each host for one
   */
  public static Decision decide(Collection<Waiting> waiting, Farm farm, Set<TaskId> starved) {
    Placement placement = new Placement(farm);
    List<Assignment> assignments = new ArrayList<>();
    List<Move> moves = new ArrayList<>();
    Map<TaskId, String> reasons = new LinkedHashMap<>();
    Set<TaskId> shortOfMemory = new LinkedHashSet<>();
    for (Waiting next : waiting.stream().sorted(NEXT).toList()) {
      Optional<String> reason = placement.besideItsSector(next).or(() -> placement.noHost(next));
      if (reason.isPresent()) {
        reasons.put(next.task(), reason.get());
        continue;
      }
      Optional<MoveGoals.Way> leaves = placement.goals.ofLeaving(next);
      if (leaves.isPresent()) {
        leaves.get().to().ifPresent(to -> moves.add(placement.move(next, to)));
        leaves.get().reason().ifPresent(why -> reasons.put(next.task(), why));
        continue;
      }
      List<HostId> candidates = placement.candidates(next);
      Optional<HostId> host = placement.best(next, candidates);
      if (host.isPresent()) {
        assignments.add(placement.assign(next, host.get()));
        continue;
      }
      NoRoom noRoom = placement.noRoom(next, candidates);
      reasons.put(next.task(), noRoom.reason());
      if (noRoom.refusals().values().stream().anyMatch(Placement::isForMemory)) {
        shortOfMemory.add(next.task());
        if (starved.contains(next.task())) {
          placement.keepMemory(next, noRoom.refusals());
        }
      }
    }
    return new Decision(
        List.copyOf(assignments), List.copyOf(moves), reasons, Set.copyOf(shortOfMemory));
  }

  private void comes(Coming sector) {
    hosts.find(sector.host()).ifPresent(host -> host.comes(sector.sector(), sector.proofType()));
  }

  private Move move(Waiting waiting, HostId to) {
    HostId from = waiting.filesOn().orElseThrow();
    comes(new Coming(waiting.task().sector(), waiting.proofType(), to));
    return new Move(waiting.task(), from, to, !hosts.load(from).offers(waiting.task().kind()));
  }

  private static boolean isForMemory(HostLoad.Refusal refusal) {
    return refusal.limit() == HostLoad.Limit.MEMORY && refusal.passing();
  }

  private void keepMemory(Waiting waiting, Map<HostId, HostLoad.Refusal> refusals) {
    refusals.entrySet().stream()
        .filter(refusal -> isForMemory(refusal.getValue()))
        .map(refusal -> hosts.load(refusal.getKey()))
        .filter(host -> !host.keepsMemory())
        .findFirst()
        .ifPresent(host -> host.keepMemory(waiting.load()));
  }

  /** The host that suits the task best of those that can take it. */
  private Optional<HostId> best(Waiting waiting, List<HostId> candidates) {
    if (shape(waiting).filter(noRoomFor::containsKey).isPresent()) {
      return Optional.empty();
    }
    List<Held> replaced = jobs(waiting.task().sector()).toList();
    replaced.forEach(this::drop);
    Optional<HostId> best = Optional.empty();
    long most = -1;
    for (HostId host : candidates) {
      long suits = suits(waiting, host);
      // Whether it can take the task costs more to know.
      if (suits > most && refusal(waiting, host).isEmpty()) {
        best = Optional.of(host);
        most = suits;
      }
    }
    again(replaced);
    return best;
  }

  /** The more the better; below 0 it has no room. Of equals the first by name is taken. */
  private long suits(Waiting waiting, HostId host) {
    TaskKind kind = waiting.task().kind();
    int room = hosts.load(host).room(kind);
    if (room <= 0 && kind.takesPlace()) {
      return -1;
    }
    long spare = isSpare(waiting, host) ? SPARE : 0;
    int spread = begins(waiting) ? hosts.load(host).roomForSectors() : room;
    return spare + 2L * Math.max(0, spread) + (waiting.hasFilesOn(host) ? 1 : 0);
  }

  /**
   * A sector stays where it begins, for hours: what counts is how many are there, and not who has
   * just added the last piece.
   */
  private static boolean begins(Waiting waiting) {
    return waiting.task().kind().bringsFiles() && waiting.filesOn().isEmpty();
  }

  private Assignment assign(Waiting waiting, HostId host) {
    List<Held> replaced = jobs(waiting.task().sector()).toList();
    if (!replaced.isEmpty()) {
      noRoomFor.clear(); // what they held is free now
    }
    replaced.forEach(this::drop);
    held.remove(waiting.task().sector());
    hold(new Held(waiting.task(), waiting.proofType(), host, true));
    return new Assignment(waiting.task(), host);
  }

  /** Tasks of one shape that no host is bound to find the same hosts full. */
  private Optional<Shape> shape(Waiting waiting) {
    TaskKind kind = waiting.task().kind();
    boolean isFree =
        only(waiting).isEmpty()
            && kind.isPooled()
            && !held.containsKey(waiting.task().sector())
            && (!kind.bringsFiles() || !isAnywhere(waiting.task().sector()));
    Optional<HostId> own = waiting.filesOn().filter(host -> hosts.mode(host) != HostMode.OPEN);
    return waiting.proofType().filter(type -> isFree).map(type -> new Shape(kind, type, own));
  }

  private boolean isAnywhere(SectorId sector) {
    if (present.isEmpty()) {
      Set<SectorId> sectors = new HashSet<>();
      hosts.loads().forEach(host -> host.sectorsTo(sectors));
      present = Optional.of(sectors);
    }
    return present.get().contains(sector);
  }

  /**
   * A Commit2 leaves the devices of those alone that encode replicas, which cannot go elsewhere.
   */
  private boolean isSpare(Waiting waiting, HostId host) {
    return waiting.task().kind().pool() == TaskKind.COMMIT_2
        && !hosts.load(host).offers(TaskKind.PRE_COMMIT_2);
  }

  /** A sector's files stay where they come first: it begins where it can go the most of its way. */
  private Optional<HostLoad.Refusal> deadEnd(Waiting waiting, HostId host) {
    TaskKind kind = waiting.task().kind();
    if (!kind.bringsFiles() || only(waiting).isPresent()) {
      return Optional.empty();
    }
    int most =
        longestWay.computeIfAbsent(
            kind,
            begins -> hosts.loads().stream().mapToInt(load -> load.way(begins)).max().orElse(0));
    return hosts.load(host).way(kind) < most
        ? Optional.of(
            new HostLoad.Refusal(
                HostLoad.Limit.OFFER,
                false,
                () ->
                    "host "
                        + host
                        + " does not offer all phases up to Commit1, which others do: a sector"
                        + " that begins there would be stuck"))
        : Optional.empty();
  }

  private void hold(Held task) {
    held.computeIfAbsent(task.task().sector(), sector -> new ArrayList<>()).add(task);
    hosts.find(task.host()).ifPresent(host -> host.add(task.load()));
  }

  private void drop(Held task) {
    hosts.find(task.host()).ifPresent(host -> host.remove(task.load()));
  }

  /** Another task of the sector, where the new one does not replace it. */
  private Optional<String> besideItsSector(Waiting waiting) {
    return held.getOrDefault(waiting.task().sector(), List.of()).stream()
        .filter(other -> other.given() || !only(waiting).equals(Optional.of(other.host())))
        .findFirst()
        .map(other -> "its sector still has " + other.task().kind() + " on host " + other.host());
  }

  private Optional<String> noHost(Waiting waiting) {
    Optional<HostId> gone = waiting.filesOn().filter(host -> !hosts.isHere(host));
    if (gone.isPresent()) {
      String what =
          waiting.task().kind().needsFiles()
              ? "its files are"
              : waiting.task().kind() == TaskKind.COMMIT_2
                  ? "the output of Commit1 is"
                  : "the output of " + TaskKind.PROVE_REPLICA_UPDATE_1 + " is";
      return Optional.of(what + " on host " + gone.get() + ", " + hosts.away(gone.get()));
    }
    return candidates(waiting).isEmpty()
        ? Optional.of("no host has announced itself")
        : Optional.empty();
  }

  /** What is in the way on each host, none of which can take it. */
  private NoRoom noRoom(Waiting waiting, List<HostId> candidates) {
    Optional<Shape> shape = shape(waiting);
    Optional<NoRoom> known = shape.flatMap(same -> Optional.ofNullable(noRoomFor.get(same)));
    if (known.isPresent()) {
      return known.get();
    }
    // What the new task replaces is gone before it begins.
    List<Held> replaced = jobs(waiting.task().sector()).toList();
    replaced.forEach(this::drop);
    Map<HostId, HostLoad.Refusal> refusals = new TreeMap<>();
    for (HostId host : candidates) {
      refusal(waiting, host).ifPresent(refusal -> refusals.put(host, refusal));
    }
    NoRoom noRoom = new NoRoom(refusals, summary(waiting, refusals));
    again(replaced);
    shape.ifPresent(same -> noRoomFor.put(same, noRoom));
    return noRoom;
  }

  private void again(List<Held> replaced) {
    replaced.forEach(job -> hosts.find(job.host()).ifPresent(host -> host.add(job.load())));
  }

  private Optional<HostLoad.Refusal> refusal(Waiting waiting, HostId host) {
    return closed(waiting, host)
        .or(() -> deadEnd(waiting, host))
        .or(() -> hosts.load(host).refusal(waiting.load()));
  }

  private Optional<HostLoad.Refusal> closed(Waiting waiting, HostId host) {
    boolean evacuated = hosts.mode(host) == HostMode.EVACUATING;
    boolean there =
        (waiting.hasFilesOn(host) && !(evacuated && only(waiting).isEmpty()))
            || (waiting.task().kind().needsFiles() && only(waiting).equals(Optional.of(host)));
    return hosts
        .mode(host)
        .refusal(host, waiting.task().kind(), there)
        .map(why -> new HostLoad.Refusal(HostLoad.Limit.ORDERS, true, () -> why));
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
        .filter(host -> waiting.task().kind().needsFiles() || !hosts.serves(host))
        .or(() -> jobs(waiting.task().sector()).map(Held::host).min(Comparator.naturalOrder()));
  }

  private Stream<Held> jobs(SectorId sector) {
    return held.getOrDefault(sector, List.of()).stream().filter(task -> !task.given());
  }

  private List<HostId> candidates(Waiting waiting) {
    Optional<HostId> only = only(waiting);
    return only.isEmpty()
        ? hosts.all()
        : only.filter(hosts::isHere).map(List::of).orElse(List.of());
  }
}
