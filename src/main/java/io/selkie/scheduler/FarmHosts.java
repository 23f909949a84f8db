package io.selkie.scheduler;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The hosts of one decision, each with what it has taken on so far. */
final class FarmHosts {
  private final Map<HostId, HostLoad> loads = new TreeMap<>();
  private final Map<HostId, HostMode> modes = new HashMap<>();
  private final Set<HostId> serving = new HashSet<>();
  private final List<HostId> all;
  private final Map<HostId, String> away;

  FarmHosts(Placement.Farm farm) {
    for (Placement.Host host : farm.hosts()) {
      loads.put(host.id(), new HostLoad(host.id(), host.limits(), host.sectors(), host.unfit()));
      modes.put(host.id(), host.mode());
      if (host.serves()) {
        serving.add(host.id());
      }
    }
    this.all = List.copyOf(loads.keySet());
    this.away = farm.away();
  }

  /** All that have announced themselves and are not silent, by name. */
  List<HostId> all() {
    return all;
  }

  Collection<HostLoad> loads() {
    return loads.values();
  }

  boolean isHere(HostId host) {
    return loads.containsKey(host);
  }

  Optional<HostLoad> find(HostId host) {
    return Optional.ofNullable(loads.get(host));
  }

  /** Of one that is here. */
  HostLoad load(HostId host) {
    return find(host).orElseThrow();
  }

  /** What the operator wants of it. */
  HostMode mode(HostId host) {
    return modes.getOrDefault(host, HostMode.OPEN);
  }

  /** Whether other hosts reach its transfer address. */
  boolean serves(HostId host) {
    return serving.contains(host);
  }

  /** Of one that is not here: the end of a sentence on where it is. */
  String away(HostId host) {
    return away.getOrDefault(host, "which has not announced itself");
  }

  boolean isRemoved(HostId host) {
    return Placement.REMOVED.equals(away.get(host));
  }
}
