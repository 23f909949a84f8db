package io.selkie.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where sectors go that cannot be gone on with where their files are (docs/adr/0009): a pure
 * function of what the hosts have taken on so far.
 */
final class MoveGoals {
  private final FarmHosts hosts;

  MoveGoals(FarmHosts hosts) {
    this.hosts = hosts;
  }

  /** Where a sector goes, or why it goes nowhere yet. */
  record Way(Optional<HostId> to, Optional<String> reason) {}

  /**
   * Where the sector of a task goes on: where it can go the most of its way, so that it moves once.
   * If that is full now it waits for it.
   *
   * @return empty if it need not leave
   */
  Optional<Way> ofLeaving(Placement.Waiting waiting) {
    return leaves(waiting).map(why -> way(waiting, why));
  }

  /** Why the sector cannot stay where its files are; empty if it can, or has none. */
  private Optional<String> leaves(Placement.Waiting waiting) {
    TaskKind kind = waiting.task().kind();
    if (!kind.isMovedFor() || waiting.filesOn().isEmpty()) {
      return Optional.empty();
    }
    HostId here = waiting.filesOn().get();
    if (!hosts.load(here).offers(kind)) {
      return Optional.of("its files are on host " + here + ", " + Placement.NOT_OFFERED + kind);
    }
    return hosts.mode(here) == HostMode.EVACUATING
        ? Optional.of("its files are on host " + here + ", which is evacuated")
        : Optional.empty();
  }

  private Way way(Placement.Waiting waiting, String why) {
    Map<HostId, String> refusals = new TreeMap<>();
    List<HostId> able = able(waiting, refusals);
    Optional<HostId> best = roomiest(waiting, able, refusals);
    if (best.isPresent()) {
      return new Way(best, Optional.empty());
    }
    String reason =
        able.isEmpty()
            ? why + "; " + nowhere(waiting, refusals)
            : "its sector is to leave host "
                + waiting.filesOn().orElseThrow()
                + ", and "
                + able.stream()
                    .flatMap(host -> Optional.ofNullable(refusals.get(host)).stream())
                    .findFirst()
                    .orElseThrow();
    return new Way(Optional.empty(), Optional.of(reason));
  }

  /** Those on which it can go the most of its way, full or not; why others are none of them. */
  private List<HostId> able(Placement.Waiting waiting, Map<HostId, String> refusals) {
    // A driver that asked one host counts on the files being there.
    Optional<HostId> asked = waiting.route().pin().filter(host -> canGo(waiting, host));
    if (asked.isPresent()) {
      return List.of(asked.get());
    }
    List<HostId> able = new ArrayList<>();
    int most = 0;
    for (HostId host : hosts.all()) {
      Optional<String> never = neverGoes(waiting, host);
      int rank = length(waiting, host) == 0 ? 0 : rank(waiting, host);
      if (never.isPresent()) {
        refusals.put(host, never.get());
      } else if (rank > 0) {
        if (rank > most) {
          able.clear();
          most = rank;
        }
        if (rank == most) {
          able.add(host);
        }
      }
    }
    return able;
  }

  private boolean canGo(Placement.Waiting waiting, HostId host) {
    return hosts.isHere(host) && length(waiting, host) > 0 && neverGoes(waiting, host).isEmpty();
  }

  private Optional<HostId> roomiest(
      Placement.Waiting waiting, List<HostId> able, Map<HostId, String> refusals) {
    Optional<HostId> best = Optional.empty();
    long room = Long.MIN_VALUE;
    for (HostId host : able) {
      Optional<HostLoad.Refusal> refusal = hosts.load(host).refusalToCome(waiting.load());
      long free = hosts.load(host).room(waiting.task().kind());
      if (refusal.isPresent()) {
        refusals.put(host, refusal.get().reason());
      } else if (free > room) {
        best = Optional.of(host);
        room = free;
      }
    }
    return best;
  }

  private static String nowhere(Placement.Waiting waiting, Map<HostId, String> refusals) {
    return refusals.isEmpty()
        ? "no other host offers " + waiting.task().kind()
        : "it cannot move: " + String.join("; ", refusals.values());
  }

  /** What no end of another task mends; hosts that do not offer the task are not worth a word. */
  private Optional<String> neverGoes(Placement.Waiting waiting, HostId host) {
    if (length(waiting, host) == 0) {
      return Optional.empty();
    }
    boolean begun = waiting.route().peer().equals(Optional.of(host));
    Optional<HostId> other =
        waiting.route().peer().filter(peer -> !begun && !hosts.isRemoved(peer));
    if (other.isPresent()) {
      return Optional.of("a part of its files is on host " + other.get() + " already");
    }
    if (!hosts.serves(host)) {
      return Optional.of(
          "host "
              + host
              + " takes no sectors from others (selkie.transfer.host is not an address that the farm"
              + " reaches)");
    }
    return begun ? Optional.empty() : hosts.mode(host).refusal(host, waiting.task().kind(), false);
  }

  /** The farther the better; but where it was before it goes only if nobody else can go on. */
  private int rank(Placement.Waiting waiting, HostId host) {
    int fresh = waiting.route().left().contains(host) ? 0 : TaskKind.values().length;
    return fresh + length(waiting, host);
  }

  /** How much of the rest of its way the sector can go on the host, which it has to come to. */
  private int length(Placement.Waiting waiting, HostId host) {
    TaskKind kind = waiting.task().kind();
    if (waiting.hasFilesOn(host) || !hosts.load(host).offers(kind)) {
      return 0;
    }
    return kind.isPooled() ? hosts.load(host).way(kind) : 1;
  }
}
