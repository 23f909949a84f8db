package io.selkie.scheduler;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts are there, and how far the others are gone: by their own word, by what the cluster
 * knows, and by the operator's orders. No actor, clock or I/O.
 */
final class HostSilence {
  private final HostPatience patience;
  private final Map<HostId, Instant> heard = new HashMap<>();
  private Map<HostId, HostMode> modes = Map.of();
  private Map<HostId, Instant> stopped = Map.of();
  private FarmMembers.Seen members = FarmMembers.Seen.NOTHING;
  private Instant began = Instant.MAX;
  private Instant awake = Instant.MIN;

  HostSilence(HostPatience patience) {
    this.patience = patience;
  }

  /** The host has announced itself. */
  void heard(HostId host, Instant now) {
    heard.put(host, now);
  }

  /** It does not count any more. */
  void forget(HostId host) {
    heard.remove(host);
  }

  /**
   * What the operator wants of hosts; those that are not named are open.
   *
   * @return whether that is new
   */
  boolean order(Map<HostId, HostMode> wanted) {
    boolean isNew = !modes.equals(wanted);
    modes = Map.copyOf(wanted);
    return isNew;
  }

  /**
   * When nodes of hosts said that they were about to end in order.
   *
   * @return whether that is new
   */
  boolean stopped(Map<HostId, Instant> times) {
    boolean isNew = !stopped.equals(times);
    stopped = Map.copyOf(times);
    return isNew;
  }

  /** What the cluster knows of hosts. One that it has given up is silent soon. */
  void members(FarmMembers.Seen seen) {
    members = seen;
  }

  /**
   * The scheduler itself stood still, or its clock was set: what hosts said meanwhile is still to
   * be read, so their silence counts from here on.
   */
  void stoodStill(Instant now) {
    heard.replaceAll((host, at) -> now);
    began = began.equals(Instant.MAX) ? began : now;
    awake = now;
  }

  /** The scheduler is there at this time. */
  void isAwake(Instant now) {
    if (now.isBefore(began)) {
      began = now;
    }
  }

  HostMode mode(HostId host) {
    return modes.getOrDefault(host, HostMode.OPEN);
  }

  /** Hosts of which the operator wants something. */
  Set<HostId> ordered() {
    return modes.keySet();
  }

  /** When it announced itself last to this scheduler. */
  Optional<Instant> lastWord(HostId host) {
    return Optional.ofNullable(heard.get(host));
  }

  /** Whether it said nothing since its node was about to end. */
  boolean isStopped(HostId host) {
    @Nullable Instant stop = stopped.get(host);
    @Nullable Instant last = heard.get(host);
    return stop != null && (last == null || !last.isAfter(stop));
  }

  /** Whether its silence does not count yet, since it was stopped a short while ago. */
  private boolean isAwaited(HostId host, Instant now) {
    return isStopped(host) && stopped.getOrDefault(host, now).plus(patience.restart()).isAfter(now);
  }

  /** Whether its last word is so recent that it must be taken for alive. */
  boolean spokeLately(HostId host, Instant now) {
    return lastHeard(host).plus(patience.silence()).isAfter(now);
  }

  /** Hosts that have announced themselves, and not for some time, or were given up. */
  Set<HostId> silent(Instant now) {
    isAwake(now);
    Set<HostId> all = new HashSet<>(heard.keySet());
    all.addAll(members.gone().keySet());
    all.removeIf(host -> !isSilent(host, now));
    return all;
  }

  private boolean isSilent(HostId host, Instant now) {
    Instant ordinary = lastHeard(host).plus(patience.silence());
    Instant end =
        givenUp(host)
            .map(at -> at.plus(HostPatience.GIVEN_UP))
            .filter(ordinary::isAfter)
            .orElse(ordinary);
    return end.isBefore(now) && !isAwaited(host, now);
  }

  /** Since when it has no member in the cluster, if it said nothing later that is known here. */
  private Optional<Instant> givenUp(HostId host) {
    Instant last = heard.getOrDefault(host, awake);
    return Optional.ofNullable(members.gone().get(host)).filter(last::isBefore);
  }

  /** How a silent host is silent, for the operator. */
  String quiet(HostId host) {
    return givenUp(host)
        .map(at -> "which the cluster gave up at " + at)
        .orElseGet(() -> "which is silent since " + lastHeard(host));
  }

  /** Why nothing is given to hosts that are not there, for the operator. */
  Map<HostId, String> away(Set<HostId> silent) {
    Map<HostId, String> away = new HashMap<>();
    stopped.forEach(
        (host, at) -> {
          if (isStopped(host)) {
            away.put(host, "which was stopped at " + at + " and has not started again");
          }
        });
    silent.forEach(host -> away.put(host, quiet(host)));
    modes.forEach(
        (host, mode) -> {
          if (mode == HostMode.OFF) {
            away.put(host, Placement.REMOVED);
          }
        });
    return away;
  }

  /** How far the host is gone; empty if it is there, or may still come. */
  Optional<HostLoss> loss(HostId host, Instant now) {
    if (mode(host) == HostMode.OFF) {
      return Optional.of(HostLoss.REMOVED);
    }
    if (!isSilent(host, now)) {
      return Optional.empty();
    }
    boolean isLost = spoke(host).plus(patience.grace()).isBefore(now);
    return Optional.of(isLost ? HostLoss.LOST : HostLoss.SILENT);
  }

  /** Of one that has said nothing yet to this scheduler, when the scheduler began. */
  Instant spoke(HostId host) {
    return heard.getOrDefault(host, began);
  }

  /** A new process of the host that has joined is about to speak; one that never does is lost. */
  private Instant lastHeard(HostId host) {
    Instant last = spoke(host);
    return Optional.ofNullable(members.joined().get(host)).filter(last::isBefore).orElse(last);
  }
}
